"""A reminder asks who is away when it is sent, not only when it was written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.domain import absences
from accounts.models import Absence, User
from meetings.due.sessions import enqueue_due_reminders
from meetings.mail.reminders import REMINDER
from meetings.models import MentoringSession
from notifications.delivery import sender
from notifications.models import OutboxMessage
from tests.meetings.session_data import MONDAY, book, make_pair, make_program
from tests.support.types import At

pytestmark = pytest.mark.django_db
THURSDAY, FRIDAY = date(2027, 2, 4), date(2027, 2, 5)
AWAY_ME, AWAY_OTHER = "You have entered that you are away on that day", "is away on that day"


@pytest.fixture
def session(at: At) -> MentoringSession:
    """On Friday at 10:00; the reminder of the day before is written, and not sent yet."""
    at(MONDAY)
    made = book(
        make_pair(program=make_program(question_days=0)), FRIDAY, link="https://meet.example.com/1"
    )
    at(made.starts_at - timedelta(hours=24) + timedelta(minutes=1))
    OutboxMessage.objects.all().delete()
    assert enqueue_due_reminders() == 2
    return made


def states() -> dict[int, str]:
    return dict(OutboxMessage.objects.filter(kind=REMINDER).values_list("recipient_id", "state"))


def mail_to(mailoutbox: list[Any], person: User) -> str:
    (found,) = [mail for mail in mailoutbox if mail.to == [person.email]]
    return " ".join(found.body.split()) + " ".join(str(found.alternatives[0][0]).split())


def test_without_an_absence_both_are_reminded_as_ever(
    session: MentoringSession, mailoutbox: list[Any]
) -> None:
    sender.send_due()
    assert set(states().values()) == {"sent"}
    for person in (session.pairing.mentor, session.pairing.mentee):
        assert "away" not in mail_to(mailoutbox, person)


@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_whoever_is_away_when_it_is_sent_gets_none(
    session: MentoringSession, mailoutbox: list[Any], side: str
) -> None:
    person: User = getattr(session.pairing, side)
    absences.add(actor=person, starts_on=THURSDAY, ends_on=THURSDAY)
    sender.send_due()
    assert states().pop(person.pk) == "cancelled"
    assert [mail.to for mail in mailoutbox] != [[person.email]]
    assert len(mailoutbox) == 1
    assert "away" not in mailoutbox[0].body, "on the day of the session nobody is"


@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_reminder_of_a_session_on_a_day_of_absence_says_so(
    session: MentoringSession, mailoutbox: list[Any], side: str
) -> None:
    pairing = session.pairing
    person = getattr(pairing, side)
    other = pairing.mentee if side == "mentor" else pairing.mentor
    absences.add(actor=person, starts_on=FRIDAY, ends_on=FRIDAY + timedelta(days=10))
    sender.send_due()
    assert set(states().values()) == {"sent"}
    own, theirs = mail_to(mailoutbox, person), mail_to(mailoutbox, other)
    assert AWAY_ME in own
    assert f"{person.name} {AWAY_OTHER}" in theirs
    assert AWAY_ME not in theirs
    assert "15 Feb" not in theirs, "until when is shown on the page, not in a mail that others read"
    for text in (own, theirs):
        assert "Fri 5 February 2027, 10:00" in text


def test_an_absence_that_is_taken_back_is_forgotten(
    session: MentoringSession, mailoutbox: list[Any]
) -> None:
    absence = absences.add(actor=session.pairing.mentor, starts_on=FRIDAY, ends_on=FRIDAY)
    absences.remove(actor=session.pairing.mentor, absence=absence)
    sender.send_due()
    assert all("away" not in mail.body for mail in mailoutbox)
    assert len(mailoutbox) == 2


def test_the_day_is_that_of_the_one_who_is_away(at: At, mailoutbox: list[Any]) -> None:
    """Friday 10:00 in Berlin is still Thursday in Honolulu for nobody: 23:00 on Thursday."""
    at(MONDAY)
    pairing = make_pair()
    User.objects.filter(pk=pairing.mentor_id).update(time_zone="Pacific/Honolulu")
    pairing.refresh_from_db()
    session = book(pairing, FRIDAY)
    at(session.starts_at - timedelta(minutes=50))
    OutboxMessage.objects.all().delete()
    enqueue_due_reminders()
    Absence.objects.create(person=pairing.mentor, starts_on=FRIDAY, ends_on=FRIDAY)
    sender.send_due()
    assert all("away" not in mail.body for mail in mailoutbox)


def test_the_bodies_are_wiped_all_the_same(session: MentoringSession) -> None:
    absences.add(actor=session.pairing.mentor, starts_on=FRIDAY, ends_on=FRIDAY)
    sender.send_due()
    assert set(OutboxMessage.objects.filter(kind=REMINDER).values_list("text", "html")) == {
        ("", "")
    }


@pytest.mark.parametrize(("away", "queries"), [(False, 1), (True, 3)])
def test_it_asks_with_few_queries(
    session: MentoringSession, django_assert_num_queries: Any, away: bool, queries: int
) -> None:
    if away:
        absences.add(actor=session.pairing.mentor, starts_on=FRIDAY, ends_on=FRIDAY)
    from notifications import kinds

    message = (
        OutboxMessage.objects.filter(kind=REMINDER).select_related("recipient").order_by("pk")[0]
    )
    still_due = kinds.get(REMINDER).still_due
    assert still_due is not None
    with django_assert_num_queries(queries):
        assert still_due(message)
