"""Repeats of events: the same as dateutil finds, with bounded work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from icalendar import vRecur

from accounts.domain.calendars import reading
from accounts.domain.calendars.repeats import Budget, TooManyEventsError, repeats
from tests.accounts.test_calendar_reading import calendar, event, read, zone_named

FIRST, LAST = date(2027, 1, 10), date(2028, 3, 15)
FIRST_DAY, NEXT_DAY, LAST_DAY = "20270202T090000Z", "20270203T090000Z", "20270204T090000Z"
RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3;COUNT=2000",
    "FREQ=DAILY;UNTIL=20270301T093000Z",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;BYHOUR=9,14;BYMINUTE=0,30",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO",
    "FREQ=WEEKLY;BYMONTH=3;COUNT=30",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=-1,15;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=2TU,-1FR",
    "FREQ=MONTHLY;BYDAY=5MO",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2,-2;BYHOUR=8,17",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=YEARLY;BYDAY=20MO,-1FR",
    "FREQ=YEARLY;BYYEARDAY=1,100,-1,366",
    "FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO,SU",
    "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=WE;WKST=SU",
    "FREQ=YEARLY;BYMONTH=1,2;BYSETPOS=1,-1;BYDAY=TH",
    "FREQ=YEARLY;INTERVAL=4;COUNT=3",
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("start", ["2019-01-31", "2024-02-29", "2026-12-30", "2027-05-13"])
def test_the_same_days_as_dateutil_finds(rule: str, start: str) -> None:
    begin = datetime.fromisoformat(f"{start}T09:30+00:00")
    first = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    behind = datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC) + timedelta(days=1)
    expected = rrulestr(rule, dtstart=begin).between(first, behind, inc=True)
    found = repeats(vRecur.from_ical(rule), begin, FIRST, LAST, Budget(100_000))
    assert found == expected


NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=WEEKLY;BYMONTHDAY=31;BYMONTH=2",
    "FREQ=MONTHLY;BYMONTH=2,4;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=4",
    "FREQ=YEARLY;INTERVAL=1000",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=DAILY;COUNT=1000000;BYMONTH=2;BYMONTHDAY=30",
]


@pytest.fixture
def days_examined(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many days each call examined; dateutil, which has no limit, may not expand any rule."""

    def refuse(*args: Any) -> Any:
        raise AssertionError("A rule of the file was expanded without a limit.")

    spent: list[int] = []

    class Counting(Budget):
        def spend(self, days: int) -> None:
            spent.append(days)
            super().spend(days)

    monkeypatch.setattr("dateutil.rrule.rrule._iter", refuse)
    monkeypatch.setattr(reading, "Budget", Counting)
    monkeypatch.setattr(reading, "MOST_WORK", 50_000)  # a tenth, so that the tests are quick
    return spent


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_matches_takes_no_more_work_than_the_period(
    rule: str, days_examined: list[int]
) -> None:
    never = event("DTSTART:20250204T090000Z", "DURATION:PT1H", f"RRULE:{rule}")
    good = event("DTSTART:20270202T090000Z", "DTEND:20270202T100000Z", uid="2@x")
    assert read(calendar(never, good)) == ["02.02. 09:00-10:00"]
    assert sum(days_examined) < 1_500


@pytest.mark.broad
@pytest.mark.parametrize("rule", NEVER)
def test_the_work_of_all_rules_together_has_a_limit(rule: str, days_examined: list[int]) -> None:
    lines = ["DTSTART:19700203T090000Z", "DURATION:PT1H", f"RRULE:{rule}"]
    hostile = [event(*lines, uid=f"{number}@x") for number in range(300)]
    try:
        assert read(calendar(*hostile)) == []
    except TooManyEventsError:
        assert sum(days_examined) < reading.MOST_WORK + 1_000
    assert sum(days_examined) < reading.MOST_WORK + 1_000


def test_a_long_event_is_not_looked_for_in_centuries(days_examined: list[int]) -> None:
    lines = ["DTSTART:19700203T090000Z", "DURATION:P20000D", "RRULE:FREQ=DAILY"]
    hostile = [event(*lines, uid=f"{number}@x") for number in range(100)]
    with pytest.raises(TooManyEventsError):
        read(calendar(*hostile))
    assert sum(days_examined) < reading.MOST_WORK + 120_000


@pytest.mark.broad
def test_many_changes_of_one_series_are_counted(days_examined: list[int]) -> None:
    series = event("DTSTART:20270201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    change = ["DURATION:PT1H", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270203T090000Z"]
    changes = [event(f"DTSTART:20270203T0900{n % 60:02}Z", *change) for n in range(2_000)]
    with pytest.raises(TooManyEventsError):
        read(calendar(series, *changes))


@pytest.fixture
def values_copied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many values and alarms each event has that is expanded: every repeat copies them."""
    counted: list[int] = []
    expand = reading.LenientQuery

    def count(part: Any, **options: Any) -> Any:
        for given in part.walk("VEVENT"):
            values = [len(value) if isinstance(value, list) else 1 for value in given.values()]
            counted.append(sum(values) + len(given.subcomponents))
        return expand(part, **options)

    monkeypatch.setattr(reading, "LenientQuery", count)
    return counted


@pytest.fixture
def attendees_compared(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    compared: list[Any] = []
    is_refusal_of = reading._is_refusal_of

    def count(owner: str, attendee: Any) -> bool:
        compared.append(attendee)
        return is_refusal_of(owner, attendee)

    monkeypatch.setattr(reading, "_is_refusal_of", count)
    return compared


@pytest.mark.parametrize(
    "line",
    [
        "ATTENDEE:mailto:a@x.example",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@x.example",
        "TRANSP:OPAQUE",
        "X-OTHER-{number}:1",
        "ATTACH:https://x.example/{number}",
        "BEGIN:VALARM\r\nTRIGGER:-PT{number}M\r\nACTION:AUDIO\r\nEND:VALARM",
    ],
)
def test_what_says_nothing_of_times_is_not_copied_for_every_repeat(
    line: str, values_copied: list[int], attendees_compared: list[Any]
) -> None:
    lines = [line.format(number=number) for number in range(100)]
    times = [f"DTSTART:{FIRST_DAY}", "DURATION:PT1H"]
    series = event(*times, f"RDATE:{NEXT_DAY},{LAST_DAY}", *lines)
    change = event(*times, f"RECURRENCE-ID:{FIRST_DAY}", *lines)
    found = read(calendar(series, change), owner="me@x.example")
    assert found == ["02.02. 09:00-10:00", "03.02. 09:00-10:00", "04.02. 09:00-10:00"]
    assert len(values_copied) == 2
    assert max(values_copied) < 10
    assert len(attendees_compared) <= 200


def test_an_owner_who_declined_among_many_is_free_at_every_repeat(
    attendees_compared: list[Any],
) -> None:
    attendees = [f"ATTENDEE:mailto:{number}@x.example" for number in range(100)]
    refusal = "ATTENDEE;PARTSTAT=DECLINED:mailto:me@x.example"
    series = event(
        f"DTSTART:{FIRST_DAY}", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=50", *attendees, refusal
    )
    accepted = event(
        f"RECURRENCE-ID:{NEXT_DAY}", f"DTSTART:{NEXT_DAY}", "DURATION:PT1H", *attendees
    )
    found = read(calendar(series, accepted), owner="me@x.example")
    assert found == ["03.02. 09:00-10:00"]
    assert len(attendees_compared) <= 201


@pytest.mark.parametrize("rule", [*NEVER, "FREQ=SECONDLY", "FREQ=HOURLY;COUNT=100000000"])
def test_rules_of_zones_are_bounded_too(rule: str, days_examined: list[int]) -> None:
    zone = zone_named("Own Zone", "+0900", rule=rule).replace(
        "END:VTIMEZONE",
        "BEGIN:DAYLIGHT\r\nDTSTART:19800101T000000\r\nTZOFFSETFROM:+0900\r\n"
        f"TZOFFSETTO:+1000\r\nRRULE:{rule}\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE",
    )
    found = read(calendar(zone, event("DTSTART;TZID=Own Zone:20270202T090000", "DURATION:PT1H")))
    assert found == ["01.02. 23:00-00:00"]
    assert sum(days_examined) < 50_000


OUTLOOK = (
    "BEGIN:VTIMEZONE\r\nTZID:Company Time\r\n"
    "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\n"
    "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\n"
    "TZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
    "END:VTIMEZONE\r\n"
)
ENDED = (
    "BEGIN:VTIMEZONE\r\nTZID:Company Time\r\n"
    "BEGIN:STANDARD\r\nDTSTART:19801026T030000\r\nTZOFFSETFROM:+0200\r\n"
    "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;UNTIL=20101031T010000Z;BYDAY=-1SU;BYMONTH=10\r\n"
    "END:STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19810329T020000\r\nTZOFFSETFROM:+0100\r\n"
    "TZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;UNTIL=20100328T010000Z;BYDAY=-1SU;BYMONTH=3\r\n"
    "END:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
)


def test_zones_that_a_file_defines_change_between_summer_and_winter() -> None:
    lines = ["DTSTART;TZID=Company Time:20240105T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"]
    found = read(calendar(OUTLOOK, event(*lines)))
    assert found[0] == "05.02. 09:00-10:00"
    assert found[-1] == "30.04. 08:00-09:00"


def test_zones_whose_changes_have_ended_keep_the_last() -> None:
    lines = ["DTSTART;TZID=Company Time:20240105T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"]
    found = read(calendar(ENDED, event(*lines)))
    assert (found[0], found[-1]) == ("05.02. 09:00-10:00", "30.04. 09:00-10:00")
