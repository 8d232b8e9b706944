"""From the application to the decision."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from programs.domain import enrolment as domain
from programs.domain import invitations
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory
from tests.programs import factories as make

pytestmark = pytest.mark.django_db
E = EnrolmentState
DECISIONS = {"approve": E.APPROVED, "waitlist": E.WAITLISTED, "decline": E.DECLINED}
LEGAL = {
    "approve": {E.APPLIED, E.WAITLISTED, E.DECLINED},
    "waitlist": {E.APPLIED, E.APPROVED, E.DECLINED},
    "decline": {E.APPLIED, E.WAITLISTED, E.APPROVED},
}


@pytest.mark.parametrize("role", list(PairRole))
def test_apply_hands_in_what_is_complete_and_twice_changes_nothing(role: str) -> None:
    row = make.answer(make.invited(make.enrolling(), role))
    for _ in range(2):
        domain.apply(actor=row.person, enrolment=row)
    saved = Enrolment.objects.get(pk=row.pk)
    assert (saved.state, row.state) == (E.APPLIED, E.APPLIED) and saved.applied_at is not None
    assert OutboxMessage.objects.filter(kind="programs.applied").count() == 1
    assert AuditEntry.objects.filter(verb="enrolment.applied").count() == 1


@pytest.mark.parametrize("role", list(PairRole))
def test_apply_says_what_is_missing(role: str) -> None:
    row = make.invited(make.enrolling(), role)
    with pytest.raises(DomainError, match="Choose at least one") as caught:
        domain.apply(actor=row.person, enrolment=row)
    assert "language" in str(caught.value)
    assert Enrolment.objects.get(pk=row.pk).state == E.INVITED


def test_apply_not_after_the_last_day() -> None:
    row = make.answer(make.invited(make.enrolling()))
    Program.objects.update(enrolment_deadline=clock.today(make.ZONE) - timedelta(days=1))
    with pytest.raises(DomainError, match="last day"):
        domain.apply(actor=row.person, enrolment=row)


@pytest.mark.parametrize("state", [E.APPROVED, E.WAITLISTED, E.DECLINED, E.WITHDRAWN])
def test_apply_from_another_state_is_refused(state: str) -> None:
    row = EnrolmentFactory(program=make.enrolling(), state=state)
    with pytest.raises(DomainError):
        domain.apply(actor=row.person, enrolment=row)


def test_apply_takes_back_invitations_that_have_not_left() -> None:
    program = make.enrolling()
    row = invitations.invite(
        actor=make.hr(), program=program, people=[make.UserFactory(junior=True)]
    ).enrolments[0]
    domain.apply(actor=row.person, enrolment=make.answer(row))
    assert OutboxMessage.objects.get(kind="programs.invitation").state == MessageState.CANCELLED


@pytest.mark.parametrize("verb", DECISIONS)
@pytest.mark.parametrize("state", list(E))
def test_decision_by_state(verb: str, state: EnrolmentState) -> None:
    row = EnrolmentFactory(program=make.enrolling(), state=state)
    decided = getattr(domain, verb)(actor=make.hr(), enrolments=[row])
    expected = state in LEGAL[verb]
    assert bool(decided) == expected
    assert Enrolment.objects.get(pk=row.pk).state == (DECISIONS[verb] if expected else state)
    assert OutboxMessage.objects.count() == int(expected)


@pytest.mark.parametrize("state", [ProgramState.MATCHING, ProgramState.RUNNING])
def test_an_approval_is_not_taken_back_once_matching_has_begun(state: str) -> None:
    program = make.draft(state=state)
    approved, late = (
        EnrolmentFactory(program=program, state=E.APPROVED),
        EnrolmentFactory(program=program, state=E.WAITLISTED),
    )
    assert domain.decline(actor=make.hr(), enrolments=[approved]) == []
    assert domain.approve(actor=make.hr(), enrolments=[late]) == [late]


@pytest.mark.parametrize(
    "state", [ProgramState.DRAFT, ProgramState.CLOSING, ProgramState.CLOSED, ProgramState.CANCELLED]
)
def test_nothing_is_decided_in_a_program_that_is_over(state: str) -> None:
    row = EnrolmentFactory(program=make.draft(state=state), state=E.APPLIED)
    assert domain.approve(actor=make.hr(), enrolments=[row]) == []


def test_a_decision_replaces_one_whose_mail_has_not_left() -> None:
    row = make.applied(make.enrolling())
    domain.decline(actor=make.hr(), enrolments=[row])
    domain.approve(actor=make.hr(), enrolments=[row])
    assert OutboxMessage.objects.get(kind="programs.declined").state == MessageState.CANCELLED
    assert OutboxMessage.objects.get(kind="programs.approved").state == MessageState.QUEUED


@pytest.mark.parametrize("state", [E.INVITED, E.VOLUNTEERING, E.APPLIED, E.WAITLISTED, E.APPROVED])
def test_withdraw_and_come_back(state: str) -> None:
    row = EnrolmentFactory(program=make.enrolling(), state=state, invited_at=clock.now())
    for _ in range(2):
        domain.withdraw(actor=row.person, enrolment=row)
    assert row.state == E.WITHDRAWN
    assert AuditEntry.objects.filter(verb="enrolment.withdrawn").count() == 1
    assert domain.rejoin(actor=row.person, enrolment=row).state == E.INVITED


def test_withdraw_after_a_no_or_after_the_end_is_refused() -> None:
    for row in (
        EnrolmentFactory(program=make.enrolling(), state=E.DECLINED),
        EnrolmentFactory(program__state="closed"),
    ):
        with pytest.raises(DomainError):
            domain.withdraw(actor=row.person, enrolment=row)


def test_rejoin_needs_an_open_program_and_a_withdrawal() -> None:
    with pytest.raises(DomainError, match="not withdrawn"):
        row = EnrolmentFactory(program=make.enrolling(), state=E.APPLIED)
        domain.rejoin(actor=row.person, enrolment=row)
    with pytest.raises(DomainError, match="last day"):
        row = EnrolmentFactory(state=E.WITHDRAWN)
        domain.rejoin(actor=row.person, enrolment=row)


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_send_one_mail() -> None:
    row, actor = make.applied(make.enrolling()), make.hr()
    start = threading.Barrier(2)

    def approve() -> None:
        try:
            start.wait()
            domain.approve(actor=actor, enrolments=[row])
        finally:
            connection.close()

    threads = [threading.Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OutboxMessage.objects.filter(kind="programs.approved").count() == 1
    assert AuditEntry.objects.filter(verb="enrolment.approved").count() == 1
