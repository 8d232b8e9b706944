"""What programs write to people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from notifications import kinds
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from programs.domain import enrolment as domain
from programs.domain import invitations, states
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.mail import enrolments as enrolment_mail
from programs.models import Enrolment, Program
from programs.views.mail_preview import LETTERS
from tests.factories import UserFactory
from tests.programs import factories as make
from tests.support.types import At

pytestmark = pytest.mark.django_db
WRITTEN = {
    "what_for": "SECRET-what-for",
    "in_return": "SECRET-in-return",
    "off_limits": "SECRET-off-limits",
}


@pytest.mark.parametrize("role", list(PairRole))
@pytest.mark.parametrize("letter", [letter.key for letter in LETTERS])
def test_letter_says_what_to_do_and_nothing_that_somebody_wrote(letter: str, role: str) -> None:
    row = make.invited(make.enrolling(sponsor=UserFactory(name="Sina Sponsor")), role)
    Enrolment.objects.filter(pk=row.pk).update(**WRITTEN)
    row.refresh_from_db()
    context = {
        "program": row.program,
        "label": "guide",
        "is_mentor": role == PairRole.MENTOR,
        "enrolment": row,
    }
    text = compose(recipient=row.person, template=f"programs/{letter}", context=context)
    assert row.program.name in text.subject
    assert "[[link]]" in text.text and "SECRET" not in text.text + text.html
    assert "{{" not in text.text and "  \n" not in text.text


def test_every_kind_is_registered_with_a_link() -> None:
    for letter in LETTERS:
        assert kinds.get(f"programs.{letter.key}").link is not None


def message(row: Enrolment, kind: str) -> Any:
    """The stored message of a kind."""
    return OutboxMessage.objects.get(kind=kind, data__enrolment=str(row.public_id))


def test_invitation_expires_with_the_last_day_and_leads_to_the_own_page() -> None:
    program = make.enrolling()
    row = invitations.invite(
        actor=make.hr(), program=program, people=[UserFactory(junior=True)]
    ).enrolments[0]
    stored = message(row, "programs.invitation")
    assert (
        stored.expires_at == enrolment_mail.end_of_answering(row)
        and stored.scope == program.public_id
    )
    assert kinds.get(stored.kind).link(stored).endswith(f"/enrolments/{row.public_id}/")


@pytest.mark.parametrize("change", ["applied", "withdrawn", "gone", "closed"])
def test_an_invitation_loses_its_point(change: str) -> None:
    program = make.enrolling()
    row = invitations.invite(
        actor=make.hr(), program=program, people=[UserFactory(junior=True)]
    ).enrolments[0]
    stored, due = message(row, "programs.invitation"), kinds.get("programs.invitation").still_due
    assert due(stored)
    if change in {"applied", "withdrawn"}:
        Enrolment.objects.update(state=change)
    elif change == "gone":
        row.person.is_active = False
        row.person.save()
    else:
        Program.objects.update(state=ProgramState.CLOSING)
    assert not due(stored)


def test_a_decision_that_no_longer_holds_is_not_sent() -> None:
    row = make.applied(make.enrolling())
    domain.approve(actor=make.hr(), enrolments=[row])
    stored, due = message(row, "programs.approved"), kinds.get("programs.approved").still_due
    assert due(stored)
    Enrolment.objects.update(state=EnrolmentState.WITHDRAWN)
    assert not due(stored)


def test_cancelling_tells_those_who_take_part_once_and_silences_the_rest() -> None:
    program, actor = make.enrolling(), make.hr()
    asked = invitations.invite(
        actor=actor, program=program, people=[UserFactory(junior=True)]
    ).enrolments[0]
    gone = make.invited(program)
    domain.withdraw(actor=gone.person, enrolment=gone)
    states.cancel_program(actor=actor, program=program)
    sent = OutboxMessage.objects.exclude(state="cancelled").values_list("kind", "recipient")
    assert list(sent) == [("programs.cancelled", asked.person_id)]
    due = kinds.get("programs.cancelled").still_due
    assert due(message(asked, "programs.cancelled"))


def test_nudge_has_a_key_of_its_own(at: At) -> None:
    row = make.invited(make.enrolling())
    began = clock.now()
    for days in (0, 2):
        clock.move_to(began + timedelta(days=days))
        invitations.nudge(actor=make.hr(), enrolments=[row])
    keys = OutboxMessage.objects.order_by("id").values_list("dedupe_key", flat=True)
    assert list(keys) == [f"enrolment:{row.public_id}:invitation:{number}" for number in (2, 3)]
