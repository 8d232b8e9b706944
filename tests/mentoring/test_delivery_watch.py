"""HR admins are told that messages do not go out, not too often, and once that they have gone out
well for a while.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from mentoring.workflows.delivery_watch import LATE, WELL, step, watch_delivery
from notifications import inbox, outbox
from notifications.delivery import health, sender
from notifications.delivery.health import Alarm
from notifications.enums import Channel, MessageState
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.smtp import SmtpSink, free_port
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> User:
    return UserFactory(is_hr_admin=True, email="hr@example.com")


@pytest.fixture
def stuck(hr: User) -> OutboxMessage:
    """A message to somebody who is no HR admin."""
    message = outbox.enqueue(
        recipient=UserFactory(),
        kind="accounts.address_confirmed",
        subject="s",
        text="t",
        dedupe_key="stuck",
    )
    assert message is not None
    return message


def told(kind: str = LATE, **fields: Any) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind, **fields))


def later(at: At, minutes: float) -> None:
    at(clock.now() + timedelta(minutes=minutes))


def test_nothing_waits_and_nobody_is_told(hr: User) -> None:
    assert watch_delivery() == 0
    assert told() == []


def test_one_alarm_however_often_it_is_looked_at(hr: User, stuck: OutboxMessage, at: At) -> None:
    UserFactory(is_hr_admin=True)
    UserFactory(is_hr_admin=True, is_active=False)
    later(at, 14)
    assert watch_delivery() == 0
    later(at, 2)
    assert watch_delivery() == 2
    assert {row.channel for row in told()} == {Channel.INBOX, Channel.EMAIL}
    assert "16 minutes" in told()[0].text
    for _ in range(3):
        later(at, 30)
        assert watch_delivery() == 0
    assert len(told()) == 4


def well_again(at: At) -> int:
    """Two looks with an hour in between; how many were told something at the second."""
    assert watch_delivery() == 0
    later(at, 60)
    return watch_delivery()


def test_all_clear_comes_once_and_the_next_alarm_is_told(
    hr: User, stuck: OutboxMessage, at: At
) -> None:
    later(at, 16)
    watch_delivery()
    OutboxMessage.objects.filter(pk=stuck.pk).update(state=MessageState.CANCELLED, text="")
    assert well_again(at) == 1
    assert watch_delivery() == 0
    assert {row.channel for row in told(WELL)} == {Channel.INBOX, Channel.EMAIL}
    OutboxMessage.objects.update(state=MessageState.CANCELLED, text="", html="")
    outbox.enqueue(
        recipient=hr, kind="accounts.address_confirmed", subject="s", text="t", dedupe_key="again"
    )
    later(at, 16)
    assert watch_delivery() == 1
    assert len(told()) == 4


def test_between_calm_and_late_nothing_changes(hr: User, stuck: OutboxMessage, at: At) -> None:
    later(at, 10)
    assert watch_delivery() == 0
    later(at, 6)
    assert watch_delivery() == 1
    OutboxMessage.objects.filter(pk=stuck.pk).update(due_at=clock.now() - timedelta(minutes=10))
    assert watch_delivery() == 0
    assert told(WELL) == []


def test_the_alarms_own_mails_do_not_keep_it_up(hr: User, stuck: OutboxMessage, at: At) -> None:
    later(at, 16)
    watch_delivery()
    OutboxMessage.objects.filter(pk=stuck.pk).update(state=MessageState.CANCELLED, text="")
    later(at, 60)
    assert well_again(at) == 1, "the all-clear"


def test_inbox_has_it_while_the_mail_server_is_away(
    hr: User, stuck: OutboxMessage, at: At, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    later(at, 16)
    watch_delivery()
    sender.send_due()
    (shown,) = inbox.messages_of(hr)
    assert (shown.kind, shown.channel) == (LATE, Channel.INBOX)
    assert inbox.unread_count(hr) == 1
    with SmtpSink() as sink:
        for name, value in sink.settings().items():
            setattr(settings, name, value)
        later(at, 10)
        sender.send_due()
        assert well_again(at) == 1
        sender.send_due()
        assert [mail.subject for mail in sink.to("hr@example.com")][
            -1
        ] == "Messages are going out again"
    assert [row.kind for row in inbox.messages_of(hr)] == [WELL, LATE], (
        "each once, by whichever way it went"
    )


def test_alarm_that_was_stuck_is_not_mailed_after_the_all_clear(
    hr: User, stuck: OutboxMessage, at: At
) -> None:
    later(at, 16)
    watch_delivery()
    OutboxMessage.objects.filter(pk=stuck.pk).update(state=MessageState.CANCELLED, text="")
    well_again(at)
    sender.send_due()
    states = {(row.channel, row.state) for row in told()}
    assert states == {(Channel.INBOX, MessageState.SENT), (Channel.EMAIL, MessageState.CANCELLED)}


def test_its_link_opens_without_signing_in(
    hr: User, stuck: OutboxMessage, at: At, client: Client
) -> None:
    later(at, 16)
    watch_delivery()
    sender.send_due()
    assert inbox.open_message(told(channel=Channel.INBOX)[0]).endswith("/healthz")


# One mailbox that says "later" is that mailbox's affair; a mail server that says so to everybody is
# not.

MINUTE = timedelta(minutes=1)


def mail(key: str = "key", **state: Any) -> OutboxMessage:
    """A message to somebody, due now, in this state."""
    message = outbox.enqueue(
        recipient=UserFactory(),
        kind="accounts.address_confirmed",
        subject="s",
        text="t",
        dedupe_key=key,
    )
    assert message is not None
    OutboxMessage.objects.filter(pk=message.pk).update(**state)
    return message


def sent(key: str, **fields: Any) -> None:
    """A message that went out just now."""
    mail(key, state=MessageState.SENT, sent_at=clock.now(), text="", html="", **fields)


PUT_OFF: dict[str, Any] = {"attempts": 3, "last_error": "450 4.2.0 greylisted"}


@pytest.mark.broad
def test_one_mailbox_that_puts_us_off_is_no_alarm_while_others_get_theirs(hr: User, at: At) -> None:
    mail("greylisted", **PUT_OFF)
    later(at, 3)
    sent("another")
    for _ in range(50):
        later(at, 5)
        assert watch_delivery() == 0
    assert health.oldest_due_age() is not None, "the plain figure still has it"


def test_put_off_and_nothing_else_goes_out_either(hr: User, at: At) -> None:
    sent("before it was due")
    later(at, 1)
    mail("put off", **PUT_OFF)
    later(at, 16)
    assert watch_delivery() == 1


@pytest.mark.parametrize(
    "proof",
    [
        {"channel": Channel.INBOX},
        {"channel": Channel.EMAIL, "kind": WELL},
        {"channel": Channel.EMAIL, "kind": LATE},
    ],
    ids=str,
)
def test_what_proves_nothing_about_the_mail_server(hr: User, at: At, proof: dict[str, Any]) -> None:
    mail("put off", **PUT_OFF)
    later(at, 14)
    sent("the inbox needs no mail server, and the alarm is not to end itself", **proof)
    later(at, 2)
    assert watch_delivery() == 1


def test_what_nobody_has_tried_is_an_alarm_whatever_else_goes_out(hr: User, at: At) -> None:
    mail("overlooked")
    later(at, 16)
    sent("another")
    assert watch_delivery() == 1


def test_in_the_hands_of_a_sender_for_the_first_time_is_not_tried_yet(hr: User, at: At) -> None:
    mail("hangs", state=MessageState.LEASED, attempts=1, lease_until=clock.now())
    later(at, 16)
    sent("another")
    assert watch_delivery() == 1


def test_slack_being_away_is_not_ours(hr: User, at: At) -> None:
    fields = {"channel": Channel.SLACK, "recipient": None, "scope": hr.public_id}
    mail("slack", **fields, **PUT_OFF)
    later(at, 20)
    assert watch_delivery() == 0
    OutboxMessage.objects.update(attempts=0, last_error="")
    assert watch_delivery() == 1, "but that nobody takes it is"


# What HR hears over time: (what it is like, for how many minutes)… and what is told at which minute
# of it. "ill": the oldest message waits since then; "busy": it waits for ten minutes; "well": for
# none.
TIMELINES: dict[str, tuple[list[tuple[str, int]], list[tuple[str, int]]]] = {
    "nothing waits": ([("well", 3000)], []),
    "busy all day": ([("busy", 1500)], []),
    "late, but not for long": ([("ill", 16), ("well", 5)] * 30, []),
    "an outage of half an hour": (
        [("well", 10), ("ill", 30), ("well", 300)],
        [("late", 26), ("well", 100)],
    ),
    "fifty-nine minutes are not well": (
        [("ill", 20), ("well", 54), ("ill", 20), ("well", 300)],
        [("late", 16), ("well", 154)],
    ),
    "busy is not well": (
        [("ill", 20), ("well", 50), ("busy", 5), ("well", 100)],
        [("late", 16), ("well", 135)],
    ),
    "busy keeps what was told": ([("ill", 20), ("busy", 1000)], [("late", 16)]),
    "well for long enough, then another outage": (
        [("ill", 20), ("well", 70), ("ill", 20), ("well", 70)],
        [("late", 16), ("well", 80), ("late", 106), ("well", 170)],
    ),
    "now and then, all day": (
        [("ill", 20), ("well", 20)] * 30,
        [("late", 16), ("late", 376), ("late", 736), ("late", 1096)],
    ),
    "a whole day": ([("ill", 1440)], [("late", 16), ("late", 376), ("late", 736), ("late", 1096)]),
    "six hours after the alarm it is only just ill again": (
        [("ill", 20), ("well", 50), ("busy", 300), ("ill", 40)],
        [("late", 16), ("late", 386)],
    ),
}


@pytest.mark.parametrize("name", TIMELINES)
def test_what_is_told_over_time(name: str) -> None:
    phases, expected = TIMELINES[name]
    start = clock.now()
    alarm, told, minute = Alarm(), [], 0
    for what, minutes in phases:
        for inside in range(minutes):
            age = {"ill": inside * MINUTE, "busy": 10 * MINUTE, "well": timedelta()}[what]
            alarm, tell = step(alarm, age=age, now=start + minute * MINUTE)
            if tell:
                told.append((tell, minute))
            minute += 1
    assert told == expected


def test_a_second_alarm_of_one_outage_replaces_the_first(
    hr: User, stuck: OutboxMessage, at: At
) -> None:
    """The mail server is away: the alarms wait too, and only the latest is mailed when it is
    back.
    """
    later(at, 16)
    assert watch_delivery() == 1
    first = health.alarm().late_since
    later(at, 6 * 60)
    assert watch_delivery() == 1
    assert health.alarm().late_since == first, "the all-clear says when it was heard of first"
    sender.send_due()
    mails = told(channel=Channel.EMAIL)
    assert sorted(row.state for row in mails) == [MessageState.CANCELLED, MessageState.SENT]
    assert [row.state for row in told(channel=Channel.INBOX)] == [MessageState.SENT] * 2
