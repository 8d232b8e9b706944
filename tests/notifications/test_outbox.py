"""Putting messages into the outbox and taking them back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from common import clock
from notifications import kinds, outbox
from notifications.enums import FINAL_STATES, Channel, MessageState
from notifications.models import Heartbeat, OutboxMessage
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, LINKED, declare, put


def test_enqueue_stores_what_it_is_given(person: User) -> None:
    scope, due = uuid4(), clock.now() + timedelta(hours=1)
    message = put(
        person,
        subject="Two\nlines",
        scope=scope,
        data={"id": "7"},
        due_at=due,
        expires_at=due + timedelta(hours=1),
    )
    message.refresh_from_db()
    assert (message.state, message.channel, message.subject) == (
        MessageState.QUEUED,
        Channel.EMAIL,
        "Two lines",
    )
    assert (message.scope, message.data, message.due_at, message.try_at) == (
        scope,
        {"id": "7"},
        due,
        due,
    )


def test_enqueue_without_an_end_lives_two_weeks(person: User) -> None:
    message = put(person)
    assert message.expires_at - message.due_at == timedelta(days=14)


def test_enqueue_twice_with_one_key_stores_one(person: User) -> None:
    put(person, "once")
    assert (
        outbox.enqueue(
            recipient=person, kind=KIND, subject="Again", text="Other", dedupe_key="once"
        )
        is None
    )
    assert OutboxMessage.objects.get().subject == "About once"


def test_same_key_on_another_channel_is_another_message(person: User) -> None:
    put(person, "once")
    put(person, "once", channel=Channel.INBOX)
    assert OutboxMessage.objects.count() == 2


def test_enqueue_of_an_unregistered_kind_is_refused(person: User) -> None:
    with pytest.raises(kinds.UnknownKindError):
        put(person, kind="tests.unheard_of")


def test_enqueue_of_a_link_that_the_kind_cannot_make_is_refused(person: User) -> None:
    with pytest.raises(ValueError, match="without a link"):
        put(person, text="Open [[link]]")
    put(person, kind=LINKED, text="Open [[link]]", data={"id": 1})


def test_enqueue_rolls_back_with_its_caller(person: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put(person)
        raise RuntimeError
    assert not OutboxMessage.objects.exists()


def test_enqueue_many_counts_the_new_ones(person: User) -> None:
    put(person, "1")
    drafts: list[outbox.Draft] = [
        {"recipient": person, "kind": KIND, "subject": "S", "text": "T", "dedupe_key": key}
        for key in ("1", "2", "3")
    ]
    assert outbox.enqueue_many(drafts) == 2
    assert outbox.enqueue_many(drafts) == 0
    assert outbox.enqueue_many([]) == 0


def test_enqueue_many_takes_two_queries(person: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        outbox.enqueue_many(
            [
                {
                    "recipient": person,
                    "kind": KIND,
                    "subject": "S",
                    "text": "T",
                    "dedupe_key": str(n),
                }
                for n in range(20)
            ]
        )


def test_due_messages_are_enqueued_on_commit(
    person: User, bell: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message = put(person, "now")
        put(person, "later", due_at=clock.now() + timedelta(hours=1))
        assert bell == []
    assert bell == [("notifications.tasks.deliver", message.pk)]


def test_many_messages_enqueue_one_task(
    person: User, bell: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        outbox.enqueue_many(
            [
                {
                    "recipient": person,
                    "kind": KIND,
                    "subject": "S",
                    "text": "T",
                    "dedupe_key": str(n),
                }
                for n in range(3)
            ]
        )
    assert bell == [("notifications.tasks.send_due",)]


def test_cancel_ends_the_unsent_ones_under_the_prefix(person: User) -> None:
    mine, other = put(person, "session:1:0:24h"), put(person, "session:10:0:24h")
    assert outbox.cancel(key_prefix="session:1:", reason="moved") == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, mine.text, mine.html, mine.last_error) == (
        MessageState.CANCELLED,
        "",
        "",
        "moved",
    )
    assert other.state == MessageState.QUEUED


@pytest.mark.parametrize("wild", ["session_1:", "sess%"])
def test_cancel_takes_the_prefix_literally(person: User, wild: str) -> None:
    put(person, "session:1:0")
    assert outbox.cancel(key_prefix=wild) == 0


def test_cancel_of_everything_is_refused(person: User) -> None:
    with pytest.raises(ValueError, match="empty prefix"):
        outbox.cancel(key_prefix="")


def test_message_id_is_stable_and_of_the_sending_domain(person: User, settings: Any) -> None:
    settings.MAIL_FROM = "Upstream <mentoring@company.example>"
    message = put(person)
    assert re.fullmatch(r"<[A-Za-z0-9_-]{36}@company\.example>", message.message_id)
    assert OutboxMessage.objects.get().message_id == message.message_id


BAD_ROWS: list[dict[str, Any]] = [
    {"dedupe_key": ""},
    {"state": "lost"},
    {"channel": "pigeon"},
    {"state": MessageState.LEASED},
    {"lease_until": "now"},
    {"state": MessageState.SENT, "text": "", "html": ""},
    {"sent_at": "now"},
    *(
        {"state": state, "sent_at": "now" if state == MessageState.SENT else None}
        for state in FINAL_STATES
    ),
]


@pytest.mark.parametrize("fields", BAD_ROWS, ids=str)
def test_database_refuses_impossible_rows(person: User, fields: dict[str, Any]) -> None:
    message = put(person)
    values = {name: clock.now() if value == "now" else value for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(**values)


def test_database_refuses_a_second_row_with_key_and_channel(person: User) -> None:
    message = put(person)
    with pytest.raises(IntegrityError, match="outbox_once"), transaction.atomic():
        OutboxMessage.objects.create(
            recipient=person, kind=KIND, dedupe_key=message.dedupe_key, expires_at=clock.now()
        )


def test_database_refuses_a_second_heartbeat(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Heartbeat.objects.create(pk=2, beat_at=clock.now())


def test_messages_go_with_their_person(person: User) -> None:
    put(person)
    put(UserFactory(), "other")
    person.delete()
    assert [message.dedupe_key for message in OutboxMessage.objects.all()] == ["other"]


def test_kinds_are_named_after_their_app() -> None:
    with pytest.raises(ValueError, match="is named app"):
        declare("nameless", label="x")


def test_every_registered_kind_has_a_label() -> None:
    assert all(str(kind.label) for kind in kinds.all_kinds())
