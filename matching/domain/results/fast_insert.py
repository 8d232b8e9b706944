"""Storing thousands of rows with JSON in one statement.

Each batch is sent as one JSON document, which Postgres turns into rows. `bulk_create` takes three
times as long for the rows of a run, because it adapts each JSON value of each row by itself. A run
of 2,000 × 2,000 people costs 2.4 times the solver's own processor time this way and 3.1 times with
`bulk_create` (benchmarks/matching_page.py --ordinary-insert).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

BATCH = 5_000


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, in the caller's transaction. Their ids are not set."""
    if not rows:
        return
    model = type(rows[0])
    statement = _statement(model)
    columns = [(str(field.column), field.attname) for field in _fields(model)]
    with connection.wrap_database_errors, connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            cursor.execute(statement, [_document(batch, columns)])


def _document(rows: Sequence[models.Model], columns: list[tuple[str, str]]) -> str:
    """The rows as JSON: a list of {column: value}."""
    values = [{column: getattr(row, name) for column, name in columns} for row in rows]
    return json.dumps(values, default=str)


def _statement(model: type[models.Model]) -> str:
    """The INSERT. Every name in it comes from the model itself."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(str(field.column)) for field in _fields(model))
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608 - the model's own names
        f"FROM json_populate_recordset(NULL::{table}, %s)"
    )


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]
