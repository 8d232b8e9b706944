"""Several senders at once, on connections of their own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import InterfaceError, connection, transaction

from accounts.models import User
from common.errors import DomainError
from notifications import outbox
from notifications.delivery import sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, declare, put
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    """The results of functions that run at the same time; an exception in one is raised here."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[number] = work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test raises it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


@pytest.fixture
def anna(transactional_db: None) -> User:
    return UserFactory(email="anna@example.com")


def test_a_limit_holds_for_what_one_person_does_at_the_same_moment(anna: User) -> None:
    actor = UserFactory()
    declare(KIND, most_to_one=3)

    def cause(number: int) -> bool:
        try:
            with transaction.atomic():
                put(anna, str(number), actor=actor)
        except DomainError:
            return False
        return True

    done = in_threads(*(partial(cause, number) for number in range(8)))
    assert sorted(done) == [False] * 5 + [True] * 3
    assert OutboxMessage.objects.count() == 3


@pytest.mark.broad
def test_two_senders_send_each_message_once(anna: User, smtp_sink: SmtpSink) -> None:
    messages = [put(anna, str(number)) for number in range(30)]
    counts = in_threads(sender.send_due, sender.send_due)
    assert sum(counts, Counter()) == {"sent": 30}
    assert smtp_sink.copies() == {message.message_id: 1 for message in messages}


@pytest.mark.broad
def test_threads_of_one_round_send_each_message_once(anna: User, smtp_sink: SmtpSink) -> None:
    smtp_sink.delay = 0.01
    messages = [put(anna, str(number)) for number in range(sender.MANY + 10)]
    assert sender.send_due(threads=3) == {"sent": len(messages)}
    assert smtp_sink.copies() == {message.message_id: 1 for message in messages}
    assert smtp_sink.connections == 3


def test_few_messages_are_sent_without_more_threads(anna: User, smtp_sink: SmtpSink) -> None:
    for number in range(5):
        put(anna, str(number))
    assert sender.send_due(threads=3) == {"sent": 5}
    assert smtp_sink.connections == 1


def test_threads_of_one_round_stop_when_the_server_is_away(anna: User, smtp_sink: SmtpSink) -> None:
    messages = [put(anna, str(number)) for number in range(sender.MANY)]
    inbox = put(
        anna, "inbox", channel="inbox", due_at=messages[-1].due_at + timedelta(microseconds=1)
    )
    smtp_sink.on_mail = lambda _address: "550 5.7.1 not you"
    counts = sender.send_due(threads=2)
    assert counts["sent"] == 1
    assert 1 <= counts["put_off"] <= 2, "each thread has tried at most one"
    inbox.refresh_from_db()
    assert inbox.state == MessageState.SENT


def test_fault_of_a_thread_is_the_rounds(
    anna: User, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(sender.MANY):
        put(anna, str(number))

    def claim(**_given: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise InterfaceError("gone")

    monkeypatch.setattr(sender, "claim", claim)
    with pytest.raises(InterfaceError, match="gone"):
        sender.send_due(threads=2)


@pytest.mark.broad
def test_task_of_one_message_and_round_at_once_send_once(anna: User, smtp_sink: SmtpSink) -> None:
    smtp_sink.delay = 0.3
    message = put(anna)
    in_threads(
        sender.send_due, lambda: sender.deliver(message.pk), lambda: sender.deliver(message.pk)
    )
    assert smtp_sink.copies() == {message.message_id: 1}


def test_no_transaction_is_open_during_the_dialog(anna: User, smtp_sink: SmtpSink) -> None:
    """While the server thinks, another connection sees the dialog and may write to the row."""
    message = put(anna)
    seen: list[Any] = []

    def look(_address: str) -> str:
        with transaction.atomic():
            row = OutboxMessage.objects.select_for_update(nowait=True).get(pk=message.pk)
            seen.append((row.state, row.dialog_at is not None))
        connection.close()
        return ""

    def look_in_thread(address: str) -> str:
        in_threads(lambda: look(address))
        return ""

    smtp_sink.on_data = look_in_thread
    assert sender.send_due() == {"sent": 1}
    assert seen == [(MessageState.LEASED, True)]


def test_same_key_from_two_transactions_is_stored_once(anna: User) -> None:
    def enqueue() -> bool:
        with transaction.atomic():
            return (
                outbox.enqueue(recipient=anna, kind=KIND, subject="S", text="T", dedupe_key="same")
                is not None
            )

    assert sorted(in_threads(*[enqueue] * 4)) == [False, False, False, True]
    assert OutboxMessage.objects.count() == 1


@pytest.mark.broad
def test_cancel_and_send_at_once_agree(anna: User, smtp_sink: SmtpSink) -> None:
    """Whichever comes first, a message is cancelled or sent, and never both."""
    for number in range(10):
        message = put(anna, f"race:{number}")
        _, cancelled = in_threads(
            lambda pk=message.pk: sender.deliver(pk),
            lambda n=number: outbox.cancel(key_prefix=f"race:{n}"),
        )
        message.refresh_from_db()
        taken = smtp_sink.copies()[message.message_id]
        assert (message.state, cancelled, taken) in {
            (MessageState.CANCELLED, 1, 0),
            (MessageState.SENT, 0, 1),
        }


@pytest.mark.broad
def test_database_that_drops_every_connection_during_the_dialog_makes_no_second_copy(
    anna: User, smtp_sink: SmtpSink
) -> None:
    """What a restart of Postgres does to a sender between the mail server's word and its own
    commit.
    """

    def drop(_address: str) -> str:
        in_threads(drop_connections)
        return ""

    def drop_connections() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    smtp_sink.on_data = drop
    message = put(anna)
    assert sender.send_due() == {"sent": 1}
    assert sender.send_due() == {}
    assert smtp_sink.copies() == {message.message_id: 1}
