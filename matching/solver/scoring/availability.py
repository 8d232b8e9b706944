"""Weekly availabilities of many people, in many zones, as columns that multiply to shared minutes.

A week is cut into 672 quarter hours of UTC. Daylight saving moves people against each other during
a program, so there is one picture of the week (a `Season`) for each way in which the zones stand to
each other in some week of the program; a rule about overlap must hold in all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from matching.solver.arrays import F32, I64, Flags, numbered
from matching.solver.people import Person, Window

Profile = tuple[str, tuple[Window, ...]]
"""A time zone and windows."""
DAY = 24 * 60
QUARTER = 15
SLOTS = 7 * DAY // QUARTER
OFFICE_HOURS: tuple[Window, ...] = tuple((day, 9 * 60, 17 * 60) for day in range(5))
A_YEAR = timedelta(weeks=52)
END_OF_REFERENCE_YEAR = date(2026, 12, 31)
MOST_WEEKS = 520


@dataclass(frozen=True, eq=False)
class Season:
    """One picture of the week: columns `week` (profiles × k, 0 or 1), which `minutes` (k) weighs.

    Everybody has a profile: `mentees` (n) and `mentors` (m) say which. The shared minutes per week
    of all pairs are (week[mentees] * minutes) @ week[mentors].T, exact in float32 (at most 10,080).
    """

    week: F32
    mentees: I64
    mentors: I64
    minutes: F32


def zone_of(person: Person) -> ZoneInfo | None:
    """The person's zone, or None where there is none of that name."""
    try:
        return ZoneInfo(person.time_zone)
    except (ValueError, OSError, KeyError):  # no such zone, a folder, or no name at all
        return None


def weeks(starts: date | None, ends: date | None) -> list[datetime]:
    """Wednesday noon (UTC) of each week of the program: no zone changes its offset then."""
    first, last = _first_and_last_day(starts, ends)
    monday = first - timedelta(days=first.weekday())
    found: list[datetime] = []
    while monday <= last and len(found) < MOST_WEEKS:
        wednesday = monday + timedelta(days=2)
        found.append(datetime.combine(wednesday, time(12), UTC))
        monday += timedelta(days=7)
    return found


def _first_and_last_day(starts: date | None, ends: date | None) -> tuple[date, date]:
    """A year where one of the two is not known."""
    first = starts or (ends or END_OF_REFERENCE_YEAR) - A_YEAR
    return first, max(first, ends or first + A_YEAR)


def local_slots(windows: Sequence[Window]) -> Flags:
    """The quarter hours (SLOTS, local time) that lie wholly inside the windows."""
    week = np.zeros(SLOTS, np.bool_)
    for weekday, start, end in windows:
        midnight = int(weekday) % 7 * (DAY // QUARTER)
        week[(midnight + _slots_between(start, end)) % SLOTS] = True
    return week


def _slots_between(start: int, end: int) -> I64:
    """The quarter hours from a minute of the day to another, which may be on the next day."""
    first, last = _within_a_day(start), _within_a_day(end)
    if last < first:
        last += DAY
    return np.arange(-(-first // QUARTER), last // QUARTER)


def _within_a_day(minute: int) -> int:
    return max(0, min(int(minute), DAY))


def offsets_over(zones: Sequence[ZoneInfo], moments: Sequence[datetime]) -> list[tuple[int, ...]]:
    """The distinct offsets of the zones from the first of them, in quarter hours, in order of
    appearance.
    """
    seen: dict[tuple[int, ...], None] = {}
    for moment in moments:
        quarters = [_offset_in_quarters(zone, moment) for zone in zones]
        seen.setdefault(tuple(quarter - quarters[0] for quarter in quarters))
    return list(seen)


def _offset_in_quarters(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(minutes=QUARTER)


def seasons(
    mentees: Sequence[Person], mentors: Sequence[Person], starts: date | None, ends: date | None
) -> list[Season]:
    """All the pictures of the week that the program sees; at least one.

    The order of the columns depends on the people alone.
    """
    of_mentees, of_mentors = _profiles(mentees), _profiles(mentors)
    number_of = numbered([*of_mentees, *of_mentors])
    rows, columns = _numbers(number_of, of_mentees), _numbers(number_of, of_mentors)
    zones = sorted({name for name, _ in number_of})
    zone_of_profile = np.array([zones.index(name) for name, _ in number_of], np.int64)
    local = _local_weeks([windows for _, windows in number_of])
    found = []
    for shifts in offsets_over([ZoneInfo(name) for name in zones], weeks(starts, ends)):
        week = _in_utc(local, zone_of_profile, shifts)
        found.append(_season(week, rows, columns))
    return found


def _profiles(people: Sequence[Person]) -> list[Profile]:
    return [profile_of(person) for person in people]


def _numbers(number_of: Mapping[Profile, int], profiles: Sequence[Profile]) -> I64:
    return np.array([number_of[profile] for profile in profiles], np.int64)


def profile_of(person: Person) -> Profile:
    """The person's zone and windows; UTC where there is no such zone."""
    name = "UTC" if zone_of(person) is None else person.time_zone
    return name, windows_of(person)


def windows_of(person: Person) -> tuple[Window, ...]:
    """The person's windows; office hours where they have not stated any."""
    return person.availability or OFFICE_HOURS


def _in_utc(local: Flags, zones: I64, shifts: Sequence[int]) -> Flags:
    """Weeks in local time, moved by what their zones are shifted."""
    week = np.empty_like(local)
    for zone, shift in enumerate(shifts):
        there = np.flatnonzero(zones == zone)
        week[there] = np.roll(local[there], -shift, axis=1)
    return week


def _local_weeks(profiles: Sequence[tuple[Window, ...]]) -> Flags:
    """The local quarter hours of each profile (profiles × SLOTS); many share the same hours."""
    different = {windows: local_slots(windows) for windows in set(profiles)}
    return np.array([different[windows] for windows in profiles], np.bool_).reshape(-1, SLOTS)


def _season(week: Flags, mentees: I64, mentors: I64) -> Season:
    """Equal columns become one that weighs more; columns that one side never has are left out."""
    used = _of_any(week, mentees) & _of_any(week, mentors)
    alike = _equal_columns(week, np.flatnonzero(used))
    first = [slots[0] for slots in alike]
    minutes = np.array([len(slots) * QUARTER for slots in alike], np.float32)
    return Season(week[:, first].astype(np.float32), mentees, mentors, minutes)


def _of_any(week: Flags, profiles: I64) -> Flags:
    """Which slots are set in any of these profiles."""
    return np.asarray(week[np.unique(profiles)].any(0))


def _equal_columns(week: Flags, slots: I64) -> list[list[int]]:
    """The slots in groups with equal columns."""
    groups: dict[bytes, list[int]] = {}
    packed = np.packbits(week[:, slots], axis=0).T
    for slot, column in zip(slots.tolist(), packed, strict=True):
        groups.setdefault(column.tobytes(), []).append(slot)
    return list(groups.values())
