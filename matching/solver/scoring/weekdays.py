"""On which workdays two people have no common time."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from matching.solver.arrays import Flags
from matching.solver.people import Person
from matching.solver.scoring.availability import (
    QUARTER,
    local_slots,
    offsets_over,
    profile_of,
    weeks,
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
    (mentee_zone, my_windows), (mentor_zone, their_windows) = profile_of(mentee), profile_of(mentor)
    zones = ZoneInfo(mentee_zone), ZoneInfo(mentor_zone)
    mine, theirs = local_slots(my_windows), local_slots(their_windows)
    apart: set[int] = set()
    for _, shift in offsets_over(zones, weeks(starts, ends)):
        shared = mine & np.roll(theirs, -shift)
        apart |= _days_without(shared)
    return tuple(sorted(apart))


def _days_without(week: Flags) -> set[int]:
    """The workdays of which no quarter hour is set."""
    days = week.reshape(-1, SLOTS_A_DAY)
    return {day for day in WORKDAYS if not days[day].any()}
