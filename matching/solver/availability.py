"""Weekly availabilities of many people, in many zones, as columns that multiply to shared minutes.

A week is cut into 672 quarter hours of UTC. Daylight saving moves people against each other during
a program, so there is one picture of the week (a `Season`) for each way in which the zones stand to
each other in some week of the program; a rule about overlap must hold in all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from matching.solver.people import Person, Window

QUARTER = 15
SLOTS = 7 * 24 * 60 // QUARTER
OFFICE_HOURS: tuple[Window, ...] = tuple((day, 9 * 60, 17 * 60) for day in range(5))
REFERENCE_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
MOST_WEEKS = 520


@dataclass(frozen=True, eq=False)
class Season:
    """Columns of one picture of the week: `week` (profiles × k) is 0 or 1, `minutes` (k) weighs it.

    Everybody has a profile: mentees (n) and mentors (m) say which. Shared minutes a week of all
    pairs = (week[mentees] * minutes) @ week[mentors].T, exact in float32 (at most 10,080).
    """

    week: npt.NDArray[np.float32]
    mentees: npt.NDArray[np.int64]
    mentors: npt.NDArray[np.int64]
    minutes: npt.NDArray[np.float32]


def zone_of(person: Person) -> ZoneInfo | None:
    """The person's zone, or None where there is none of that name."""
    try:
        return ZoneInfo(person.time_zone)
    except (ValueError, OSError, KeyError):  # no such zone, a folder, or no name at all
        return None


def weeks(starts: date | None, ends: date | None) -> list[datetime]:
    """Wednesday noon (UTC) of every week that the program touches: no zone changes its offset at
    that time.
    """
    first = starts or (ends or REFERENCE_YEAR[1]) - timedelta(days=364)
    last = max(first, ends or first + timedelta(days=364))
    day = first - timedelta(days=first.weekday())
    found: list[datetime] = []
    while day <= last and len(found) < MOST_WEEKS:
        found.append(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=2))
        day += timedelta(days=7)
    return found


def local_slots(windows: Sequence[Window]) -> npt.NDArray[np.bool_]:
    """The quarter hours (SLOTS, local time) that lie wholly inside the windows."""
    week = np.zeros(SLOTS, np.bool_)
    for weekday, *bounds in windows:
        start, end = (max(0, min(int(minute), 1440)) for minute in bounds)
        end += 1440 * (end < start)
        slots = np.arange(-(-start // QUARTER), end // QUARTER)
        week[(slots + int(weekday) % 7 * (1440 // QUARTER)) % SLOTS] = True
    return week


def standings(zones: Sequence[ZoneInfo], moments: Sequence[datetime]) -> list[tuple[int, ...]]:
    """The distinct ways in which the zones stand to the first of them, in quarter hours, in order
    of appearance.
    """
    seen: dict[tuple[int, ...], None] = {}
    for moment in moments:
        offsets = [
            (moment.astimezone(zone).utcoffset() or timedelta()) // timedelta(minutes=QUARTER)
            for zone in zones
        ]
        seen.setdefault(tuple(offset - offsets[0] for offset in offsets))
    return list(seen)


def seasons(
    mentees: Sequence[Person], mentors: Sequence[Person], starts: date | None, ends: date | None
) -> list[Season]:
    """All the pictures of the week that the program sees; at least one.

    Order of columns depends on the people alone.
    """
    profiles: dict[tuple[str, tuple[Window, ...]], int] = {}
    names: dict[str, ZoneInfo] = {}
    rows = []
    for person in (*mentees, *mentors):
        zone = zone_of(person) or ZoneInfo("UTC")
        names[zone.key] = zone
        rows.append(
            profiles.setdefault((zone.key, person.availability or OFFICE_HOURS), len(profiles))
        )
    row = np.array(rows, np.int64)
    n = len(mentees)
    order = sorted(names)
    hours = {
        windows: at for at, windows in enumerate(dict.fromkeys(windows for _, windows in profiles))
    }
    local = np.array([local_slots(windows) for windows in hours], np.bool_).reshape(-1, SLOTS)
    whose = np.array([hours[windows] for _, windows in profiles], np.int64)
    position = np.array([order.index(name) for name, _ in profiles], np.int64)
    found = []
    for standing in (
        standings([names[name] for name in order], weeks(starts, ends)) if order else [()]
    ):
        week = np.empty((len(profiles), SLOTS), np.bool_)
        for at, shift in enumerate(standing):
            mine = np.flatnonzero(position == at)
            week[mine] = np.roll(local[whose[mine]], -shift, axis=1)
        found.append(_season(week, row[:n], row[n:]))
    return found


def _season(
    week: npt.NDArray[np.bool_], mentees: npt.NDArray[np.int64], mentors: npt.NDArray[np.int64]
) -> Season:
    """Equal columns become one that weighs more; columns that one side never has are left out."""
    used = np.flatnonzero(week[np.unique(mentees)].any(0) & week[np.unique(mentors)].any(0))
    alike: dict[bytes, list[int]] = {}
    for slot, packed in zip(used.tolist(), np.packbits(week[:, used], axis=0).T, strict=True):
        alike.setdefault(packed.tobytes(), []).append(slot)
    first = [slots[0] for slots in alike.values()]
    minutes = np.array([len(slots) * QUARTER for slots in alike.values()], np.float32)
    return Season(week[:, first].astype(np.float32), mentees, mentors, minutes)
