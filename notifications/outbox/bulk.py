"""Storing thousands of messages at once: COPY into a table of this transaction, then one INSERT.

Messages are long, and the ordinary bulk insert spends five times as long, nearly all of it on
quoting their texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from notifications.models import OutboxMessage


@transaction.atomic
def insert(messages: Sequence[OutboxMessage]) -> list[tuple[int, datetime]]:
    """Insert what does not exist yet, in the caller's transaction; (id, due) of the rows that are
    new.
    """
    fields = [field for field in OutboxMessage._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    names, table = (
        ", ".join(quote(str(field.column)) for field in fields),
        quote(OutboxMessage._meta.db_table),
    )
    # every name comes from the model itself
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE new_messages ON COMMIT DROP AS SELECT {names} FROM {table} "
            f"LIMIT 0"
        )
        with cursor.copy(f"COPY new_messages ({names}) FROM STDIN") as copy:
            for message in messages:
                copy.write_row(
                    [
                        field.get_db_prep_save(getattr(message, field.attname), connection)
                        for field in fields
                    ]
                )
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM new_messages"  # noqa: S608
            " ON CONFLICT DO NOTHING RETURNING id, due_at"
        )
        new: list[tuple[int, datetime]] = cursor.fetchall()
        cursor.execute("DROP TABLE new_messages")
    return new
