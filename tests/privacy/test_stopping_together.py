"""Leaving is never refused because the other one pressed a button in the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from meetings.domain import completing, pausing
from mentoring.workflows import leavers, stopping
from pairings.models import Pairing
from programs.models import Enrolment
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory
from tests.support.threads import at_once

WORK: dict[str, Callable[[Enrolment], object]] = {
    "withdraw": lambda mine: stopping.withdraw(actor=mine.person, enrolment=mine),
    "deactivate": lambda mine: leavers.deactivate(actor=None, person=mine.person),
    "complete": lambda mine: [
        completing.complete(pairing=pair) for pair in mine.program.pairings.order_by("pk")
    ],
}


@pytest.mark.broad
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", WORK)
def test_leaving_and_pausing_at_once_do_not_wait_for_each_other(what: str) -> None:
    for _turn in range(5):
        program = ProgramFactory()
        mentees = [EnrolmentFactory(program=program, role="mentee") for _ in range(6)]
        mentor = EnrolmentFactory(program=program, capacity=5)
        pairs: list[Pairing] = [
            PairingFactory(program=program, mentor_enrolment=mentor, mentee_enrolment=mentee)
            for mentee in reversed(mentees)
        ]
        pauses = [
            lambda pair=pair: pausing.pause(actor=pair.mentee, pairing=pair) for pair in pairs
        ]
        results = at_once(lambda mine=mentor: WORK[what](mine), *pauses)
        assert [result for result in results if "deadlock" in str(result)] == []
