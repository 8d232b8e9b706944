"""Nobody is nudged while they are away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Absence, User
from notifications import policy, sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests.notifications.conftest import KIND, NUDGE, put
from tests.smtp import SmtpSink

At = Callable[[datetime], None]
WEDNESDAY = datetime(2027, 2, 3, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch, at: At) -> None:
    at(WEDNESDAY)
    rows = policy.POLICIES | {KIND: policy.Policy("pair"), NUDGE: policy.Policy("pair", nudges=2)}
    monkeypatch.setattr(policy, "POLICIES", rows)


@pytest.fixture
def away(person: User) -> User:
    """Until Friday; Berlin is an hour ahead."""
    User.objects.filter(pk=person.pk).update(time_zone="Europe/Berlin")
    Absence.objects.create(person=person, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 5))
    return person


def test_a_nudge_waits_for_the_return_and_other_mail_does_not(away: User, smtp_sink: SmtpSink, at: At) -> None:
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
