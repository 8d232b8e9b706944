"""On which workdays two people have no common time."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from matching.solver.availability import (
    OFFICE_HOURS,
    QUARTER,
    local_slots,
    standings,
    weeks,
    zone_of,
)
from matching.solver.people import Person

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
    zones = [zone_of(person) or zone_of(_NOWHERE) for person in (mentee, mentor)]
    mine, theirs = (local_slots(_windows(person)) for person in (mentee, mentor))
    apart: set[int] = set()
    for standing in standings([zone for zone in zones if zone], weeks(starts, ends)):
        shared = mine & np.roll(theirs, -standing[1])
        apart |= {
            day for day in WORKDAYS if not shared[day * SLOTS_A_DAY : (day + 1) * SLOTS_A_DAY].any()
        }
    return tuple(sorted(apart))


def _windows(person: Person) -> Sequence[tuple[int, int, int]]:
    return person.availability or OFFICE_HOURS


_NOWHERE = Person(key="", role="mentee", time_zone="UTC")
