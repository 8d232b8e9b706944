"""The dates of several sessions that are booked at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import Absence, User
from common.errors import DomainError
from meetings.domain import free_times
from meetings.domain.times import (
    Slot,
    absence_in,
    absences_of,
    check_exists,
    check_here,
    check_slot,
    holiday_in,
)
from pairings.models import Pairing
from programs.models import Program

MOST_AT_ONCE = 30


@dataclass(frozen=True)
class PlannedDate:
    """One date of a series, with the public holiday on it and whether both are free then."""

    slot: Slot
    holiday: str
    is_free: bool


def planned_dates(
    pairing: Pairing, first: Slot, *, count: int, weeks: int, actor: User
) -> list[PlannedDate]:
    """The dates to show before they are booked. Errors as `slots`."""
    dates = slots(pairing, first, count=count, weeks=weeks, actor=actor)
    free = free_times.are_free(pairing, [(slot.starts_at, slot.ends_at) for slot in dates])
    return [
        PlannedDate(slot, holiday_in(slot, pairing), is_free)
        for slot, is_free in zip(dates, free, strict=True)
    ]


def slots(pairing: Pairing, first: Slot, *, count: int, weeks: int, actor: User) -> list[Slot]:
    """The dates of `count` sessions, so many weeks apart, the first one as given.

    One that falls into an absence or on a public holiday is some weeks later, if that is before the
    next. DomainError, with the form field as its code, where a date cannot be booked.
    """
    program = pairing.program
    _check_plan(program, first.day, count, weeks)
    check_exists(first)
    planned = [first.weeks_later(weeks * number) for number in range(count)]
    dates = _at_work(planned, pairing, weeks)
    for slot in dates:
        check_slot(slot, program)
    check_here(dates, pairing, actor=actor)
    return dates


def _check_plan(program: Program, first: date, count: int, weeks: int) -> None:
    """DomainError unless so many sessions, so many weeks apart, fit into the program."""
    _check_numbers(count, weeks)
    last = first + timedelta(weeks=weeks * (count - 1))
    if program.ends_on and first <= program.ends_on < last:
        fitting = (program.ends_on - first).days // (7 * weeks) + 1
        raise _too_many(fitting, program.ends_on)


def _check_numbers(count: int, weeks: int) -> None:
    """DomainError, with the field as its code, for numbers that make no series."""
    if not 1 <= count <= MOST_AT_ONCE:
        text = _("Book between 1 and %(most)s sessions at once.")
        raise DomainError(text % {"most": MOST_AT_ONCE}, code="count")
    if weeks < 1:
        raise DomainError(_("Leave at least one week between sessions."), code="interval_weeks")


def _too_many(fitting: int, last: date) -> DomainError:
    """The error for a series that goes beyond the last day of the program."""
    text = _(
        "Only %(fitting)s sessions fit before the program ends on %(last)s. Book fewer, "
        "or closer together."
    )
    words = {"fitting": fitting, "last": formats.date_format(last, _("j F Y"))}
    return DomainError(text % words, code="count")


def _at_work(slots: list[Slot], pairing: Pairing, weeks: int) -> list[Slot]:
    """Each slot, or the first week after it without an absence or a public holiday. One query.

    It must be before the next slot, `weeks` later, and inside the program; otherwise the slot
    stays.
    """
    choices = [[slot.weeks_later(number) for number in range(weeks)] for slot in slots]
    away = absences_of([choice for row in choices for choice in row], pairing)
    found = []
    for slot, later in zip(slots, choices, strict=True):
        chosen = _first_here(later, away, pairing) or slot
        found.append(chosen.settled())
    return found


def _first_here(slots: list[Slot], away: list[Absence], pairing: Pairing) -> Slot | None:
    """The first of the slots inside the program that no absence covers, on a working day if any."""
    last_day = pairing.program.ends_on or date.max
    inside = [slot for slot in slots if slot.day <= last_day]
    here = [slot for slot in inside if absence_in([slot], away, pairing) is None]
    working = (slot for slot in here if not holiday_in(slot, pairing))
    return next(working, here[0] if here else None)
