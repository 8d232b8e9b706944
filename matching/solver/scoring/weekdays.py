"""On which workdays two people have no common time."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from matching.solver.people import Person, Window
from matching.solver.scoring.availability import (
    OFFICE_HOURS,
    QUARTER,
    local_slots,
    offsets_over,
    weeks,
    zone_of,
)

WORKDAYS = range(5)
SLOTS_A_DAY = 24 * 60 // QUARTER


def days_apart(
    mentee: Person, mentor: Person, starts: date | None, ends: date | None
) -> tuple[int, ...]:
    """Workdays (0 is Monday, the mentee's local days) on which the two share no quarter hour in
    some week of the program.

    Whoever has not stated their time counts as in matching: office hours, and UTC for an unknown
    zone.
    """
    zones = [zone_of(person) or ZoneInfo("UTC") for person in (mentee, mentor)]
    mine, theirs = local_slots(_windows(mentee)), local_slots(_windows(mentor))
    apart: set[int] = set()
    for _, shift in offsets_over(zones, weeks(starts, ends)):
        shared = (mine & np.roll(theirs, -shift)).reshape(-1, SLOTS_A_DAY)
        apart |= {day for day in WORKDAYS if not shared[day].any()}
    return tuple(sorted(apart))


def _windows(person: Person) -> Sequence[Window]:
    return person.availability or OFFICE_HOURS
