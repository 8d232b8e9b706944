"""After down time: one summary instead of ten mails, each message once, and nothing that has lost
its point.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from common import clock
from notifications import kinds, outbox
from notifications.delivery import digest, sender
from notifications.enums import Channel, MessageState
from notifications.models import MessagePreferences, OutboxMessage
from notifications.preferences import absence
from notifications.preferences import store as preferences
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, LINKED, NUDGE, declare, put
from tests.notifications.test_concurrency import in_threads
from tests.smtp import SmtpSink
from tests.support.types import At

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def digestible() -> None:
    """The tests' kinds may be put into a summary; KIND may not."""
    declare(LINKED, digest=True, topic="sessions")
    declare(NUDGE, quiet=True, digest=True, topic="logs", nudges=2)


def late(person: Any, key: str, **fields: Any) -> OutboxMessage:
    """A message that should have gone two hours ago."""
    return put(
        person,
        key,
        **{"kind": LINKED, "data": {"id": key}, "due_at": clock.now() - 2 * HOUR, **fields},
    )


def states(*messages: OutboxMessage) -> list[str]:
    found = dict(OutboxMessage.objects.values_list("pk", "state"))
    return [str(found[message.pk]) for message in messages]


def test_late_messages_of_one_person_become_one_mail(person: User, smtp_sink: SmtpSink) -> None:
    rows = [late(person, str(number)) for number in range(4)]
    assert sender.send_due() == {"digested": 1, "sent": 1}
    (mail,) = smtp_sink.messages
    assert mail.recipients == ["mara@example.com"]
    assert mail.subject == "4 messages that waited for you"
    for number in range(4):
        assert f"About {number}:\nhttps://upstream.example/{number}?a=1&b=2" in mail.text
        assert (
            f'<a href="https://upstream.example/{number}?a=1&amp;b=2">About {number}</a>'
            in mail.html
        )
    assert "several messages to you had to wait" in mail.text
    assert states(*rows) == ["digested"] * 4
    summary = OutboxMessage.objects.get(kind=kinds.DIGEST)
    assert {row.digest_id for row in OutboxMessage.objects.filter(state="digested")} == {summary.pk}
    assert not OutboxMessage.objects.exclude(text="", html="").exists()
    assert sender.send_due() == {}


def test_one_late_message_goes_by_itself(person: User, smtp_sink: SmtpSink) -> None:
    late(person, "1")
    assert sender.send_due() == {"sent": 1}
    assert smtp_sink.messages[0].subject == "About 1"


def test_messages_that_are_not_late_go_one_by_one(person: User, smtp_sink: SmtpSink) -> None:
    for number in range(3):
        late(person, str(number), due_at=clock.now() - timedelta(minutes=20))
    assert sender.send_due() == {"sent": 3}


def test_people_are_not_put_together(person: User, smtp_sink: SmtpSink) -> None:
    other = UserFactory()
    late(person, "1"), late(other, "2")
    assert sender.send_due() == {"sent": 2}


ATTACHED = [outbox.Attachment("a.ics", b"BEGIN", "text/calendar")]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": KIND},
        {"address": "old@example.com"},
        {"attachments": ATTACHED},
        {"channel": Channel.INBOX},
    ],
    ids=str,
)
def test_what_is_never_put_into_a_summary(
    person: User, smtp_sink: SmtpSink, fields: dict[str, Any]
) -> None:
    rows = [late(person, str(number), **fields) for number in range(2)]
    assert sender.send_due() == {"sent": 2}
    assert states(*rows) == ["sent", "sent"]


def test_what_may_have_been_sent_is_not_put_into_a_summary(
    person: User, smtp_sink: SmtpSink
) -> None:
    rows = [late(person, str(number)) for number in range(3)]
    OutboxMessage.objects.filter(pk=rows[0].pk).update(
        state=MessageState.UNKNOWN, dialog_at=clock.now()
    )
    assert sender.send_due() == {"digested": 1, "sent": 2}
    assert states(*rows) == ["sent", "digested", "digested"]


def test_what_was_held_over_night_is_not_late_in_the_morning(
    person: User, smtp_sink: SmtpSink
) -> None:
    for number in range(2):
        row = late(person, str(number))
        OutboxMessage.objects.filter(pk=row.pk).update(
            held_until=clock.now() - timedelta(minutes=5)
        )
    assert sender.send_due() == {"sent": 2}


def test_what_expired_in_the_down_time_is_missed_and_what_nobody_wants_cancelled(
    person: User, smtp_sink: SmtpSink
) -> None:
    declare(NUDGE, still_due=lambda message: message.data["wanted"])
    gone = late(person, "gone", expires_at=clock.now() - HOUR)
    no = late(person, "no", kind=NUDGE, data={"wanted": False})
    preferences.turn_off(actor=person, topics=["surveys"])
    fine = [late(person, "a"), late(person, "b")]
    sender.send_due()
    assert states(gone, no, *fine) == ["missed", "cancelled", "digested", "digested"]
    assert [mail.subject for mail in smtp_sink.messages] == ["2 messages that waited for you"]


def test_what_loses_its_point_while_the_summary_waits_is_left_out(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    rows = [
        late(person, "short", expires_at=clock.now() + HOUR),
        late(person, "a"),
        late(person, "b"),
    ]
    smtp_sink.stop()
    assert sender.send_due() == {"digested": 1, "put_off": 1}
    at(clock.now() + 2 * HOUR)
    smtp_sink.start()
    assert sender.send_due() == {"sent": 1}
    (mail,) = smtp_sink.messages
    assert mail.subject == "2 messages that waited for you"
    assert "About short" not in mail.text
    assert states(*rows) == ["missed", "digested", "digested"]


def test_summary_of_nothing_is_not_sent(person: User, smtp_sink: SmtpSink, at: At) -> None:
    rows = [late(person, key, expires_at=clock.now() + HOUR) for key in "ab"]
    smtp_sink.stop()
    sender.send_due()
    summary = OutboxMessage.objects.get(kind=kinds.DIGEST)
    OutboxMessage.objects.filter(pk=summary.pk).update(expires_at=clock.now() + 9 * HOUR)
    at(clock.now() + 2 * HOUR)
    smtp_sink.start()
    assert sender.send_due() == {"cancelled": 1}
    assert states(*rows, summary) == ["missed", "missed", "cancelled"]
    assert smtp_sink.messages == []


@pytest.mark.parametrize("end", ["failed", "missed", "cancelled"])
def test_messages_of_a_summary_that_was_not_sent_were_not_sent(
    person: User, smtp_sink: SmtpSink, at: At, end: str
) -> None:
    rows = [late(person, key) for key in "ab"]
    if end == "failed":
        smtp_sink.on_data = lambda _address: "554 5.7.1 no"
        sender.send_due()
    else:
        smtp_sink.stop()
        sender.send_due()
        if end == "cancelled":
            outbox.cancel_to(people=[person.pk], reason="left")
        else:
            at(clock.now() + timedelta(days=20))
    sender.send_due()
    assert states(*rows) == [end, end]
    assert smtp_sink.messages == []


def test_summary_of_unknown_fate_is_sent_once_more_under_its_own_name(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    from tests.smtp import DIE_AFTER_TAKING

    rows = [late(person, key) for key in "ab"]
    smtp_sink.on_data = lambda _address: DIE_AFTER_TAKING
    assert sender.send_due() == {"digested": 1, "unknown": 1}
    smtp_sink.on_data = lambda _address: ""
    at(clock.now() + timedelta(minutes=2))
    assert sender.send_due() == {"sent": 1}
    assert len({mail.message_id for mail in smtp_sink.messages}) == 1
    assert states(*rows) == ["digested", "digested"]


def test_messages_of_a_summary_that_may_not_have_arrived_are_of_unknown_fate(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    from tests.smtp import DIE_BEFORE_TAKING

    rows = [late(person, key) for key in "ab"]
    smtp_sink.on_data = lambda _address: DIE_BEFORE_TAKING
    for _ in range(3):
        sender.send_due()
        at(clock.now() + timedelta(minutes=5))
    assert states(*rows) == ["unknown", "unknown"]
    smtp_sink.on_data = lambda _address: ""
    assert sender.send_due() == {}
    assert smtp_sink.messages == []


def test_reminder_of_somebody_who_is_away_waits_beside_the_summary(
    person: User, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absence, "_back", [lambda _person: clock.now() + 24 * HOUR])
    rows = [late(person, key) for key in "ab"]
    nudge = late(person, "nudge", kind=NUDGE)
    sender.send_due()
    assert states(*rows, nudge) == ["digested", "digested", "queued"]
    assert len(smtp_sink.messages) == 1


def test_task_of_one_message_enqueues_the_summary(
    person: User, smtp_sink: SmtpSink, bell: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    rows = [late(person, key) for key in "ab"]
    with django_capture_on_commit_callbacks(execute=True):
        sender.deliver(rows[0].pk)
    summary = OutboxMessage.objects.get(kind=kinds.DIGEST)
    assert ("notifications.tasks.deliver", summary.pk) in bell
    sender.deliver(summary.pk)
    assert len(smtp_sink.messages) == 1


def test_inbox_shows_the_messages_and_not_the_summary(person: User, smtp_sink: SmtpSink) -> None:
    for key in "ab":
        late(person, key)
    sender.send_due()
    assert sorted(OutboxMessage.objects.visible_to(person).values_list("subject", flat=True)) == [
        "About a",
        "About b",
    ]


@pytest.mark.broad
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_make_one_summary(transactional_db: None, smtp_sink: SmtpSink) -> None:
    """Two real connections, again and again: one mail a person, never two, and nothing left
    behind.
    """
    smtp_sink.delay = 0.05
    people = [UserFactory(email=f"p{number}@example.com") for number in range(6)]
    rows = [late(person, f"{person.pk}-{number}") for person in people for number in range(5)]
    in_threads(sender.send_due, sender.send_due)
    in_threads(sender.send_due, sender.send_due)
    assert states(*rows) == ["digested"] * 30
    assert sorted(mail.recipients[0] for mail in smtp_sink.messages) == [
        person.email for person in people
    ]
    assert OutboxMessage.objects.filter(kind=kinds.DIGEST, state="sent").count() == 6


@pytest.mark.django_db(transaction=True)
def test_message_in_somebody_else_s_summary_is_not_sent_by_itself(
    transactional_db: None, smtp_sink: SmtpSink
) -> None:
    """Claimed by two senders before either puts together: the first takes both, the second finds
    its own gone.
    """
    person = UserFactory()
    late(person, "1"), late(person, "2")
    one, two = sender.claim(), sender.claim()
    assert one is not None
    assert two is not None
    assert digest.take(one) == "digested"
    assert digest.take(two) == "lost_lease"
    with sender.Transport() as transport:
        assert sender.process(two, transport) == "lost_lease"
    assert sender.send_due() == {"sent": 1}
    assert len(smtp_sink.messages) == 1
    connection.close()


NIGHT = datetime(2027, 2, 3, 22, tzinfo=UTC)  # 23:00 in Berlin
MORNING = datetime(2027, 2, 4, 6, tzinfo=UTC)  # 07:00


@pytest.fixture
def berliner(person: User) -> User:
    """Somebody who wants quiet nights."""
    User.objects.filter(pk=person.pk).update(time_zone="Europe/Berlin")
    MessagePreferences.objects.create(person=person, quiet=True)
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize(
    ("short", "sent_in"),
    [(None, "the morning"), (MORNING + 5 * HOUR, "the morning"), (MORNING, "the night")],
)
def test_summary_that_is_put_off_waits_for_the_morning(
    berliner: User, smtp_sink: SmtpSink, at: At, short: datetime | None, sent_in: str
) -> None:
    """Unless one of its messages would have lost its point by then: by itself that one would come
    in the night too.
    """
    at(NIGHT - 4 * HOUR)
    rows = [late(berliner, "a"), late(berliner, "b", **({"expires_at": short} if short else {}))]
    smtp_sink.on_data = lambda _address: "450 4.2.0 later"
    assert sender.send_due() == {"digested": 1, "put_off": 1}
    smtp_sink.on_data = lambda _address: ""
    at(NIGHT)
    sender.send_due()
    assert len(smtp_sink.messages) == (sent_in == "the night")
    if sent_in == "the morning":
        summary = OutboxMessage.objects.get(kind=kinds.DIGEST)
        assert summary.try_at == summary.held_until == MORNING
    at(MORNING + timedelta(minutes=2))
    sender.send_due()
    assert [mail.subject for mail in smtp_sink.messages] == ["2 messages that waited for you"]
    assert states(*rows) == ["digested"] * 2
