"""Messages whose address does not work: they wait, and are sent once when it works again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from common import clock
from notifications import outbox
from notifications.delivery import sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, LINKED, NUDGE, declare, put
from tests.notifications.test_concurrency import in_threads
from tests.smtp import SmtpSink
from tests.support.types import At

DAY = timedelta(days=1)
OLD, NEW = "mara@example.com", "mara@new.example"


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def refused(person: User, smtp_sink: SmtpSink) -> User:
    """A person whose mailbox the server does not know."""
    smtp_sink.on_rcpt = lambda address: "550 5.1.1 No such user" if address == OLD else ""
    return person


def works_again(smtp_sink: SmtpSink) -> None:
    smtp_sink.on_rcpt = lambda _address: ""
    assert suppression.release(OLD)


def test_released_address_gets_what_has_not_expired_exactly_once(
    refused: User, smtp_sink: SmtpSink
) -> None:
    put(refused, "refused at RCPT")
    put(refused, "not tried")
    sender.send_due()
    assert states() == ["suppressed", "suppressed"]
    assert sender.send_due() == {}, "nothing is tried while the address is known not to work"

    works_again(smtp_sink)
    assert sender.send_due() == {"sent": 2}
    assert sender.send_due() == {}
    assert len(smtp_sink.messages) == 2
    assert set(OutboxMessage.objects.values_list("text", "last_error")) == {("", "")}


def test_corrected_address_gets_it(refused: User, smtp_sink: SmtpSink) -> None:
    put(refused)
    put(refused, "to the old address", address=OLD)
    sender.send_due()
    User.objects.filter(pk=refused.pk).update(email=NEW)
    assert sender.send_due() == {"sent": 1}
    assert [mail.recipients for mail in smtp_sink.messages] == [[NEW]]
    assert states() == ["sent", "suppressed"]


def test_expired_message_stays_as_it_is_and_loses_its_text(
    refused: User, smtp_sink: SmtpSink, at: At
) -> None:
    message = put(refused, expires_at=clock.now() + DAY)
    sender.send_due()
    message.refresh_from_db()
    assert message.text, "it could still be sent"
    at(clock.now() + 2 * DAY)
    works_again(smtp_sink)
    assert sender.send_due() == {}
    message.refresh_from_db()
    assert (message.state, message.text, message.html) == (MessageState.SUPPRESSED, "", "")


def test_other_people_s_messages_stay(refused: User, smtp_sink: SmtpSink) -> None:
    other = UserFactory(email="other@example.com")
    suppression.suppress("other@example.com", "550 5.1.1")
    put(refused)
    put(other, "other")
    sender.send_due()
    works_again(smtp_sink)
    assert sender.send_due() == {"sent": 1}
    assert states() == ["sent", "suppressed"]


def test_what_is_no_longer_needed_is_cancelled(refused: User, smtp_sink: SmtpSink) -> None:
    declare(KIND, still_due=lambda message: message.data["wanted"])
    put(refused, data={"wanted": True})
    sender.send_due()
    OutboxMessage.objects.update(data={"wanted": False})
    works_again(smtp_sink)
    assert sender.send_due() == {"cancelled": 1}
    assert smtp_sink.messages == []


def test_what_is_taken_back_meanwhile_is_not_sent(refused: User, smtp_sink: SmtpSink) -> None:
    put(refused, "session:1:reminder")
    sender.send_due()
    assert outbox.cancel(key_prefix="session:1:", reason="moved") == 1
    works_again(smtp_sink)
    assert sender.send_due() == {}
    assert states() == ["cancelled"]


def test_of_several_reminders_the_newest_is_sent(refused: User, smtp_sink: SmtpSink) -> None:
    now = clock.now()
    for number, days in enumerate((4, 1)):
        put(refused, f"reminder {number}", kind=NUDGE, data={"id": 1}, due_at=now - days * DAY)
    put(refused, "about another thing", kind=NUDGE, data={"id": 2})
    sender.send_due()
    works_again(smtp_sink)
    for _round in range(2):
        sender.send_due()
    assert states() == ["suppressed", "sent", "sent"]


def test_summary_is_sent_with_its_messages(refused: User, smtp_sink: SmtpSink) -> None:
    declare(LINKED, digest=True)
    for number in range(2):
        late = clock.now() - timedelta(hours=2)
        put(refused, str(number), kind=LINKED, data={"id": number}, due_at=late)
    sender.send_due()
    sender.send_due()
    assert states() == ["digested", "digested", "suppressed"]
    works_again(smtp_sink)
    assert sender.send_due() == {"sent": 1}
    assert [mail.subject for mail in smtp_sink.messages] == ["2 messages that waited for you"]


def test_summary_that_expired_takes_its_messages_along(
    refused: User, smtp_sink: SmtpSink, at: At
) -> None:
    declare(LINKED, digest=True)
    for number in range(2):
        late = clock.now() - timedelta(hours=2)
        put(refused, str(number), kind=LINKED, data={"id": number}, due_at=late)
    sender.send_due()
    at(clock.now() + 20 * DAY)
    sender.send_due()
    assert states() == ["suppressed", "suppressed", "suppressed"]


def test_mail_that_was_perhaps_sent_before_is_not_sent_again(
    refused: User, smtp_sink: SmtpSink
) -> None:
    message = put(refused)
    OutboxMessage.objects.update(state=MessageState.UNKNOWN, dialog_at=clock.now())
    sender.send_due()
    message.refresh_from_db()
    assert (message.state, message.resend_allowed, message.text) == ("unknown", False, "")


@pytest.mark.broad
@pytest.mark.django_db(transaction=True)
def test_two_processes_queue_each_message_once(smtp_sink: SmtpSink) -> None:
    people = [UserFactory(email=f"person{number}@example.com") for number in range(30)]
    for person in people:
        suppression.suppress(person.email, "550 5.1.1")
        put(person, person.email)
    sender.send_due()
    assert set(states()) == {"suppressed"}
    for person in people:
        suppression.release(person.email)

    counts: list[Any] = in_threads(*[suppression.queue_released] * 2)
    assert sum(counts) == 30
    in_threads(*[sender.send_due] * 2)
    assert len(smtp_sink.messages) == 30
    assert set(states()) == {"sent"}
