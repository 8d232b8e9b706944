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

from matching.solver.arrays import F32, I64, Flags
from matching.solver.people import Person, Window

DAY = 24 * 60
QUARTER = 15
SLOTS = 7 * DAY // QUARTER
OFFICE_HOURS: tuple[Window, ...] = tuple((day, 9 * 60, 17 * 60) for day in range(5))
REFERENCE_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
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
    first = starts or (ends or REFERENCE_YEAR[1]) - timedelta(days=364)
    last = max(first, ends or first + timedelta(days=364))
    day = first - timedelta(days=first.weekday())
    found: list[datetime] = []
    while day <= last and len(found) < MOST_WEEKS:
        found.append(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=2))
        day += timedelta(days=7)
    return found


def local_slots(windows: Sequence[Window]) -> Flags:
    """The quarter hours (SLOTS, local time) that lie wholly inside the windows."""
    week = np.zeros(SLOTS, np.bool_)
    for weekday, start, end in windows:
        first, last = _within_a_day(start), _within_a_day(end)
        if last < first:  # past midnight
            last += DAY
        slots = np.arange(-(-first // QUARTER), last // QUARTER)
        week[(slots + int(weekday) % 7 * (DAY // QUARTER)) % SLOTS] = True
    return week


def _within_a_day(minute: int) -> int:
    return max(0, min(int(minute), DAY))


def offsets_over(zones: Sequence[ZoneInfo], moments: Sequence[datetime]) -> list[tuple[int, ...]]:
    """The distinct offsets of the zones from the first of them, in quarter hours, in order of
    appearance.
    """
    seen: dict[tuple[int, ...], None] = {}
    for moment in moments:
        quarters = []
        for zone in zones:
            offset = moment.astimezone(zone).utcoffset() or timedelta()
            quarters.append(offset // timedelta(minutes=QUARTER))
        seen.setdefault(tuple(quarter - quarters[0] for quarter in quarters))
    return list(seen)


def seasons(
    mentees: Sequence[Person], mentors: Sequence[Person], starts: date | None, ends: date | None
) -> list[Season]:
    """All the pictures of the week that the program sees; at least one.

    The order of the columns depends on the people alone.
    """
    everybody = [*mentees, *mentors]
    zones = [zone_of(person) or ZoneInfo("UTC") for person in everybody]
    hours = [person.availability or OFFICE_HOURS for person in everybody]
    profiles = list(dict.fromkeys(zip((zone.key for zone in zones), hours, strict=True)))
    number_of = {profile: number for number, profile in enumerate(profiles)}
    profile_of = np.array(
        [number_of[zone.key, windows] for zone, windows in zip(zones, hours, strict=True)], np.int64
    )

    ordered_zones = sorted({zone.key: zone for zone in zones}.items())
    offsets = offsets_over([zone for _, zone in ordered_zones], weeks(starts, ends))
    zone_at = {name: at for at, (name, _) in enumerate(ordered_zones)}
    zone_of_profile = np.array([zone_at[name] for name, _ in profiles], np.int64)
    local = _local_weeks([windows for _, windows in profiles])

    n = len(mentees)
    found = []
    for shifts in offsets:
        week = np.empty((len(profiles), SLOTS), np.bool_)
        for at, shift in enumerate(shifts):
            there = np.flatnonzero(zone_of_profile == at)
            week[there] = np.roll(local[there], -shift, axis=1)
        found.append(_season(week, profile_of[:n], profile_of[n:]))
    return found


def _local_weeks(profiles: Sequence[tuple[Window, ...]]) -> Flags:
    """The local quarter hours of each profile (profiles × SLOTS); many share the same hours."""
    different = {windows: local_slots(windows) for windows in dict.fromkeys(profiles)}
    return np.array([different[windows] for windows in profiles], np.bool_).reshape(-1, SLOTS)


def _season(week: Flags, mentees: I64, mentors: I64) -> Season:
    """Equal columns become one that weighs more; columns that one side never has are left out."""
    used = np.flatnonzero(week[np.unique(mentees)].any(0) & week[np.unique(mentors)].any(0))
    packed = np.packbits(week[:, used], axis=0).T
    alike: dict[bytes, list[int]] = {}
    for slot, column in zip(used.tolist(), packed, strict=True):
        alike.setdefault(column.tobytes(), []).append(slot)
    first = [slots[0] for slots in alike.values()]
    minutes = np.array([len(slots) * QUARTER for slots in alike.values()], np.float32)
    return Season(week[:, first].astype(np.float32), mentees, mentors, minutes)
