"""Two presses of the button at the same moment, over two real connections."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from common.errors import DomainError
from common.models import AuditEntry
from mentoring.needs.personal_mail import PersonalMail, send
from mentoring.needs.queue import needs_of
from pairings.models import Pairing
from tests.mentoring.needs_data import MONDAY, coordinator_of, fresh_pair, paused, personal_mails
from tests.support.threads import at_once
from tests.support.types import At

pytestmark = pytest.mark.django_db(transaction=True)
SAME = UUID("0b5a6f0e-61a5-4f5b-9d3c-2f2f4f9a7a11")


def presses(at: At, tokens: list[UUID]) -> list[object]:
    """What became of writing about the same entry, once for each token, all at once."""
    at(MONDAY)
    pair: Pairing = paused(fresh_pair())
    actor, [need] = coordinator_of(pair), needs_of(pair.program)
    people = [pair.mentor, pair.mentee]

    def press(once: UUID) -> bool:
        mail = PersonalMail(program=pair.program, need=need, subject="S", text="T")
        return send(actor=actor, mail=mail, people=people, once=once)

    return at_once(*(lambda once=once: press(once) for once in tokens))


@pytest.mark.broad
def test_same_form_twice_at_once_sends_it_once(at: At) -> None:
    assert sorted(presses(at, [SAME] * 3), key=str) == [False, False, True]
    assert personal_mails().count() == 2
    assert AuditEntry.objects.filter(verb="need.written").count() == 1


@pytest.mark.broad
def test_two_coordinators_at_once_send_one(at: At) -> None:
    results = presses(at, [uuid4() for _number in range(3)])
    assert [result for result in results if result is True] == [True]
    assert len([result for result in results if isinstance(result, DomainError)]) == 2
    assert personal_mails().count() == 2
