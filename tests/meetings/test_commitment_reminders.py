"""A mentee is reminded of what they will do differently, without a word of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Absence, User
from common import clock
from meetings.domain import commitments
from meetings.due.commitments import LIFE, NUDGE_AFTER, remind_of_commitments
from meetings.mail import commitments as commitment_mail
from meetings.models import Commitment, MentoringSession
from notifications.delivery import sender
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests.meetings.commitment_data import AFTER, DUE, NINE, WORDS, done, just_ended, keep
from tests.meetings.session_data import book, make_pair
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(at: At) -> MentoringSession:
    return just_ended(at)


def reminders() -> list[str]:
    rows = OutboxMessage.objects.filter(kind=commitment_mail.KIND).order_by("due_at")
    return [row.state for row in rows]


@pytest.mark.broad
def test_reminded_on_the_day_and_once_more_and_no_words_leave(
    session: MentoringSession, at: At, mailoutbox: list[Any]
) -> None:
    keep(session)
    for hours in range(0, 24 * 40, 12):
        at(AFTER + timedelta(hours=hours))
        for _time in range(2):
            remind_of_commitments()
            sender.send_due()
    mails = [mail for mail in mailoutbox if "came of your plan" in mail.subject]
    assert [mail.to for mail in mails] == [[session.pairing.mentee.email]] * 2
    assert not any(WORDS in mail.body + mail.subject + str(mail.alternatives) for mail in mails)
    assert reminders() == ["sent", "sent"]


def test_reminded_at_nine_where_the_mentee_is(session: MentoringSession, at: At) -> None:
    keep(session)
    at(NINE - timedelta(seconds=5))
    assert remind_of_commitments() == 0
    at(NINE + timedelta(seconds=1))
    assert (remind_of_commitments(), remind_of_commitments()) == (1, 0)


def test_the_second_reminder_comes_at_nine_across_a_clock_change_too(
    session: MentoringSession, at: At
) -> None:
    keep(session, due_on=date(2027, 3, 22))  # Berlin's clocks change on 28 March
    at(datetime(2027, 3, 29, 7, 0, 1, tzinfo=UTC))
    remind_of_commitments()
    assert OutboxMessage.objects.get(kind=commitment_mail.KIND, state="queued").due_at == datetime(
        2027, 3, 29, 7, tzinfo=UTC
    )


@pytest.mark.parametrize("change", ["done", "dropped", "later", "paused", "left"])
def test_an_expired_reminder_is_not_sent(
    session: MentoringSession, at: At, mailoutbox: list[Any], change: str
) -> None:
    made = keep(session)
    at(NINE + timedelta(minutes=1))
    assert remind_of_commitments() == 1
    mailoutbox.clear()
    if change == "done":
        done(made)
    elif change == "dropped":
        commitments.drop(actor=session.pairing.mentee, commitment=made)
    elif change == "later":
        keep(session, due_on=DUE + timedelta(days=5))
    elif change == "paused":
        Pairing.objects.update(state="paused")
    else:
        User.objects.filter(pk=session.pairing.mentee_id).update(is_active=False)
    sender.send_due()
    assert not [mail for mail in mailoutbox if "came of your plan" in mail.subject]
    assert reminders() == ["cancelled"]


@pytest.mark.broad
def test_who_is_away_hears_of_it_on_return(
    session: MentoringSession, at: At, mailoutbox: list[Any]
) -> None:
    keep(session)
    Absence.objects.create(
        person=session.pairing.mentee, starts_on=DUE, ends_on=DUE + timedelta(days=2)
    )
    sent = []
    for hours in range(0, 24 * 5, 2):
        at(NINE + timedelta(minutes=1, hours=hours))
        mailoutbox.clear()
        remind_of_commitments()
        sender.send_due()
        sent += [clock.now().date() for mail in mailoutbox if "came of your plan" in mail.subject]
    assert sent == [DUE + timedelta(days=3)]


def test_long_after_its_day_nothing_is_said(session: MentoringSession, at: At) -> None:
    keep(session)
    at(NINE + NUDGE_AFTER[-1] + LIFE + timedelta(minutes=1))
    remind_of_commitments()
    assert set(
        OutboxMessage.objects.filter(kind=commitment_mail.KIND).values_list("state", flat=True)
    ) == {"missed"}


def test_reminders_take_the_same_queries_for_one_and_for_three(
    session: MentoringSession, at: At, django_assert_num_queries: Any
) -> None:
    keep(session)
    at(NINE + timedelta(minutes=1))
    remind_of_commitments()
    with django_assert_num_queries(6):  # the mark and a transaction, what is open, what is known
        remind_of_commitments()
    for _other in range(2):
        other = book(make_pair(), DUE - timedelta(days=1), past=True)
        Commitment.objects.create(session=other, pairing=other.pairing, text=WORDS, due_on=DUE)
    remind_of_commitments()
    with django_assert_num_queries(6):
        remind_of_commitments()
