"""The life of a program."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from common.errors import DomainError
from common.models import AuditEntry
from programs.domain import states
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Program
from tests.factories import EnrolmentFactory, UserFactory
from tests.programs import factories as make

pytestmark = pytest.mark.django_db
S = ProgramState

LEGAL = [
    (verb, state) for verb, (starts, _end) in states.TRANSITIONS.items() for state in sorted(starts)
]
ILLEGAL = [
    (verb, state)
    for verb, (starts, _end) in states.TRANSITIONS.items()
    for state in ProgramState
    if state not in starts
]


def in_state(state: ProgramState) -> Program:
    """A ready program in a state, with somebody approved on each side."""
    program = make.draft(state=state)
    for role in PairRole:
        EnrolmentFactory(program=program, role=role, state=EnrolmentState.APPROVED)
    return program


@pytest.mark.parametrize(("verb", "state"), LEGAL, ids=str)
def test_legal_transition(verb: str, state: ProgramState) -> None:
    program = in_state(state)
    getattr(states, verb)(actor=UserFactory(), program=program)
    assert program.state == Program.objects.get(pk=program.pk).state == states.TRANSITIONS[verb][1]
    entry = AuditEntry.objects.get(target_id=str(program.public_id), verb__startswith="program.")
    assert entry.detail == {"before": state, "after": program.state}


@pytest.mark.parametrize(("verb", "state"), ILLEGAL, ids=str)
def test_illegal_transition_changes_nothing(verb: str, state: ProgramState) -> None:
    program = in_state(state)
    with pytest.raises(DomainError, match="cannot be done now"):
        getattr(states, verb)(actor=UserFactory(), program=program)
    assert program.state == Program.objects.get(pk=program.pk).state == state
    assert not AuditEntry.objects.filter(verb__startswith="program.").exists()


def test_open_enrolment_names_what_is_missing() -> None:
    program = make.draft(purpose="", agreement_text="")
    with pytest.raises(DomainError, match="A purpose; The text of the agreement"):
        states.open_enrolment(actor=make.hr(), program=program)
    assert program.state == S.DRAFT


def test_enrolment_reopens_only_with_a_deadline_ahead() -> None:
    program = in_state(S.MATCHING)
    Program.objects.filter(pk=program.pk).update(
        enrolment_deadline=program.starts_on - timedelta(days=90)
    )
    with pytest.raises(DomainError, match="still ahead"):
        states.open_enrolment(actor=make.hr(), program=program)


@pytest.mark.parametrize("missing", list(PairRole))
def test_matching_needs_both_sides(missing: str) -> None:
    program = make.enrolling()
    for role in set(PairRole) - {missing}:
        EnrolmentFactory(program=program, role=role)
    EnrolmentFactory(program=program, role=missing, state=EnrolmentState.APPLIED)
    with pytest.raises(DomainError, match="at least one person on each side"):
        states.start_matching(actor=make.hr(), program=program)


def test_only_what_has_ended_can_be_archived_and_comes_back() -> None:
    program = make.draft(state=S.CLOSED)
    assert states.archive(actor=make.hr(), program=program).archived_at is not None
    assert states.unarchive(actor=make.hr(), program=program).archived_at is None
    with pytest.raises(DomainError, match="closed or cancelled"):
        states.archive(actor=make.hr(), program=make.enrolling())


@pytest.mark.django_db(transaction=True)
def test_two_at_once_move_a_program_once() -> None:
    program, person = in_state(S.ENROLLING), UserFactory()
    start, outcomes = threading.Barrier(2), []

    def move() -> None:
        try:
            start.wait()
            states.start_matching(actor=person, program=Program.objects.get(pk=program.pk))
            outcomes.append("moved")
        except DomainError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=move) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
    assert AuditEntry.objects.filter(verb="program.matching_started").count() == 1
