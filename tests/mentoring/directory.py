"""A company of three as a directory file, and how to import it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from accounts.models import User
from mentoring.people_import.import_now import Result, import_now

HEAD = ["Id", "Name", "Email", "Department", "City", "Manager ID"]
BOSS = ["1", "Berta Boss", "boss@example.com", "Board", "Berlin", ""]
ANNA = ["2", "Anna Berg", "anna@example.com", "Sales", "Berlin", "1"]
CARL = ["3", "Carl Dorn", "carl@example.com", "Sales", "London", "2"]
COMPANY = [BOSS, ANNA, CARL]


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([head, *rows])
    return stream.getvalue().encode()


def run(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD, **options: Any) -> Result:
    """Import a table. Missing managers are confirmed, as most tests are about something else."""
    options.setdefault("confirm_managers", True)
    return import_now(content=table(rows, head), **options)


def changed(row: Sequence[str], **values: str) -> list[str]:
    fields = dict(zip(["id", "name", "email", "department", "city", "manager"], row, strict=True))
    return list((fields | values).values())


def codes(result: Result) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in result.plan.problems]


def get(number: str) -> User:
    return User.objects.get(employee_id=number)
