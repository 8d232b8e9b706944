"""Nobody is nudged while they are away."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Absence, User
from notifications.delivery import outcomes, sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.notifications.conftest import NUDGE, put
from tests.notifications.test_concurrency import in_threads
from tests.smtp import SmtpSink
from tests.support.types import At

WEDNESDAY = datetime(2027, 2, 3, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wednesday(at: At) -> None:
    at(WEDNESDAY)


@pytest.fixture
def away(person: User) -> User:
    """Until Friday; Berlin is an hour ahead."""
    User.objects.filter(pk=person.pk).update(time_zone="Europe/Berlin")
    Absence.objects.create(person=person, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 5))
    return person


def test_a_nudge_waits_for_the_return_and_other_mail_does_not(
    away: User, smtp_sink: SmtpSink, at: At
) -> None:
    put(away, "news")
    nudge = put(away, "nudge", kind=NUDGE)
    sender.send_due()
    assert [mail.subject for mail in smtp_sink.messages] == ["About news"]
    nudge.refresh_from_db()
    assert nudge.state == MessageState.QUEUED
    assert nudge.try_at == datetime(2027, 2, 6, 7, tzinfo=UTC)
    at(nudge.try_at + timedelta(minutes=1))
    sender.send_due()
    assert [mail.subject for mail in smtp_sink.messages] == ["About news", "About nudge"]


def test_two_nudges_about_one_thing_become_one(away: User, smtp_sink: SmtpSink) -> None:
    for number in range(2):
        put(away, f"nudge {number}", kind=NUDGE, data={"id": 1})
    put(away, "another thing", kind=NUDGE, data={"id": 2})
    sender.send_due()
    states = OutboxMessage.objects.order_by("dedupe_key").values_list("dedupe_key", "state")
    assert dict(states) == {"nudge 0": "queued", "nudge 1": "cancelled", "another thing": "queued"}


def test_a_nudge_that_would_come_too_late_is_not_sent(away: User, smtp_sink: SmtpSink) -> None:
    nudge = put(away, "nudge", kind=NUDGE, expires_at=datetime(2027, 2, 5, tzinfo=UTC))
    sender.send_due()
    nudge.refresh_from_db()
    assert nudge.state == MessageState.CANCELLED
    assert not smtp_sink.messages


def test_whoever_is_here_is_nudged_at_once(person: User, smtp_sink: SmtpSink) -> None:
    Absence.objects.create(person=person, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 5))
    put(person, "nudge", kind=NUDGE)
    sender.send_due()
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize(("minutes", "state"), [(10, "cancelled"), (20, "queued")])
def test_a_nudge_that_waits_has_time_left_on_the_return(
    away: User, smtp_sink: SmtpSink, minutes: int, state: str
) -> None:
    back = datetime(2027, 2, 6, 7, tzinfo=UTC)
    nudge = put(away, "nudge", kind=NUDGE, expires_at=back + timedelta(minutes=minutes))
    sender.send_due()
    nudge.refresh_from_db()
    assert nudge.state == state


@pytest.mark.broad
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_leave_one_nudge_for_the_return(
    transactional_db: None, smtp_sink: SmtpSink, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two real connections, each with one of two nudges about the same thing, and slow between
    asking and writing it down.
    """
    hold = outcomes.hold

    def slow(message: OutboxMessage, until: datetime) -> Any:
        time.sleep(0.3)
        return hold(message, until)

    monkeypatch.setattr(outcomes, "hold", slow)
    people = [UserFactory() for _ in range(3)]
    for person in people:
        Absence.objects.create(person=person, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 5))
        for number in range(2):
            put(person, f"{person.pk} {number}", kind=NUDGE, data={"id": 1})
    in_threads(sender.send_due, sender.send_due)
    states = list(OutboxMessage.objects.order_by("state").values_list("state", flat=True))
    assert states == [MessageState.CANCELLED] * 3 + [MessageState.QUEUED] * 3
    at(datetime(2027, 2, 8, 12, tzinfo=UTC))
    in_threads(sender.send_due, sender.send_due)
    assert sorted(mail.recipients[0] for mail in smtp_sink.messages) == sorted(
        person.email for person in people
    )
