"""When an event of an iCalendar file repeats (RFC 5545, section 3.3.10), within one period.

dateutil expands rules too, but it looks for the next match up to the year 9999. Here only the days
of the period are examined, and a budget bounds them for the whole file. No Django.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product
from typing import Any

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
# each says by itself on which days of the period the event takes place
NAMES_DAYS = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY")

LATEST = datetime(9999, 12, 31)  # noqa: DTZ001 - a wall time

DayFilter = Callable[[date], bool]


class TooManyEventsError(Exception):
    """The file has more events, or takes more work, than the calendar of a person."""


class Budget:
    """How much work is left for a file, in days to examine."""

    def __init__(self, days: int) -> None:
        self.days = days

    def spend(self, days: int) -> None:
        """TooManyEventsError when nothing is left."""
        self.days -= days
        if self.days < 0:
            raise TooManyEventsError


@dataclass(frozen=True)
class Rule:
    """A rule of repeats; `start` and `until` are wall times without a zone."""

    start: datetime
    until: datetime
    frequency: str
    interval: int
    count: int | None
    week_start: int
    filters: tuple[DayFilter, ...]
    times: tuple[time, ...]
    positions: tuple[int, ...]


def repeats(
    recur: Mapping[str, Any], start: date | datetime, first: date, last: date, budget: Budget
) -> list[date | datetime]:
    """When an event that begins at `start` repeats from day `first` to day `last`, in order.

    `recur` is a rule as icalendar reads it. ValueError for one that cannot be read, or that
    repeats more often than daily; TooManyEventsError when the budget is spent.
    """
    found = _moments(_rule(recur, start), first, last, budget)
    if isinstance(start, datetime):
        return [moment.replace(tzinfo=start.tzinfo) for moment in found]
    return [moment.date() for moment in found]


def _moments(rule: Rule, first: date, last: date, budget: Budget) -> Iterator[datetime]:
    for count, moment in enumerate(_every_moment(rule, first, last, budget), start=1):
        if moment.date() > last or moment > rule.until:
            return
        if rule.count is not None and count > rule.count:
            return
        if moment.date() >= first:
            yield moment


def _every_moment(rule: Rule, first: date, last: date, budget: Budget) -> Iterator[datetime]:
    """The moments of all periods (days, weeks, months or years) that reach into the days given.

    A rule with COUNT is counted from its start.
    """
    start_day = rule.start.date()
    begin = start_day if rule.count is not None else max(first, start_day)
    end = min(last, rule.until.date())

    start_number, begin_number = _period_number(rule, start_day), _period_number(rule, begin)
    skipped = -(begin_number - start_number) // rule.interval * -rule.interval
    for number in range(start_number + skipped, _period_number(rule, end) + 1, rule.interval):
        days = range(_first_day(rule, number), _first_day(rule, number + 1))
        budget.spend(len(days))
        for moment in _moments_of_period(rule, days):
            if moment >= rule.start:
                yield moment


def _moments_of_period(rule: Rule, days: range) -> list[datetime]:
    matching = [day for day in map(date.fromordinal, days) if _matches(rule, day)]
    moments = [datetime.combine(day, at) for day, at in product(matching, rule.times)]
    if not rule.positions:
        return moments

    count = len(moments)
    places = {place - 1 if place > 0 else count + place for place in rule.positions}
    return [moments[place] for place in sorted(places) if 0 <= place < count]


def _matches(rule: Rule, day: date) -> bool:
    return all(is_chosen(day) for is_chosen in rule.filters)


def _period_number(rule: Rule, day: date) -> int:
    if rule.frequency == "YEARLY":
        return day.year
    if rule.frequency == "MONTHLY":
        return day.year * 12 + day.month - 1
    if rule.frequency == "WEEKLY":
        return (day.toordinal() - 1 - rule.week_start) // 7
    return day.toordinal()


def _first_day(rule: Rule, number: int) -> int:
    """The ordinal of the first day of the period with this number."""
    if rule.frequency == "YEARLY":
        return date(number, 1, 1).toordinal()
    if rule.frequency == "MONTHLY":
        return date(number // 12, number % 12 + 1, 1).toordinal()
    if rule.frequency == "WEEKLY":
        return number * 7 + 1 + rule.week_start
    return number


# Reading a rule


def _rule(recur: Mapping[str, Any], start: date | datetime) -> Rule:
    parts = {str(name).upper(): values for name, values in recur.items()}
    frequency = str(parts["FREQ"][0]).upper()
    if frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError(frequency)
    wall = _wall_time(start)
    week_start = DAYS.index(str(parts.get("WKST", ["MO"])[0]).upper())
    return Rule(
        start=wall,
        until=_until(parts, start),
        frequency=frequency,
        interval=max(1, int(parts.get("INTERVAL", [1])[0])),
        count=int(parts["COUNT"][0]) if "COUNT" in parts else None,
        week_start=week_start,
        filters=tuple(_filters(parts, frequency, wall, week_start)),
        times=_times(parts, wall),
        positions=tuple(_numbers(parts, "BYSETPOS")),
    )


def _wall_time(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0)
    return datetime.combine(value, time())


def _until(parts: Mapping[str, Any], start: date | datetime) -> datetime:
    """The last moment, as wall time of the zone of `start`."""
    if "UNTIL" not in parts:
        return LATEST
    until: date | datetime = parts["UNTIL"][0]
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    if until.tzinfo is None:
        return until

    zone = start.tzinfo if isinstance(start, datetime) else None
    if zone is None:  # a whole day, or a time without a zone: until the end of that day
        return datetime.combine(until.date(), time.max)
    return until.astimezone(zone).replace(tzinfo=None)


def _times(parts: Mapping[str, Any], start: datetime) -> tuple[time, ...]:
    hours = _numbers(parts, "BYHOUR") or {start.hour}
    minutes = _numbers(parts, "BYMINUTE") or {start.minute}
    seconds = _numbers(parts, "BYSECOND") or {start.second}
    return tuple(sorted(time(*given) for given in product(hours, minutes, seconds)))


def _numbers(parts: Mapping[str, Any], name: str) -> set[int]:
    return {int(value) for value in parts.get(name, [])}


def _filters(
    parts: Mapping[str, Any], frequency: str, start: datetime, week_start: int
) -> Iterator[DayFilter]:
    """What a day must be so that the event takes place. RFC 5545 calls it "BYxxx rule parts"."""
    names_days = any(name in parts for name in NAMES_DAYS)
    months = _numbers(parts, "BYMONTH")
    if frequency == "YEARLY" and not names_days:
        months = months or {start.month}
    if months:
        yield lambda day: day.month in months

    month_days = _numbers(parts, "BYMONTHDAY")
    if frequency in ("MONTHLY", "YEARLY") and not names_days:
        month_days = {start.day}
    if month_days:
        yield lambda day: bool(month_days & _places_in_month(day))

    year_days = _numbers(parts, "BYYEARDAY")
    if year_days:
        yield lambda day: bool(year_days & _places_in_year(day))

    weeks = _numbers(parts, "BYWEEKNO")
    if weeks:
        yield lambda day: bool(weeks & _week_numbers(day, week_start))

    if "BYDAY" in parts or (frequency == "WEEKLY" and not names_days):
        yield _weekday_filter(parts, frequency, start)


def _weekday_filter(parts: Mapping[str, Any], frequency: str, start: datetime) -> DayFilter:
    """The days of the week; with a number before it, as in 2TU, of the month or of the year."""
    given = [str(value).upper() for value in parts.get("BYDAY", [DAYS[start.weekday()]])]
    pairs = [_place_and_weekday(text) for text in given]
    if frequency in ("DAILY", "WEEKLY"):
        pairs = [(0, weekday) for _place, weekday in pairs]
    wanted = set(pairs)
    any_place = {weekday for place, weekday in pairs if place == 0}
    is_of_year = frequency == "YEARLY" and "BYMONTH" not in parts
    places_of = _places_in_year if is_of_year else _places_in_month

    def is_chosen(day: date) -> bool:
        weekday = day.weekday()
        if weekday in any_place:
            return True
        before, behind = sorted(places_of(day), reverse=True)
        week_from_first, week_from_last = (before - 1) // 7 + 1, (-behind - 1) // 7 + 1
        return (week_from_first, weekday) in wanted or (-week_from_last, weekday) in wanted

    return is_chosen


def _place_and_weekday(text: str) -> tuple[int, int]:
    """2TU: the second Tuesday. 0 stands for every one."""
    found = WEEKDAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1] or 0), DAYS.index(found[2])


def _places_in_month(day: date) -> set[int]:
    """Counted from the first day, and from the last (-1)."""
    length = calendar.monthrange(day.year, day.month)[1]
    return {day.day, day.day - length - 1}


def _places_in_year(day: date) -> set[int]:
    place = day.timetuple().tm_yday
    return {place, place - _year_length(day.year) - 1}


def _year_length(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def _week_numbers(day: date, week_start: int) -> set[int]:
    """The number of the week, and counted from the last of its year (-1).

    A week is of the year in which its fourth day is.
    """
    into_week = (day.weekday() - week_start) % 7
    fourth_day = date.fromordinal(day.toordinal() - into_week + 3)
    place = fourth_day.timetuple().tm_yday
    weeks_behind = (_year_length(fourth_day.year) - place) // 7
    return {(place - 1) // 7 + 1, -weeks_behind - 1}
