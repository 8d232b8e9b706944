"""The zones that an iCalendar file defines itself: for that file alone, and with bounded work.

No Django.
"""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Iterator
from datetime import date, timedelta, tzinfo
from typing import Any

from icalendar import Timezone, vDDDLists
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

from accounts.domain.calendars.repeats import Budget, repeats

# how far before the period the last change of each kind is looked for: two years and more
LOOK_BACK = timedelta(days=800)
# as much as trying a rule on so many days
WORK_PER_CHANGE, WORK_PER_ZONE = 20, 500
UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError)

# icalendar keeps the zones that files define for the whole process: one file at a time.
_IN_USE = threading.Lock()


@contextlib.contextmanager
def zones_of_one_file(first: date, last: date, budget: Budget) -> Iterator[None]:
    """Read one file in here: no zone of another file is known, and none of this one is kept.

    Its zones are right between the two days.
    """
    with _IN_USE:
        tzp.use(BoundedZones(first, last, budget))
        try:
            yield
        finally:
            tzp.use_default()


class BoundedZones(ZONEINFO):
    """Zones with a list of changes in place of rules, which dateutil expands without a limit."""

    def __init__(self, first: date, last: date, budget: Budget) -> None:
        self.first, self.last, self.budget = first, last, budget

    def timezone(self, name: str) -> tzinfo | None:
        """The zone with a name; None for a folder of zones too, such as "Europe"."""
        try:
            return super().timezone(name)
        except OSError:
            return None

    def create_timezone(self, tz: Timezone) -> tzinfo:  # type: ignore[override]
        """The zone that a VTIMEZONE defines."""
        self.budget.spend(WORK_PER_ZONE)
        listed = copy.deepcopy(tz)
        for observance in listed.subcomponents:
            self._list_changes(observance)
        return super().create_timezone(listed)

    def _list_changes(self, observance: Any) -> None:
        """Replace the rules of summer or winter time with its changes of the period."""
        rules = _as_list(observance.pop("RRULE", []))
        dates = _as_list(observance.get("RDATE", []))
        changes = [change.dt for listed in dates for change in listed.dts]
        for rule in rules:
            with contextlib.suppress(*UNREADABLE):
                changes += self._changes(rule, observance["DTSTART"].dt)
        if changes:
            self.budget.spend(len(changes) * WORK_PER_CHANGE)
            observance["RDATE"] = vDDDLists(changes)

    def _changes(self, rule: Any, start: Any) -> list[Any]:
        """The last changes count on where a rule has ended before the period."""
        until = rule.get("UNTIL", [self.first])[0]
        first = min(self.first, date(until.year, until.month, until.day)) - LOOK_BACK
        last = min(self.last, first + 2 * LOOK_BACK + (self.last - self.first))
        return repeats(rule, start, first, last, self.budget)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
