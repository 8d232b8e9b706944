"""What needs the people who run a program: everything that reminders have not settled, and nothing
else; told once a day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from meetings.domain import pausing, sessions
from meetings.models import MentoringSession, SessionStatement
from mentoring.needs.daily_mail import KIND, tell_what_is_new
from mentoring.needs.kinds import Need
from mentoring.needs.queue import needs_of
from notifications.delivery import sender
from notifications.models import OutboxMessage, Webhook
from notifications.preferences import suppression
from pairings.models import Pairing
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.meetings.session_data import book, make_pair, make_program, sign
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 2, 1, 9, tzinfo=UTC)  # 10:00 in Berlin
DAY = timedelta(days=1)


def is_since(need: Need, kind: str, moment: datetime) -> bool:
    """The clock goes on while a test runs."""
    return need.kind == kind and abs(need.since - moment) < timedelta(minutes=1)


def kinds(program: Program) -> list[str]:
    return [need.kind for need in needs_of(program)]


@pytest.fixture
def pair(at: At) -> Pairing:
    """A fresh pair with nothing to complain about."""
    at(MONDAY)
    made = make_pair(activated_at=MONDAY, program=make_program(time_zone="Europe/Berlin"))
    sign(made)
    return made


def test_fresh_pair_needs_nobody(pair: Pairing) -> None:
    assert kinds(pair.program) == []


def test_no_first_session_by_day_21(pair: Pairing, at: At) -> None:
    at(MONDAY + 21 * DAY - timedelta(minutes=1))
    assert kinds(pair.program) == []
    at(MONDAY + 21 * DAY + timedelta(minutes=1))
    [need] = needs_of(pair.program)
    assert need.kind == "not_met"
    assert pair.mentor.name in need.about
    assert pair.mentee.name in need.about


def test_a_pause_starts_the_21_days_again(pair: Pairing, at: At) -> None:
    at(MONDAY + 20 * DAY)
    pausing.pause(actor=pair.mentor, pairing=pair)
    at(MONDAY + 30 * DAY)
    for person in (pair.mentor, pair.mentee):
        pausing.resume(actor=person, pairing=pair)
    at(MONDAY + 51 * DAY - timedelta(minutes=1))
    assert kinds(pair.program) == []
    at(MONDAY + 51 * DAY + timedelta(minutes=1))
    [need] = needs_of(pair.program)
    assert is_since(need, "not_met", MONDAY + 51 * DAY)


def test_paused_pair(pair: Pairing) -> None:
    pausing.pause(actor=pair.mentor, pairing=pair)
    assert kinds(pair.program) == ["paused"]


@pytest.mark.broad
def test_two_sessions_called_off(pair: Pairing) -> None:
    for number in (1, 2):
        session = book(pair, day=(MONDAY + number * DAY).date())
        sessions.cancel(actor=pair.mentee, session=session)
        assert kinds(pair.program) == (["called_off"] if number == 2 else [])


@pytest.mark.broad
def test_sessions_called_off_count_since_the_last_one_was_noted(pair: Pairing, at: At) -> None:
    booked = [book(pair, day=(MONDAY + number * DAY).date()) for number in (1, 2, 3)]
    for session in booked[:2]:
        at(session.ends_at + timedelta(hours=1))
        sessions.log(
            actor=pair.mentor, session=session, outcome="cancelled", cancelled_by=pair.mentee
        )
    [need] = needs_of(pair.program)
    assert is_since(need, "called_off", clock.now())
    at(clock.now() + timedelta(hours=1))
    sessions.cancel(
        actor=pair.mentor, session=booked[2]
    )  # on whichever side: the date must not tell
    assert is_since(needs_of(pair.program)[0], "called_off", clock.now())


@pytest.mark.broad
def test_what_a_pause_took_away_was_not_called_off(pair: Pairing, at: At) -> None:
    for number in (1, 2):
        sessions.cancel(actor=pair.mentee, session=book(pair, day=(MONDAY + number * DAY).date()))
    book(pair, day=(MONDAY + 9 * DAY).date())
    at(MONDAY + timedelta(hours=1))
    pausing.pause(actor=pair.mentor, pairing=pair)
    for person in (pair.mentor, pair.mentee):
        pausing.resume(actor=person, pairing=pair)
    [need] = needs_of(pair.program)
    assert is_since(need, "called_off", MONDAY)


def test_disagreement_is_told_although_it_came_up_after_the_last_mail(
    pair: Pairing, at: At
) -> None:
    session = book(pair)
    at(session.ends_at)
    sessions.log(actor=pair.mentor, session=session, outcome="held")
    at(session.ends_at + 3 * DAY)
    sessions.log(actor=pair.mentee, session=session, outcome="missed")
    [need] = needs_of(pair.program)
    assert is_since(need, "disagreement", clock.now())


def test_no_date_matters_no_more_when_the_program_is_nearly_over(pair: Pairing, at: At) -> None:
    session = book(pair)
    at(session.ends_at)
    sessions.log(actor=pair.mentor, session=session, outcome="held")
    at(session.ends_at + 22 * DAY)
    assert kinds(pair.program) == ["no_date"]
    Program.objects.update(ends_on=clock.now().date() + 6 * DAY)
    assert kinds(pair.program) == []


@pytest.mark.broad
def test_session_that_nobody_has_logged_and_one_they_disagree_on(pair: Pairing, at: At) -> None:
    session = book(pair)
    at(session.ends_at + 4 * DAY - timedelta(minutes=1))
    assert kinds(pair.program) == []
    at(session.ends_at + 4 * DAY + timedelta(minutes=1))
    assert kinds(pair.program) == ["unlogged"]
    MentoringSession.objects.filter(pk=session.pk).update(state="held")
    for person, outcome in ((pair.mentor, "held"), (pair.mentee, "missed")):
        SessionStatement.objects.create(
            session=session, person=person, outcome=outcome, at=clock.now()
        )
    assert kinds(pair.program) == ["disagreement"]


@pytest.mark.broad
def test_invitation_without_an_answer_after_two_reminders(at: At) -> None:
    at(MONDAY)
    program = ProgramFactory(state="enrolling")
    row = EnrolmentFactory(program=program, state="invited", nudges=2, nudged_at=MONDAY)
    assert kinds(program) == []
    at(MONDAY + 3 * DAY)
    assert kinds(program) == ["unanswered"]
    Enrolment.objects.filter(pk=row.pk).update(state="applied")
    assert kinds(program) == []


def test_address_that_mail_does_not_reach_is_there_for_people_in_the_program(
    pair: Pairing, at: At
) -> None:
    suppression.suppress(pair.mentor.email, "550 5.1.1")
    suppression.suppress(UserFactory().email, "550 5.1.1")
    [need] = needs_of(pair.program)
    assert (need.kind, need.person) == ("bounced", pair.mentor)
    at(MONDAY + 8 * DAY)
    assert kinds(pair.program) == [], "it is tried again"


def test_other_program_s_things_are_not_there(pair: Pairing) -> None:
    pausing.pause(actor=pair.mentor, pairing=pair)
    assert kinds(make_program()) == []


@pytest.mark.broad
@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(
    at: At, as_user: AsUser, number: int, django_assert_num_queries: Any
) -> None:
    at(MONDAY)
    program = make_program()
    for _count in range(number):
        made = make_pair(program=program, activated_at=MONDAY - 40 * DAY)
        suppression.suppress(made.mentor.email, "550")
    client = as_user(ProgramStaffFactory(program=program, person=UserFactory()).person)
    url = reverse("mentoring:needs_you", args=[program.public_id])
    client.get(url)
    with django_assert_num_queries(15):
        assert "Mail does not arrive" in client.get(url).content.decode()


# the morning's mail


@pytest.fixture
def told(pair: Pairing) -> Any:
    """Its coordinator, and something new."""
    person = ProgramStaffFactory(program=pair.program, person=UserFactory()).person
    pausing.pause(actor=pair.mentor, pairing=pair)
    return person


@pytest.mark.broad
def test_coordinator_hears_of_news_once_a_day(
    told: Any, pair: Pairing, at: At, mailoutbox: list[Any]
) -> None:
    for _time in range(3):
        tell_what_is_new()
    assert OutboxMessage.objects.filter(kind=KIND).count() == 1
    sender.send_due()
    assert (
        "something needs you today"
        in next(mail for mail in mailoutbox if mail.to == [told.email]).subject
    )
    at(MONDAY + DAY)
    assert tell_what_is_new() == 0, "nothing new since yesterday"


@pytest.mark.parametrize("hours", [-3, 3, 5 * 24])
def test_not_before_eight_not_after_twelve_not_on_saturday(told: Any, at: At, hours: int) -> None:
    at(MONDAY + timedelta(hours=hours))
    assert tell_what_is_new() == 0


def test_monday_tells_of_the_weekend(told: Any, pair: Pairing, at: At) -> None:
    Pairing.objects.update(paused_at=MONDAY + 4 * DAY + timedelta(hours=8))  # Friday evening
    at(MONDAY + 7 * DAY)
    assert tell_what_is_new() == 1


def test_hr_hears_where_there_is_no_coordinator(pair: Pairing) -> None:
    hr = UserFactory(is_hr_admin=True)
    pausing.pause(actor=pair.mentor, pairing=pair)
    assert tell_what_is_new() == 1
    assert OutboxMessage.objects.get(kind=KIND).recipient == hr


def test_channel_gets_a_number_and_no_names(told: Any, pair: Pairing) -> None:
    Webhook.objects.create(
        scope=pair.program.public_id,
        channel="slack",
        label="x",
        address="https://hooks.slack.com/services/x",
    )
    assert tell_what_is_new() == 2
    message = OutboxMessage.objects.get(channel="slack")
    assert message.subject == f"{pair.program.name}: 1 thing needs you today."
    assert pair.mentor.name not in message.subject + message.text + str(message.data)


@pytest.mark.broad
def test_what_was_settled_meanwhile_is_not_told(told: Any, pair: Pairing) -> None:
    tell_what_is_new()
    Pairing.objects.update(state="active", paused_at=None)
    sender.send_due()
    assert OutboxMessage.objects.get(kind=KIND).state == "cancelled"
