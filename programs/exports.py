"""Lists of a program as CSV files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import slugify

from common import audit
from common.exports import csv_response
from programs.models import Program


@transaction.atomic
def list_as_csv(
    request: HttpRequest,
    program: Program,
    target: Model,
    *,
    what: str,
    header: list[str],
    rows: Iterator[list[Any]],
) -> HttpResponseBase:
    """A list of the program as a CSV file, with an entry in the audit trail."""
    audit.record("list.exported", target, actor=request.user, scope=program.public_id, list=what)  # type: ignore[arg-type]
    return csv_response(f"{slugify(program.name) or 'program'}-{what}", header, rows)
