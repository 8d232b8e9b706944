"""A wrong event in a published calendar spoils no other one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.domain.calendars.reading import busy_times
from tests.accounts.test_calendar_reading import END, START, calendar, event, read

GOOD = event("DTSTART:20270203T090000Z", "DTEND:20270203T100000Z", uid="good@x")
LINES = {
    "DTSTART": "20270202T090000Z",
    "DTEND": "20270202T100000Z",
    "SEQUENCE": "1",
    "STATUS": "CONFIRMED",
    "TRANSP": "OPAQUE",
}
SECOND_LINES = {
    "UID": "another@x",
    "SEQUENCE": "2",
    "DTSTART": "20270302T090000Z",
    "DTEND": "20270302T100000Z",
    "STATUS": "CANCELLED",
    "TRANSP": "TRANSPARENT",
}
NO_MATTER = {
    "categories that are a date": "CATEGORIES;VALUE=DATE:20270202",
    "a line without a name": "nonsense\r\n: ;\r\n=?utf-8?",
    "what ends a line elsewhere": "SUMMARY:x\u2028END:VEVENT\u2028END:VCALENDAR",
    "a folded line": "SUMMARY:x\r\n END:VEVENT\r\n\tEND:VCALENDAR",
}
NAMES = (
    "UID DTSTART DTEND DURATION SEQUENCE RECURRENCE-ID RRULE RDATE EXDATE STATUS ATTENDEE"
    " CLASS GEO CATEGORIES DTSTAMP ATTACH"
)
WRONG = ["", "abc", "-1", "1.5", ";;;", "P", "99999999999999999999", "20270230T990000Z"]
FAR = ["00010101T000000Z", "99991231T235959Z"]
once_and_repeated = pytest.mark.parametrize(
    "rule", [[], ["RRULE:FREQ=DAILY;COUNT=1"]], ids=["once", "repeated"]
)


def lines_without(name: str = "") -> list[str]:
    """The lines of an event, but for one property."""
    return [f"{other}:{value}" for other, value in LINES.items() if other != name]


@once_and_repeated
@pytest.mark.parametrize("name", SECOND_LINES)
def test_of_two_lines_the_first_counts(name: str, rule: list[str]) -> None:
    odd = event(*lines_without(), *rule, f"{name}:{SECOND_LINES[name]}")
    for parts in ([odd, GOOD], [GOOD, odd]):
        assert read(calendar(*parts)) == ["02.02. 09:00-10:00", "03.02. 09:00-10:00"]


@pytest.mark.parametrize("what", NO_MATTER)
def test_what_says_nothing_of_times_spoils_nothing(what: str) -> None:
    odd = event(*lines_without(), NO_MATTER[what])
    for parts in ([odd, GOOD], [GOOD, odd]):
        assert read(calendar(*parts)) == ["02.02. 09:00-10:00", "03.02. 09:00-10:00"]


@once_and_repeated
@pytest.mark.parametrize("name", NAMES.split())
def test_a_wrong_value_spoils_no_other_event(name: str, rule: list[str]) -> None:
    left_out = "DTEND" if name == "DURATION" else name
    for value in (*WRONG, *FAR):
        for line in (f"{name}:{value}", f"{name};TZID=Nowhere:{value}"):
            odd = event(*lines_without(left_out), line, *rule)
            assert takes_the_time_of_good(calendar(odd, GOOD)), line
            assert takes_the_time_of_good(calendar(GOOD, odd)), line


def takes_the_time_of_good(content: bytes) -> bool:
    """Whether somebody is busy in the middle of GOOD."""
    moment = datetime(2027, 2, 3, 9, 30, tzinfo=UTC).timestamp()
    spans = busy_times(content, zone="Europe/Berlin", start=START, end=END)
    return any(first <= moment < last for first, last in spans)


@pytest.mark.parametrize("value", ["abc", "1.5", ";;;"])
def test_an_event_with_a_wrong_number_is_busy_all_the_same(value: str) -> None:
    odd = event(*lines_without("SEQUENCE"), f"SEQUENCE:{value}")
    assert read(calendar(odd)) == ["02.02. 09:00-10:00"]


ZONE = {
    "DTSTART": "19701025T030000",
    "TZOFFSETFROM": "+0200",
    "TZOFFSETTO": "+0100",
    "TZNAME": "CET",
    "RRULE": "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
}


def zone(lines: list[str], tzid: str = "TZID:Mine") -> str:
    standard = ["BEGIN:STANDARD", *lines, "END:STANDARD"]
    return "\r\n".join(["BEGIN:VTIMEZONE", tzid, *standard, "END:VTIMEZONE", ""])


@pytest.mark.parametrize("name", ZONE)
def test_a_wrong_zone_spoils_nothing_but_itself(name: str) -> None:
    others = [f"{other}:{value}" for other, value in ZONE.items() if other != name]
    repeated = [*others, f"{name}:{ZONE[name]}", f"{name}:{ZONE[name]}"]
    wrong = [[*others, f"{name}:{value}"] for value in (*WRONG, *FAR)]
    for lines in (others, repeated, *wrong):
        content = calendar(zone(lines), GOOD)
        assert takes_the_time_of_good(content), lines


@pytest.mark.parametrize("tzid", ["TZID:Mine\r\nTZID:Yours", "TZID:", "UID:1\r\nUID:2", "UID:1"])
def test_nor_does_a_zone_without_one_name(tzid: str) -> None:
    lines = [f"{name}:{value}" for name, value in ZONE.items()]
    assert takes_the_time_of_good(calendar(zone(lines, tzid), GOOD))


@pytest.mark.parametrize("name", ["Europe", "../../etc", "/etc", "", "a\r\nX-WR-TIMEZONE:b"])
def test_a_name_that_is_no_zone_spoils_nothing(name: str) -> None:
    assert takes_the_time_of_good(calendar(f"X-WR-TIMEZONE:{name}\r\n", GOOD))
    first = name.partition("\r")[0]
    odd = event(f"DTSTART;TZID={first}:20270202T090000", f"DTEND;TZID={first}:20270202T100000")
    assert takes_the_time_of_good(calendar(odd, GOOD))


@pytest.mark.parametrize("part", ["VFREEBUSY", "VTODO", "VJOURNAL", "VALARM", "X-PART"])
@pytest.mark.parametrize(
    "line",
    ["FREEBUSY:", "FREEBUSY:abc", "FREEBUSY:20270203T090000Z/P", "DTSTART:abc", "DURATION:abc"],
)
def test_a_wrong_part_of_another_kind_spoils_nothing(part: str, line: str) -> None:
    wrong = f"BEGIN:{part}\r\n{line}\r\nEND:{part}\r\n"
    assert takes_the_time_of_good(calendar(wrong, GOOD))
    inside = event(*lines_without(), wrong.rstrip())
    assert read(calendar(inside, GOOD)) == ["02.02. 09:00-10:00", "03.02. 09:00-10:00"]
