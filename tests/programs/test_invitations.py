"""Inviting, reminding, volunteering."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from notifications.models import OutboxMessage
from programs.domain import enrolment as domain
from programs.domain import invitations
from programs.domain.invitations import open_calls
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, UserFactory
from tests.programs import factories as make

pytestmark = pytest.mark.django_db


def test_invite_takes_the_role_from_the_grade_and_twice_changes_nothing() -> None:
    program, actor = make.enrolling(), make.hr()
    junior, senior = UserFactory(junior=True, languages=["de"]), UserFactory(senior=True)
    result = invitations.invite(actor=actor, program=program, people=[junior, senior, junior])
    assert [(row.person, row.role) for row in result.enrolments] == [
        (junior, "mentor"),
        (senior, "mentee"),
    ]
    assert Enrolment.objects.get(person=junior).languages == ["de"]
    again = invitations.invite(actor=actor, program=program, people=[junior, senior])
    assert (again.enrolments, again.already) == ([], [junior, senior])
    assert OutboxMessage.objects.filter(kind="programs.invitation").count() == 2
    assert AuditEntry.objects.filter(verb="enrolment.invited").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_invitations_at_once_reach_each_person_once() -> None:
    program, actor, person = make.enrolling(), make.hr(), UserFactory(junior=True)
    start = threading.Barrier(2)

    def invite() -> None:
        try:
            start.wait()
            invitations.invite(actor=actor, program=program, people=[person])
        finally:
            connection.close()

    threads = [threading.Thread(target=invite) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Enrolment.objects.count() == OutboxMessage.objects.count() == 1


def test_invite_leaves_out_those_who_may_not_join() -> None:
    program = make.enrolling()
    senior, leaver = UserFactory(senior=True), UserFactory(junior=True, is_active=False)
    result = invitations.invite(
        actor=make.hr(), program=program, people=[senior, leaver], role=PairRole.MENTOR
    )
    assert result.not_eligible == [senior, leaver]
    assert not Enrolment.objects.exists() and not OutboxMessage.objects.exists()


def test_more_than_a_page_can_wait_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("programs.domain.invitations.MAX_AT_ONCE", 1)
    monkeypatch.setattr("programs.domain.enrolment.MAX_AT_ONCE", 1)
    program, actor = make.enrolling(), make.hr()
    with pytest.raises(DomainError, match="at most 1 people"):
        invitations.invite(
            actor=actor,
            program=program,
            people=[UserFactory(junior=True), UserFactory(junior=True)],
        )
    rows = [EnrolmentFactory(program=program, state="applied") for _ in range(2)]
    for verb in (domain.approve, invitations.nudge):
        with pytest.raises(DomainError, match="at most 1 people"):
            verb(actor=actor, enrolments=rows)
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    "state",
    [ProgramState.DRAFT, ProgramState.CLOSING, ProgramState.CLOSED, ProgramState.CANCELLED],
)
def test_invite_only_from_the_opening_of_enrolment_until_the_program_closes(state: str) -> None:
    with pytest.raises(DomainError):
        invitations.invite(
            actor=make.hr(), program=make.draft(state=state), people=[UserFactory(junior=True)]
        )


def test_invite_not_after_the_last_day() -> None:
    program = make.enrolling(enrolment_deadline=clock.today(make.ZONE) - timedelta(days=1))
    with pytest.raises(DomainError, match="last day"):
        invitations.invite(actor=make.hr(), program=program, people=[UserFactory(junior=True)])


def test_the_last_day_ends_in_the_zone_of_the_program(at: object) -> None:
    """At 23:30 in Berlin on the last day one may still be invited, at 00:30 no more."""
    program = make.enrolling()
    from common.timezones import to_utc

    day_after = program.enrolment_deadline + timedelta(days=1)
    end = to_utc(day_after, datetime.min.time(), make.ZONE)
    clock.move_to(end - timedelta(minutes=30))
    invitations.invite(actor=make.hr(), program=program, people=[UserFactory(junior=True)])
    clock.move_to(end + timedelta(minutes=30))
    with pytest.raises(DomainError, match="last day"):
        invitations.invite(actor=make.hr(), program=program, people=[UserFactory(junior=True)])


def test_nudge_at_most_twice_and_once_a_day(at: object) -> None:
    program = make.enrolling()
    row, actor, began = make.invited(program), make.hr(), clock.now()
    assert len(invitations.nudge(actor=actor, enrolments=[row])) == 1
    assert invitations.nudge(actor=actor, enrolments=[row]) == []  # again at once
    clock.move_to(began + timedelta(days=2))
    assert len(invitations.nudge(actor=actor, enrolments=[row])) == 1
    clock.move_to(began + timedelta(days=4))
    assert invitations.nudge(actor=actor, enrolments=[row]) == []  # a third time
    assert OutboxMessage.objects.filter(kind="programs.nudge").count() == 2
    assert Enrolment.objects.get().nudges == 2


@pytest.mark.parametrize(
    "state", [EnrolmentState.APPLIED, EnrolmentState.APPROVED, EnrolmentState.WITHDRAWN]
)
def test_nudge_leaves_those_alone_who_have_answered(state: str) -> None:
    row = EnrolmentFactory(program=make.enrolling(), state=state)
    assert invitations.nudge(actor=make.hr(), enrolments=[row]) == []
    assert not OutboxMessage.objects.exists()


def test_join_answers_an_open_call_once() -> None:
    program, person = make.enrolling(open_call=True), UserFactory(junior=True)
    row = invitations.join(actor=person, program=program, role=PairRole.MENTOR)
    assert (row.state, row.role) == (EnrolmentState.VOLUNTEERING, "mentor")
    assert invitations.join(actor=person, program=program, role=PairRole.MENTOR) == row


def test_join_needs_an_open_call_and_the_right_grade() -> None:
    person = UserFactory(junior=True)
    with pytest.raises(DomainError, match="invites people itself"):
        invitations.join(actor=person, program=make.enrolling(), role=PairRole.MENTOR)
    with pytest.raises(DomainError, match="other grades"):
        invitations.join(actor=person, program=make.enrolling(open_call=True), role=PairRole.MENTEE)
    with pytest.raises(DomainError):
        invitations.join(actor=person, program=make.draft(open_call=True), role=PairRole.MENTOR)


def test_open_calls_are_those_one_could_answer() -> None:
    person = UserFactory(junior=True)
    call = make.enrolling(open_call=True)
    make.enrolling(open_call=False)
    make.draft(open_call=True)
    make.enrolling(open_call=True, departments=["Somewhere else"])
    make.enrolling(open_call=True, enrolment_deadline=clock.today(make.ZONE) - timedelta(days=1))
    inside = make.enrolling(open_call=True)
    EnrolmentFactory(program=inside, person=person)
    assert open_calls(person) == [(call, ["mentor"])]
    assert Program.objects.visible_to(person).filter(pk=call.pk).exists()


def test_whoever_has_never_signed_in_reads_the_program_s_language() -> None:
    program = make.enrolling(language="de")
    new, known = UserFactory(last_login=None), UserFactory(last_login=clock.now())
    invitations.invite(actor=make.hr(), program=program, people=[new, known], role=PairRole.MENTOR)
    assert list(User.objects.filter(pk__in=[new.pk, known.pk]).order_by("pk")) == [new, known]
    assert [User.objects.get(pk=person.pk).locale for person in (new, known)] == ["de", "en"]
    subjects = OutboxMessage.objects.filter(kind="programs.invitation").order_by("recipient")
    assert subjects[0].subject.startswith("Machen Sie")
