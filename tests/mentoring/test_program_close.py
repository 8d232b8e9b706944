"""Closing a program: what it touches, undoing it for a day, and thanks to its pairs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import sessions
from meetings.due.sessions import enqueue_due_reminders
from meetings.enums import SessionState
from meetings.models import MentoringSession
from mentoring.workflows import closing as workflow
from mentoring.workflows.closing import finish_closings
from notifications.delivery.gates import no_longer_due
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.domain import offers
from pairings.models import Pairing
from programs.domain import closing
from programs.enums import ProgramState
from programs.models import Program, ProgramClosing
from tests.factories import PairingFactory, ProgramFactory, UserFactory
from tests.support.threads import at_once
from tests.support.types import AsUser, At
from tests.url_matrix.world import scheduled_session

pytestmark = pytest.mark.django_db
THANKS, WITHDRAWN = "pairings.pairing_completed", "meetings.session_withdrawn"


@pytest.fixture
def program() -> Program:
    """A closing program whose last day is in ten days."""
    made: Program = ProgramFactory(
        state="closing", ends_on=clock.today("Europe/Berlin") + timedelta(days=10)
    )
    return made


@pytest.fixture
def hr() -> User:
    """An HR admin."""
    made: User = UserFactory(is_hr_admin=True)
    return made


def plan(program: Program, hr: User, *, keep: bool = True) -> ProgramClosing:
    return closing.plan_closing(actor=hr, program=program, keep_sessions=keep)


def address(program: Program, page: str = "program_close") -> str:
    return reverse(f"mentoring:{page}", args=[program.public_id])


def offer(program: Program) -> Pairing:
    """An offer whose mentor is asked."""
    made: Pairing = PairingFactory(
        program=program,
        state="offered",
        mentor_accepted_at=None,
        mentee_accepted_at=None,
        activated_at=None,
    )
    return made


def everything(program: Program) -> list[list[dict[str, Any]]]:
    """Each row that closing could change."""
    rows = (
        Program.objects.filter(pk=program.pk),
        Pairing.objects.filter(program=program).order_by("pk"),
        MentoringSession.objects.filter(pairing__program=program).order_by("pk"),
        OutboxMessage.objects.order_by("pk"),
        ProgramClosing.objects.all(),
    )
    return [list(row.values()) for row in rows]


def states(*pairs: Pairing) -> list[str]:
    known = dict(Pairing.objects.values_list("pk", "state"))
    return [known[pair.pk] for pair in pairs]


def test_program_close_says_what_it_touches_and_asks_for_a_tick(
    as_user: AsUser, program: Program, hr: User
) -> None:
    pair = PairingFactory(program=program)
    offer(program)
    scheduled_session(pair, day_offset=5)
    scheduled_session(pair, day_offset=20, number=2)
    client = as_user(hr)
    page = client.get(address(program)).text
    for words in (
        "1 pair is completed",
        "2 people get a mail of thanks",
        "1 match that waits for an answer",
        "1 session that is planned until",
        "1 session after the last day leaves the calendars, by a mail to both",
    ):
        assert words in page
    before = everything(program)
    assert client.post(address(program), {"keep": "1"}).status_code == 422
    assert everything(program) == before
    assert client.post(address(program), {"keep": "1", "sure": "1"}).status_code == 303
    page = client.get(address(program)).text
    assert hr.name in page
    assert "Undo closing" in page
    detail = client.get(reverse("mentoring:program_overview", args=[program.public_id])).text
    assert "This program closes on" in detail


@pytest.mark.parametrize(("days", "is_primary"), [(10, True), (-3, True), (30, False)])
def test_close_is_the_first_button_only_near_the_last_day(
    as_user: AsUser, hr: User, days: int, is_primary: bool
) -> None:
    last_day = clock.today("Europe/Berlin") + timedelta(days=days)
    program = ProgramFactory(
        state="closing", starts_on=last_day - timedelta(days=100), ends_on=last_day
    )
    client = as_user(hr)
    detail = client.get(reverse("mentoring:program_overview", args=[program.public_id])).text
    link = f'href="{address(program)}"'
    assert (f'btn btn-primary" {link}' in detail) == is_primary
    page = client.get(address(program)).text
    assert ("Closing it now ends it early" in page) != is_primary


def test_nothing_changes_for_a_day_and_undoing_leaves_all_as_it_was(
    as_user: AsUser, program: Program, hr: User, at: At, still_clock: None
) -> None:
    PairingFactory(program=program, state="paused")
    scheduled_session(PairingFactory(program=program), day_offset=20)
    before = everything(program)
    planned = plan(program, hr)
    at(planned.closes_at - timedelta(minutes=1))
    assert finish_closings() == 0
    assert everything(program)[:-1] == before[:-1]
    client = as_user(hr)
    client.post(address(program, "program_close_undo"))
    assert everything(program) == before
    at(planned.closes_at + timedelta(days=3))
    assert finish_closings() == 0
    assert everything(program) == before
    verbs = AuditEntry.objects.filter(verb__startswith="program.").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["program.closing_planned", "program.closing_undone"]


def test_after_a_day_pairs_are_thanked_once(program: Program, hr: User, at: At) -> None:
    active, paused = (
        PairingFactory(program=program),
        PairingFactory(program=program, state="paused"),
    )
    waiting, other = offer(program), PairingFactory()
    at(plan(program, hr).closes_at)
    assert finish_closings() == 3
    assert Program.objects.get(pk=program.pk).state == ProgramState.CLOSED
    assert states(active, paused, waiting, other) == ["completed", "completed", "void", "active"]
    thanked = OutboxMessage.objects.filter(kind=THANKS)
    assert {message.recipient for message in thanked} == {*active.people, *paused.people}
    assert AuditEntry.objects.filter(verb="pairing.completed", actor_id=hr.pk).count() == 2

    before = everything(program)
    assert finish_closings() == 0
    assert everything(program) == before
    with pytest.raises(DomainError, match="stays closed"):
        closing.undo_closing(actor=hr, program=program)


@pytest.mark.parametrize("keep", [True, False])
def test_sessions_until_the_last_day_stay_if_they_shall(
    program: Program, hr: User, at: At, keep: bool
) -> None:
    pair = PairingFactory(program=program)
    soon, last, late = (
        scheduled_session(pair, day_offset=day, number=number)
        for number, day in enumerate((0, 10, 11), 1)
    )
    MentoringSession.objects.filter(pk=soon.pk).update(
        starts_at=clock.now() + timedelta(hours=23), ends_at=clock.now() + timedelta(hours=26)
    )
    at(plan(program, hr, keep=keep).closes_at)
    finish_closings()
    found = dict(pair.sessions.values_list("number", "state"))
    assert found == {
        soon.number: SessionState.SCHEDULED,
        last.number: SessionState.SCHEDULED if keep else SessionState.CANCELLED,
        late.number: SessionState.CANCELLED,
    }
    assert OutboxMessage.objects.filter(kind=WITHDRAWN).count() == (2 if keep else 4)
    assert states(pair) == ["active" if keep else "completed"]


def test_a_pair_meets_as_before_until_its_last_session_is_logged(
    program: Program, hr: User, at: At, still_clock: None
) -> None:
    pair, other = PairingFactory(program=program), PairingFactory(program=program)
    session = scheduled_session(pair, day_offset=5)
    planned = plan(program, hr)
    at(planned.closes_at)
    assert finish_closings() == 1, "the other pair"
    assert finish_closings() == 0
    assert states(pair, other) == ["active", "completed"]

    booking = {
        "actor": pair.mentor,
        "session": MentoringSession.objects.get(pk=session.pk),
        "wall_time": time(10),
        "time_zone": "Europe/Berlin",
        "minutes": 45,
        "place": "",
        "link": "",
    }
    last = program.ends_on or session.wall_date
    with pytest.raises(DomainError, match="inside the program"):
        sessions.move(**booking, wall_date=last + timedelta(days=1))
    moved = sessions.move(**booking, wall_date=last)

    at(moved.starts_at - timedelta(hours=1))
    assert enqueue_due_reminders() > 0
    at(moved.ends_at)
    assert finish_closings() == 0
    sessions.log(actor=pair.mentor, session=moved, outcome=SessionState.HELD)
    assert finish_closings() == 1
    assert OutboxMessage.objects.filter(kind=THANKS, recipient__in=pair.people).count() == 2


def test_a_pair_that_logs_nothing_is_completed_when_the_last_day_is_over(
    program: Program, hr: User, at: At
) -> None:
    pair = PairingFactory(program=program)
    scheduled_session(pair, day_offset=5)
    planned = plan(program, hr)
    at(planned.sessions_until - timedelta(minutes=1))
    assert finish_closings() == 0
    at(planned.sessions_until)
    assert finish_closings() == 1
    assert states(pair) == ["completed"]


def test_nobody_is_reminded_of_a_session_that_goes(program: Program, hr: User, at: At) -> None:
    pair = PairingFactory(program=program)
    session = scheduled_session(pair, day_offset=2)
    MentoringSession.objects.update(timed_at=clock.now() - timedelta(days=9))
    at(session.starts_at - timedelta(hours=25))
    plan(program, hr, keep=False)
    at(session.starts_at - timedelta(hours=24))
    assert enqueue_due_reminders() == 0
    closing.undo_closing(actor=hr, program=program)
    assert enqueue_due_reminders() == 3, "two reminders and the request for a question"
    plan(program, hr, keep=False)
    reminder = OutboxMessage.objects.filter(kind="meetings.session_reminder")[0]
    assert no_longer_due(reminder) is None, "it begins before the program closes"


def test_a_reminder_that_waits_for_the_morning_is_sent_if_closing_is_undone(
    program: Program, hr: User, at: At
) -> None:
    session = scheduled_session(PairingFactory(program=program), day_offset=4)
    MentoringSession.objects.update(timed_at=clock.now() - timedelta(days=9))
    at(session.starts_at - timedelta(days=3))
    enqueue_due_reminders()
    plan(program, hr, keep=False)
    waiting = OutboxMessage.objects.all()[0]
    assert no_longer_due(waiting) is None, "it is in the calendars until the program closes"
    closing.undo_closing(actor=hr, program=program)
    assert no_longer_due(waiting) is None
    at(plan(program, hr, keep=False).closes_at)
    finish_closings()
    waiting.refresh_from_db()
    assert waiting.state == MessageState.CANCELLED


def test_nothing_is_booked_that_would_go_again(program: Program, hr: User) -> None:
    pair = PairingFactory(program=program)
    plan(program, hr, keep=False)
    booking = {
        "actor": pair.mentor,
        "pairing": pair,
        "wall_date": clock.today("Europe/Berlin") + timedelta(days=4),
        "wall_time": time(10),
        "time_zone": "Europe/Berlin",
    }
    with pytest.raises(DomainError, match="closes before that day"):
        sessions.schedule(**booking)
    closing.undo_closing(actor=hr, program=program)
    assert sessions.schedule(**booking).state == SessionState.SCHEDULED


def test_a_pair_that_ends_or_begins_meanwhile(program: Program, hr: User, at: At) -> None:
    ended, waiting = PairingFactory(program=program), offer(program)
    planned = plan(program, hr)
    Pairing.objects.filter(pk=ended.pk).update(state="ended")
    offers.accept(actor=waiting.mentor, pairing=waiting)
    offers.accept(actor=waiting.mentee, pairing=waiting)
    at(planned.closes_at)
    finish_closings()
    assert states(ended, waiting) == ["ended", "completed"]
    assert OutboxMessage.objects.filter(kind=THANKS).count() == 2


def test_a_worker_that_dies_half_way_is_followed_by_one_that_goes_on(
    program: Program, hr: User, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (PairingFactory(program=program) for _ in range(3))
    at(plan(program, hr).closes_at)
    complete = workflow.complete

    def dies(*, pairing: Pairing) -> bool:
        if pairing.pk == second.pk:
            raise SystemExit
        return complete(pairing=pairing)

    with monkeypatch.context() as patch:
        patch.setattr(workflow, "complete", dies)
        with pytest.raises(SystemExit):
            finish_closings()
    assert states(first, second, third) == ["completed", "active", "active"]
    finish_closings()
    assert states(first, second, third) == ["completed"] * 3
    assert OutboxMessage.objects.filter(kind=THANKS).count() == 6


def test_a_pair_that_fails_keeps_no_other_from_its_thanks(
    program: Program, hr: User, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (PairingFactory(program=program) for _ in range(2))
    at(plan(program, hr).closes_at)
    complete = workflow.complete

    def fails(*, pairing: Pairing) -> bool:
        if pairing.pk == first.pk:
            raise RuntimeError
        return complete(pairing=pairing)

    monkeypatch.setattr(workflow, "complete", fails)
    assert finish_closings() == 1
    assert states(first, second) == ["active", "completed"]


def test_a_day_has_24_hours_when_clocks_change(hr: User, at: At) -> None:
    at(datetime.fromisoformat("2027-03-27T12:00+01:00"))
    program = ProgramFactory(state="closing", ends_on=date(2027, 3, 27))
    planned = plan(program, hr)
    assert f"{planned.closes_at:%d %H:%M}" == "28 11:00", "13:00 in Berlin"
    assert planned.sessions_until == planned.closes_at


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_close_it_once(program: Program, hr: User) -> None:
    other = UserFactory(is_hr_admin=True)
    first, second = at_once(lambda: plan(program, hr), lambda: plan(program, other))
    assert isinstance(first, ProgramClosing)
    assert first == second
    assert AuditEntry.objects.filter(verb="program.closing_planned").count() == 1


@pytest.mark.django_db(transaction=True)
def test_undoing_at_the_last_moment_undoes_all_or_nothing(
    program: Program, hr: User, at: At
) -> None:
    pair = PairingFactory(program=program)
    at(plan(program, hr).closes_at)
    undone, _done = at_once(
        lambda: closing.undo_closing(actor=hr, program=program), finish_closings
    )
    finish_closings()
    is_undone = undone is None
    assert isinstance(undone, DomainError) != is_undone
    assert states(pair) == ["active" if is_undone else "completed"]
    assert OutboxMessage.objects.filter(kind=THANKS).count() == (0 if is_undone else 2)


def test_program_close_in_another_state_says_so(as_user: AsUser, hr: User) -> None:
    pairing = PairingFactory(program__state="running")
    client = as_user(hr)
    response = client.post(address(pairing.program), {"sure": "1"})
    assert response.status_code == 422
    assert "cannot be done now" in response.text
    assert not ProgramClosing.objects.exists()


def test_program_close_has_no_second_door_past_its_pairs(as_user: AsUser, hr: User) -> None:
    program = ProgramFactory(state="closing")
    page = reverse("programs:program_state", args=[program.public_id, "close"])
    assert as_user(hr).post(page).status_code == 404
