"""The three statements that every message needs: claim it, begin its dialog, record its end.

The claim is written out, and its row is turned into objects here. With ordinary query sets it takes
a transaction and four statements; then claiming and ending a message takes two to three times as
long (3.3 times in one run of benchmarks/delivery.py, which measures both).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.functions import Now

from common import clock
from notifications.enums import Channel, MessageState
from notifications.models import MessagePreferences, OutboxMessage, SuppressedAddress

Columns = list[tuple[int, Any]]
M = TypeVar("M", bound=Model)

# The lease is given on the database's clock (see OutboxMessage); what is due, and suppressed, is
# read on the application's.
CLAIM = """
WITH message AS (
    UPDATE {messages}
    SET state = %(leased)s,
        lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
        attempts = attempts + 1
    WHERE id = (
        SELECT id FROM {messages}
        WHERE (state = %(queued)s OR (state = %(unknown)s AND resend_allowed))
            AND try_at <= %(now)s {which}
        ORDER BY try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING *
)
SELECT {columns}, refused.reason
FROM message
LEFT JOIN {people} person ON person.id = message.recipient_id
LEFT JOIN {preferences} preferences ON preferences.person_id = person.id
LEFT JOIN {refused} refused ON message.channel = %(email)s AND refused.until > %(now)s
    AND refused.email = lower(coalesce(nullif(message.address, ''), person.email))
"""


def claim(message_id: int | None = None, *, mails: bool = True) -> OutboxMessage | None:
    """Lease the message that has waited longest (or this one, if it is due), and commit; None when
    there is none.

    Two claims at once never get the same message. `mails` False leaves mails to others. The message
    comes with its recipient, their preferences and, as `refused`, why its address gets no mail (see
    suppression.py).
    """
    which = ""
    if message_id is not None:
        which += "AND id = %(id)s "
    if not mails:
        which += "AND channel <> %(email)s"
    given: dict[str, Any] = {
        "leased": MessageState.LEASED.value,
        "queued": MessageState.QUEUED.value,
        "unknown": MessageState.UNKNOWN.value,
        "email": Channel.EMAIL.value,
        "lease": settings.OUTBOX_LEASE.total_seconds(),
        "now": clock.now(),
        "id": message_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(which), given)
        row = cursor.fetchone()
    return None if row is None else _message(row)


def begin_dialog(message: OutboxMessage) -> bool:
    """Commit that from now on the mail server may have the message; False when the lease is no
    longer ours.

    A dialog after an earlier one of unknown outcome is the one resending that is allowed.
    """
    held = _held(message).filter(lease_until__gt=Now())
    return bool(
        held.update(
            dialog_at=clock.now(),
            resend_allowed=message.dialog_at is None,
            lease_until=Now() + settings.OUTBOX_LEASE,
        )
    )


def give_up(message: OutboxMessage, **fields: Any) -> bool:
    """Commit these fields, and that nobody holds the message any more; False when it was no longer
    ours.
    """
    return bool(_held(message).update(lease_until=None, **fields))


def _held(message: OutboxMessage) -> QuerySet[OutboxMessage]:
    """The message, if it is still under the very claim that this object came from."""
    return OutboxMessage.objects.filter(
        pk=message.pk, state=MessageState.LEASED, attempts=message.attempts
    )


@cache
def _statement(which: str) -> str:
    """The statement with the names of tables and columns."""
    quote = connection.ops.quote_name
    read: dict[str, type[Model]] = {
        "message": OutboxMessage,
        "person": get_user_model(),
        "preferences": MessagePreferences,
    }
    columns = [
        f"{table}.{quote(str(field.column))}"
        for table, model in read.items()
        for field in model._meta.concrete_fields
    ]
    return CLAIM.format(
        which=which,
        columns=", ".join(columns),
        messages=quote(OutboxMessage._meta.db_table),
        people=quote(get_user_model()._meta.db_table),
        preferences=quote(MessagePreferences._meta.db_table),
        refused=quote(SuppressedAddress._meta.db_table),
    )


def _message(row: Sequence[Any]) -> OutboxMessage:
    """The message, its recipient and their preferences from the columns of all three."""
    message, rest = _made(OutboxMessage, row)
    person, rest = _made(get_user_model(), rest)
    preferences, (refused,) = _made(MessagePreferences, rest)
    assert message is not None
    message.refused = refused or ""
    message.recipient = person
    if person is not None:
        # None as well: the person has no row
        person._meta.get_field("message_preferences").set_cached_value(person, preferences)
    return message


def _made(model: type[M], row: Sequence[Any]) -> tuple[M | None, Sequence[Any]]:
    """An object of the first columns, None when it is in no row, and the other columns."""
    names, converters = _reading(model)
    values, rest = list(row[: len(names)]), row[len(names) :]
    if values[names.index(str(model._meta.pk.attname))] is None:
        return None, rest
    for position, field in converters:
        for convert in field.get_db_converters(connection):
            values[position] = convert(values[position], field.cached_col, connection)
    return model.from_db(connection.alias, names, values), rest


@cache
def _reading(model: type[Model]) -> tuple[list[str], Columns]:
    """The names of a model's columns, and those whose values need a converter, by position."""
    fields = model._meta.concrete_fields
    names = [str(field.attname) for field in fields]
    converted = [
        (position, field)
        for position, field in enumerate(fields)
        if field.get_db_converters(connection)
    ]
    return names, converted
