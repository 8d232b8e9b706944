"""Storing thousands of rows that hold JSON: as one document, which Postgres takes apart.

The ordinary bulk insert quotes each text of each column; this takes a fifth of the time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection, models

BATCH = 5_000


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, in the caller's transaction. They are given no id."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    names, table = (
        ", ".join(quote(str(field.column)) for field in fields),
        quote(model._meta.db_table),
    )
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names} FROM "
        f"json_populate_recordset(NULL::{table}, %s)"
    )
    columns = [
        (str(field.column), field.attname) for field in fields
    ]  # every name comes from the model itself
    with connection.wrap_database_errors, connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            part = [
                {column: getattr(row, name) for column, name in columns}
                for row in rows[start : start + BATCH]
            ]
            cursor.execute(statement, [json.dumps(part, default=str)])


def public_ids(count: int) -> Iterator[UUID]:
    """As many random ids, from one draw of the system's randomness."""
    drawn = os.urandom(16 * count)
    return (UUID(bytes=drawn[at : at + 16], version=4) for at in range(0, len(drawn), 16))
