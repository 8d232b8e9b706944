"""However long nothing ran: every message that fell due meanwhile is sent, or stands in the outbox
as missed.

Once.
"""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import Absence, User
from common import clock
from feedback.domain import reminders, rounds
from meetings.domain import commitments, sessions
from meetings.due.booking import nudge_drivers
from meetings.due.commitments import remind_of_commitments
from meetings.due.sessions import SEARCH, enqueue_due_reminders
from meetings.mail import booking as booking_mail
from meetings.mail.reminders import LOG_NUDGE, REMINDER
from meetings.models import MentoringSession
from notifications.delivery import sender
from notifications.models import OutboxMessage, Watermark
from notifications.outbox import due
from pairings.domain import agreements
from pairings.due.agreements import NUDGE_AFTER, nudge_unsigned
from pairings.models import Pairing
from programs.models import Program
from tests.feedback.factories import ParticipationFactory, RoundFactory
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.types import At

pytestmark = pytest.mark.django_db
GAPS = [10, 40]
DAY = timedelta(days=1)
SEARCHES = {
    "meetings.session_reminders",
    "pairings.agreement_nudges",
    "meetings.commitment_nudges",
    "feedback.survey_nudges",
    "feedback.told_us",
    "meetings.booking_nudges",
}


def states(kind: str, **fields: Any) -> list[str]:
    return list(
        OutboxMessage.objects.filter(kind=kind, **fields)
        .order_by("due_at", "pk")
        .values_list("state", flat=True)
    )


@pytest.fixture
def pair(at: At) -> Pairing:
    at(MONDAY)
    made = make_pair(activated_at=MONDAY)
    User.objects.update(time_zone="Europe/Berlin")
    return made


def session_on(pair: Pairing, day: int) -> MentoringSession:
    """Booked on Monday, so many days later at ten."""
    return book(pair, (MONDAY + day * DAY).date())


@pytest.mark.broad
@pytest.mark.parametrize("gap", GAPS)
def test_reminders_of_sessions(pair: Pairing, at: At, gap: int) -> None:
    session_on(pair, 3)
    soon = session_on(pair, gap + 1)
    enqueue_due_reminders()
    assert states(REMINDER) == []
    at(soon.starts_at - timedelta(hours=23))
    assert enqueue_due_reminders() > 0
    assert states(REMINDER) == ["missed"] * 4 + ["queued"] * 2
    assert states(LOG_NUDGE) == ["missed"] + (["queued"] * 2 if gap == 10 else ["missed"] * 2)
    assert enqueue_due_reminders() == 0
    sender.send_due()
    assert states(REMINDER)[:4] == ["missed"] * 4
    assert not set(states(REMINDER)[4:]) - {"sent", "digested", "queued"}


@pytest.mark.parametrize("gap", GAPS)
def test_session_that_took_place_without_its_reminders(pair: Pairing, at: At, gap: int) -> None:
    """The pages ran, the worker did not."""
    session = session_on(pair, 3)
    enqueue_due_reminders()
    at(session.ends_at)
    sessions.log(actor=pair.mentor, session=session, outcome="held")
    at(MONDAY + gap * DAY)
    assert enqueue_due_reminders() == 4 + 1  # and what the mentee would ask
    assert states(REMINDER) == ["missed"] * 4
    assert (states(LOG_NUDGE), enqueue_due_reminders()) == ([], 0)


def test_session_that_was_called_off_has_missed_nothing(pair: Pairing, at: At) -> None:
    session = session_on(pair, 5)
    enqueue_due_reminders()
    at(session.starts_at - timedelta(hours=12))
    sessions.cancel(actor=pair.mentor, session=session)
    at(MONDAY + 10 * DAY)
    assert enqueue_due_reminders() == 0


def test_later_hours_of_the_program_make_nothing_missed(pair: Pairing, at: At) -> None:
    session = session_on(pair, 3)
    at(session.starts_at - timedelta(hours=30))
    enqueue_due_reminders()
    Program.objects.update(reminder_hours=[72, 48, 24, 1])
    at(session.starts_at - timedelta(hours=29))
    assert enqueue_due_reminders() == 2, "the one of two days before still has a point"
    assert set(states(REMINDER)) == {"queued"}
    at(session.starts_at + 3 * DAY)
    Program.objects.update(reminder_hours=[48, 24, 12, 1])
    enqueue_due_reminders()
    OutboxMessage.objects.filter(kind=REMINDER).delete()
    Program.objects.update(reminder_hours=[36])
    assert enqueue_due_reminders() == 0


def test_who_is_away_has_no_gap_beside_the_other_one(pair: Pairing, at: At) -> None:
    session = session_on(pair, 3)
    day = (session.starts_at - DAY).date()
    Absence.objects.create(person=pair.mentee, starts_on=day, ends_on=day)
    at(session.starts_at - timedelta(hours=23))
    enqueue_due_reminders()
    rows = dict(OutboxMessage.objects.filter(kind=REMINDER).values_list("recipient", "state"))
    assert rows == {pair.mentor_id: "queued", pair.mentee_id: "cancelled"}
    assert (
        not OutboxMessage.objects.filter(state="cancelled")
        .exclude(text="", html="", attachments=[])
        .exists()
    )


@pytest.mark.parametrize("gap", GAPS)
def test_reminders_to_sign(pair: Pairing, at: At, gap: int) -> None:
    agreements.write_first_version(pair)
    nudge_unsigned()
    at(MONDAY + gap * DAY)
    late = 2 if gap > (NUDGE_AFTER[-1] + 3 * DAY).days else 1
    assert nudge_unsigned() == 4
    nudged = states("pairings.agreement_nudge")
    assert nudged == ["missed"] * 4 if gap == 40 else nudged[:2] == ["missed"] * 2
    assert (late > 0, nudge_unsigned()) == (True, 0)


@pytest.mark.parametrize(
    ("gap", "found"),
    [(9, ["missed", "queued"]), (10, ["missed", "queued"]), (40, ["missed", "missed"])],
)
def test_reminders_of_commitments(pair: Pairing, at: At, gap: int, found: list[str]) -> None:
    session = session_on(pair, 0 + 1)
    at(session.ends_at)
    commitments.keep(
        actor=pair.mentee, session=session, text="Speak last", due_on=(MONDAY + 2 * DAY).date()
    )
    remind_of_commitments()
    at(MONDAY + gap * DAY)
    assert (remind_of_commitments(), remind_of_commitments()) == (2, 0)
    assert states("meetings.commitment_due") == found


@pytest.mark.parametrize("gap", GAPS)
def test_reminders_of_surveys(at: At, gap: int) -> None:
    survey_round = RoundFactory()
    ParticipationFactory(round=survey_round)
    reminders.nudge_due()
    whole = survey_round.closes_at - survey_round.opens_at
    at(
        survey_round.closes_at - timedelta(hours=2)
        if whole > gap * DAY
        else survey_round.opens_at + gap * DAY
    )
    over = clock.now() >= survey_round.closes_at
    assert reminders.nudge_due() == 2
    assert states("feedback.reminder") == (["missed", "missed"] if over else ["missed", "queued"])
    assert reminders.nudge_due() == 0
    rounds.close_due_rounds()
    assert reminders.nudge_due() == 0


@pytest.mark.parametrize("gap", GAPS)
def test_reminders_to_book(pair: Pairing, at: At, gap: int) -> None:
    nudge_drivers()
    at(MONDAY + gap * DAY)
    made = nudge_drivers()
    found = states("meetings.book_session")
    assert (made, nudge_drivers()) == (len(found), 0)
    assert found == (["queued"] if gap == 10 else ["missed", "missed"])


@pytest.mark.parametrize(
    "search",
    [
        enqueue_due_reminders,
        nudge_unsigned,
        remind_of_commitments,
        reminders.nudge_due,
        nudge_drivers,
    ],
)
def test_mark_moves_when_all_is_stored(search: Any, at: At) -> None:
    at(MONDAY)
    search()
    [mark] = Watermark.objects.filter(seen_until__gt=MONDAY - due.LONGEST + DAY)
    assert timedelta() <= mark.seen_until - MONDAY < timedelta(minutes=1)


@pytest.mark.parametrize(
    "search",
    [
        enqueue_due_reminders,
        nudge_unsigned,
        remind_of_commitments,
        reminders.nudge_due,
        nudge_drivers,
    ],
)
def test_every_search_of_a_new_installation_looks_back_and_a_later_one_does_not(
    search: Any, at: At
) -> None:
    at(MONDAY)
    search()
    assert set(Watermark.objects.values_list("pk", flat=True)) >= SEARCHES
    of_the_next_version = due.Search("tests.new")
    due._searches.pop("tests.new")
    with of_the_next_version.window() as window:
        assert window.since == window.now


def test_reminders_that_a_new_version_brings_have_not_been_missed(pair: Pairing, at: At) -> None:
    remind_of_commitments()
    Watermark.objects.filter(pk="meetings.booking_nudges").delete()
    at(MONDAY + 10 * DAY)
    assert (nudge_drivers(), states("meetings.book_session")) == (1, ["queued"])
    Watermark.objects.filter(pk="meetings.booking_nudges").delete()
    at(MONDAY + 50 * DAY)
    assert nudge_drivers() == 0


def test_a_clock_that_was_ahead_for_a_moment_hides_nothing_that_is_missed_later(
    pair: Pairing, at: At
) -> None:
    session = session_on(pair, 3)
    at(MONDAY + 3000 * DAY)
    enqueue_due_reminders()
    OutboxMessage.objects.all().delete()
    at(MONDAY + DAY / 24)
    enqueue_due_reminders()
    at(session.starts_at + 8 * DAY)
    enqueue_due_reminders()
    assert states(REMINDER) == ["missed"] * 4


@pytest.mark.parametrize("many", [False, True])
def test_one_row_that_fails_keeps_no_other_from_its_reminder(
    at: At, monkeypatch: Any, many: bool
) -> None:
    at(MONDAY)
    pairs = [make_pair(activated_at=MONDAY) for _number in range(5)]
    nudge_drivers()
    at(MONDAY + 10 * DAY)
    monkeypatch.setattr(due, "MOST_FAULTS", 2)
    broken = {one.pk for one in pairs[:2]} if many else {pairs[1].pk}
    draft = booking_mail.draft

    def fail(pairing: Any, *args: Any, **fields: Any) -> Any:
        if pairing.pk in broken:
            raise LookupError(pairing.pk)
        return draft(pairing, *args, **fields)

    with monkeypatch.context() as patched:
        patched.setattr(booking_mail, "draft", fail)
        for _beat in range(2):
            with pytest.raises(LookupError):
                nudge_drivers()
            assert len(states("meetings.book_session")) == (0 if many else 4)
    at(MONDAY + 40 * DAY)
    assert nudge_drivers() == 5 + (5 if many else 1)
    assert states("meetings.book_session").count("missed") == (10 if many else 6)


def test_a_database_that_is_away_is_not_asked_for_each_row(monkeypatch: Any) -> None:
    asked = []

    def away(page: list[int]) -> int:
        asked.append(page)
        raise OperationalError

    with pytest.raises(OperationalError):
        due.work_through([[1, 2], [3]], away)
    assert asked == [[1, 2]]


def test_run_that_dies_is_done_again(pair: Pairing, at: At, monkeypatch: Any) -> None:
    session = session_on(pair, 3)
    enqueue_due_reminders()
    at(session.starts_at + 8 * DAY)
    with monkeypatch.context() as broken, pytest.raises(SystemExit):
        broken.setattr(
            "meetings.due.sessions._enqueue_page",
            lambda *args: (_ for _ in ()).throw(SystemExit),
        )
        enqueue_due_reminders()
    assert enqueue_due_reminders() > 0
    assert states(REMINDER) == ["missed"] * 4


def test_window_is_bounded_and_never_moves_back(at: At) -> None:
    at(MONDAY)
    with SEARCH.window() as first:
        assert first.since == first.now - due.LONGEST
    at(MONDAY - DAY)  # another process whose clock is behind, or an older run that ends later
    with SEARCH.window() as behind:
        assert behind.since == behind.now
    at(MONDAY + 300 * DAY)
    with SEARCH.window() as last:
        assert last.since == last.now - due.LONGEST
    at(MONDAY + 301 * DAY)
    with SEARCH.window() as usual:
        assert usual.since == last.now


@pytest.mark.broad
def test_memory_does_not_grow_with_what_was_missed(pair: Pairing, at: At, monkeypatch: Any) -> None:
    monkeypatch.setattr("meetings.due.sessions.PAGE", 5)
    peaks = []
    for number in (5, 20):
        for day in range(number):
            book(pair, (clock.now() + (day + 2) * DAY).date())
        enqueue_due_reminders()
        at(clock.now() + (number + 10) * DAY)
        tracemalloc.start()
        assert enqueue_due_reminders() >= 4 * number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        MentoringSession.objects.all().delete()
    assert peaks[1] < 1.5 * peaks[0], peaks
