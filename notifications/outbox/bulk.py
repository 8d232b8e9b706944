"""Storing thousands of messages at once: COPY into a temporary table, then one INSERT.

Messages are long, and an ordinary bulk insert spends most of its time on quoting their texts: it
takes about twice as long (1.9 times in one run of benchmarks/delivery.py, which measures both).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from notifications.models import OutboxMessage

# All names that are put into these come from the model itself.
CREATE = "CREATE TEMPORARY TABLE new_messages ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0"
COPY = "COPY new_messages ({names}) FROM STDIN"
INSERT = (
    "INSERT INTO {table} ({names}) SELECT {names} FROM new_messages"
    " ON CONFLICT DO NOTHING RETURNING id, due_at"
)


@transaction.atomic
def insert(messages: Sequence[OutboxMessage]) -> list[tuple[int, datetime]]:
    """Insert what does not exist yet, in the caller's transaction; (id, due) of the new rows."""
    fields = [field for field in OutboxMessage._meta.concrete_fields if not field.primary_key]
    names = _names(fields)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.execute(CREATE.format(**names))
        with cursor.copy(COPY.format(**names)) as copy:
            for message in messages:
                copy.write_row(_row(message, fields))
        cursor.execute(INSERT.format(**names))
        new: list[tuple[int, datetime]] = cursor.fetchall()
        cursor.execute("DROP TABLE new_messages")
    return new


def _names(fields: Sequence[Any]) -> dict[str, str]:
    """The quoted names of the table and of these columns, for the statements."""
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields]
    return {"table": quote(OutboxMessage._meta.db_table), "names": ", ".join(columns)}


def _row(message: OutboxMessage, fields: Sequence[Any]) -> list[Any]:
    """The message's values, as the database takes them."""
    values = []
    for field in fields:
        value = getattr(message, field.attname)
        values.append(field.get_db_prep_save(value, connection))
    return values
