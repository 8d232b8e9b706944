"""Queries of which Django makes the SQL once per process, for the pages that are opened most.

Making the SQL of a large query takes Django milliseconds, each time anew: more than Postgres takes
to answer it. A prepared query is made once, with placeholders for its arguments and for now:

    @prepared
    def pairs_of(person_id: int) -> QuerySet[Pairing]:
        return Pairing.objects.filter(mentor=person_id, offer_expires_at__gt=clock.now())

    pairs_of(user.pk)                 # a list
    counts(user.pk, is_hr=True)       # named arguments are the shape of the query: one SQL for each

Arguments are ids and days. Inside the function they may be compared and no more. Every moment must
come from `clock.now()`, plus or minus something; a day that depends on a time zone is an argument.

Worth (benchmarks/pages.py, 4,000 people, median with and without it): the frame of every page 15 ms
instead of 33, Home 48 instead of 121, HR's home 86 instead of 187, a program's overview 88 instead
of 176. Nothing else of the pages costs half as much, so it is used for those alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet

from common import clock

Value = int | date | UUID
RELATIVE = timedelta(days=3660)  # a moment nearer than this to the present is relative to it


@dataclass(frozen=True)
class Argument:
    """A parameter of the SQL that is the argument with this number."""

    number: int


@dataclass(frozen=True)
class Moment:
    """A parameter of the SQL that lies so long after the present time."""

    after: timedelta


@dataclass(frozen=True)
class Day:
    """A parameter of the SQL that is so long after the present day in UTC."""

    after: timedelta


@dataclass(frozen=True)
class Ready:
    """The query with its SQL; `parameters` has values, arguments and moments."""

    rows: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]

    def ask(self, arguments: tuple[Value, ...]) -> list[Any]:
        """The rows, as the queryset would give them."""
        now = clock.now()
        filled = tuple(_filled(one, arguments, now) for one in self.parameters)
        compiler = copy(self.compiler)
        compiler.connection = connections[self.rows.db]  # that of this thread
        compiler.as_sql = _always((self.sql, filled))
        rows: Any = self.rows.all()
        rows.query.get_compiler = _always(compiler)
        return list(rows)


def _always(answer: Any) -> Callable[..., Any]:
    """A function that ignores what it is called with."""

    def answers(*_args: Any, **_kwargs: Any) -> Any:
        return answer

    return answers


def prepared(build: Callable[..., QuerySet[Any]]) -> Callable[..., list[Any]]:
    """Decorate a function that returns a queryset: it then returns the rows, as a list."""
    made: dict[Hashable, Ready] = {}

    def ask(*arguments: Value, **shape: Hashable) -> list[Any]:
        key = tuple(sorted(shape.items()))
        if key not in made:
            made[key] = _made(build, arguments, shape)
        return made[key].ask(arguments)

    ask.unprepared = build  # type: ignore[attr-defined]
    ask.__doc__ = build.__doc__
    return ask


def _made(
    build: Callable[..., QuerySet[Any]], arguments: tuple[Value, ...], shape: dict[str, Hashable]
) -> Ready:
    """Make the SQL, with placeholders in the place of the arguments."""
    placeholders = [_placeholder(value, number) for number, value in enumerate(arguments)]
    with clock.standing_still() as now:
        rows = build(*placeholders, **shape)
    compiler = rows.query.get_compiler(using=rows.db)
    sql, parameters = compiler.as_sql()
    marked = tuple(_marked(value, placeholders, now) for value in parameters)
    return Ready(rows, compiler, sql, marked)


def _placeholder(value: Value, number: int) -> Value:
    """A value of the same type that is in no table."""
    if isinstance(value, int):
        return 9_000_000_000_000_000_000 + number
    if isinstance(value, UUID):
        return UUID(int=9_000_000_000_000_000_000 + number)
    return date(9000, 1, 1) + timedelta(days=number)


def _marked(value: Any, placeholders: list[Value], now: datetime) -> Any:
    """What stands for a value of the first time: an argument, a moment, or the value itself."""
    if isinstance(value, datetime):
        return Moment(value - now) if abs(value - now) < RELATIVE else value
    if isinstance(value, Value) and value in placeholders:
        return Argument(placeholders.index(value))
    if isinstance(value, date):
        return Day(value - now.date())
    return value


def _filled(value: Any, arguments: tuple[Value, ...], now: datetime) -> Any:
    if isinstance(value, Argument):
        return arguments[value.number]
    if isinstance(value, Moment):
        return now + value.after
    if isinstance(value, Day):
        return now.date() + value.after
    return value
