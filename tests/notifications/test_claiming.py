"""What a claim brings along, and what a mail costs."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.forms.models import model_to_dict

from accounts.models import User
from notifications import outbox
from notifications.delivery import claiming
from notifications.delivery.sender import claim, process
from notifications.delivery.transport import Transport
from notifications.mail import origin
from notifications.models import OutboxMessage
from notifications.preferences import store as preferences
from notifications.preferences import suppression
from tests.notifications.conftest import put
from tests.smtp import SmtpSink


def columns(row: Any) -> dict[str, Any]:
    """Every column of a row."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_claim_brings_what_the_ordinary_way_would_read(
    person: User, django_assert_num_queries: Any
) -> None:
    preferences.save(
        actor=person,
        off=["enrol"],
        quiet_on=True,
        quiet_from=time(21),
        quiet_until=time(6, 30),
        quiet_weekends=False,
    )
    put(
        person,
        data={"id": 5, "more": ["é", None]},
        attachments=[outbox.Attachment("a", b"\x00", "x/y")],
    )
    with django_assert_num_queries(1):
        message = claim()
        assert message is not None
        found = [
            columns(one)
            for one in (message, message.recipient, message.recipient.message_preferences)
        ]
    stored = OutboxMessage.objects.select_related("recipient__message_preferences").get()
    assert found == [
        columns(one) for one in (stored, stored.recipient, stored.recipient.message_preferences)
    ]
    assert model_to_dict(message) == model_to_dict(stored)
    assert message.refused == ""


def test_who_has_no_preferences_is_not_asked_for_again(
    person: User, django_assert_num_queries: Any
) -> None:
    put(person)
    message = claim()
    assert message is not None
    with django_assert_num_queries(0):
        assert getattr(message.recipient, "message_preferences", None) is None


def test_message_to_a_channel_has_no_recipient(db: None) -> None:
    scope = "5f0c6c9e-6f0e-4a6c-9a0e-0d5a3f0c1b2a"
    outbox.enqueue(
        recipient=None,
        channel="slack",
        scope=scope,
        kind="tests.news",
        subject="S",
        text="T",
        dedupe_key="1",
    )
    message = claim()
    assert message is not None
    assert (message.recipient, message.recipient_id, str(message.scope)) == (None, None, scope)


@pytest.mark.parametrize(
    ("address", "other", "refused"),
    [
        ("MARA@example.com", "", "gone"),
        ("old@example.com", "Old@example.com", "gone"),
        ("else@example.com", "", ""),
    ],
)
def test_claim_brings_why_the_address_gets_no_mail(
    person: User, address: str, other: str, refused: str
) -> None:
    suppression.suppress(address, "gone")
    put(person, address=other)
    message = claim()
    assert message is not None
    assert message.refused == refused
    stored = OutboxMessage.objects.get()
    asked = suppression.reason_not_to_send(stored)
    assert suppression.reason_not_to_send(message) == asked, "read along or asked for"


def test_mail_costs_three_statements(
    person: User, smtp_sink: SmtpSink, django_assert_num_queries: Any
) -> None:
    """The names in its foot are found once a round, not for each mail."""
    put(person)
    with Transport() as transport, origin.remembered():
        origin.origin_of(None)
        with django_assert_num_queries(3):
            message = claim()
            assert message is not None
            assert process(message, transport) == "sent"


def test_message_that_somebody_else_holds_now_is_left_alone(person: User) -> None:
    put(person)
    message = claim()
    assert message is not None
    OutboxMessage.objects.update(attempts=2)
    assert not claiming.begin_dialog(message)
    assert not claiming.give_up(message, state="queued")
    assert OutboxMessage.objects.get().state == "leased"
