"""When somebody is busy according to a calendar from anywhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accounts.domain.calendars import reading
from accounts.domain.calendars.reading import NotACalendarError, busy_times
from accounts.domain.calendars.repeats import TooManyEventsError

START = datetime(2027, 2, 1, tzinfo=UTC)
END = START + timedelta(days=90)


def event(*lines: str, uid: str = "1@x") -> str:
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            "DTSTAMP:20270101T000000Z",
            "SUMMARY:Dentist",
            *lines,
            "END:VEVENT",
            "",
        ]
    )


def calendar(*parts: str) -> bytes:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + "".join(parts) + "END:VCALENDAR\r\n"
    ).encode()


CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="the files of others are not here")


def read(content: bytes, zone: str = "Europe/Berlin", **options: str) -> list[str]:
    """As "day hour:minute-hour:minute" in UTC."""
    spans = busy_times(content, zone=zone, start=START, end=END, **options)
    moments = [[datetime.fromtimestamp(moment, UTC) for moment in span] for span in spans]
    return [f"{first:%d.%m. %H:%M}-{last:%H:%M}" for first, last in moments]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["DTSTART:20270202T090000Z", "DTEND:20270202T100000Z"], ["02.02. 09:00-10:00"]),
        (
            ["DTSTART;TZID=America/New_York:20270202T090000", "DURATION:PT30M"],
            ["02.02. 14:00-14:30"],
        ),
        (
            ["DTSTART:20270202T090000", "DTEND:20270202T100000"],
            ["02.02. 08:00-09:00"],
        ),  # floating: the person's own zone
        (["DTSTART;VALUE=DATE:20270203"], ["02.02. 23:00-23:00"]),  # the whole day in Berlin
        (["DTSTART:20270202T090000Z", "DTEND:20270202T100000Z", "TRANSP:TRANSPARENT"], []),
        (["DTSTART:20270202T090000Z", "DTEND:20270202T100000Z", "STATUS:CANCELLED"], []),
        (
            [
                "DTSTART:20270202T090000Z",
                "DTEND:20270202T100000Z",
                "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            ],
            [],
        ),
        (["DTSTART:20270202T090000Z"], []),  # no length
        (
            ["DTSTART:20270131T230000Z", "DTEND:20270201T010000Z"],
            ["01.02. 00:00-01:00"],
        ),  # cut at the edge
        (["DTSTART:20261231T230000Z", "DTEND:20270101T010000Z"], []),
        (["DTSTART:nonsense", "DTEND:20270202T100000Z"], []),
        (["DTSTART:20270202T090000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY"], []),
        (["DTSTART:20270202T090000Z", "DURATION:PT1H", "RRULE:FREQ=NONSENSE"], []),
        (["DTSTART:00010101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"], []),
    ],
)
def test_one_event(lines: list[str], found: list[str]) -> None:
    assert read(calendar(event(*lines))) == found


def test_repeats_keep_their_wall_time_and_leave_out_what_was_cancelled_or_moved() -> None:
    series = event(
        "DTSTART;TZID=Europe/Berlin:20270323T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Berlin:20270406T100000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20270413T100000",
        "DTSTART;TZID=Europe/Berlin:20270413T150000",
        "DURATION:PT1H",
    )
    assert read(calendar(series, moved)) == [
        "23.03. 09:00-10:00",
        "30.03. 08:00-09:00",
        "13.04. 13:00-14:00",
    ]


def test_our_own_invitations_take_no_time_twice() -> None:
    ours = event("DTSTART:20270202T090000Z", "DURATION:PT1H", uid="abc@upstream.example")
    assert read(calendar(ours), but_uids_of="upstream.example") == []


def test_a_calendar_of_busy_times_alone() -> None:
    part = (
        "BEGIN:VFREEBUSY\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
        "FREEBUSY:20270202T090000Z/20270202T100000Z,20270203T090000Z/PT30M\r\n"
        "FREEBUSY;FBTYPE=FREE:20270204T090000Z/PT30M\r\nEND:VFREEBUSY\r\n"
    )
    assert read(calendar(part)) == ["02.02. 09:00-10:00", "03.02. 09:00-09:30"]


def test_times_that_touch_are_one_and_nothing_but_times_is_kept() -> None:
    parts = [
        event(f"DTSTART:2027020{n}T090000Z", f"DTEND:2027020{n}T{10 + n}0000Z", uid=f"{n}@x")
        for n in (2, 2, 3)
    ]
    spans = busy_times(calendar(*parts), zone="UTC", start=START, end=END)
    assert len(spans) == 2
    assert all(isinstance(moment, int) for span in spans for moment in span)


def test_a_broken_event_spoils_no_other() -> None:
    good = event("DTSTART:20270202T090000Z", "DTEND:20270202T100000Z", uid="2@x")
    assert read(calendar(event("DTSTART;VALUE=DATE:2027"), event("RRULE:FREQ=DAILY"), good)) == [
        "02.02. 09:00-10:00"
    ]


@pytest.mark.parametrize(
    "content", [b"", b"<html>Sign in</html>", b"BEGIN:VCALENDAR", bytes(range(256))]
)
def test_what_is_no_calendar_says_so(content: bytes) -> None:
    with pytest.raises(NotACalendarError):
        busy_times(content, zone="UTC", start=START, end=END)


def test_a_calendar_without_measure_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.domain.calendars.reading.MOST_TIMES", 20)
    daily = event("DTSTART:20270101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    with pytest.raises(TooManyEventsError):
        busy_times(calendar(daily), zone="UTC", start=START, end=END)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYHOUR=1,2,3,4,5",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2",
        "FREQ=YEARLY;BYSECOND=0,1,2,3,4",
    ],
)
def test_what_repeats_more_often_than_meetings_do_is_left_out(rule: str) -> None:
    assert read(calendar(event("DTSTART:20270202T090000Z", "DURATION:PT1M", f"RRULE:{rule}"))) == []


def test_no_more_repeats_are_expanded_at_once_than_memory_has_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    daily = [
        event("DTSTART:20270101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", uid=f"{n}@x")
        for n in range(5)
    ]
    whole = read(calendar(*daily))
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 150)  # two series at a time
    assert read(calendar(*daily)) == whole


@pytest.mark.broad
def test_dates_of_repeats_are_counted_before_they_are_expanded() -> None:
    days = ",".join(["20270203T090000Z"] * (reading.MOST_TIMES + 1))
    with pytest.raises(TooManyEventsError):
        read(calendar(event("DTSTART:20270202T090000Z", "DURATION:PT1H", f"RDATE:{days}")))


def zone_named(name: str, offset: str, first: str = "19700101T000000", rule: str = "") -> str:
    lines = [
        "BEGIN:VTIMEZONE",
        f"TZID:{name}",
        "BEGIN:STANDARD",
        f"DTSTART:{first}",
        f"TZOFFSETFROM:{offset}",
        f"TZOFFSETTO:{offset}",
        *([f"RRULE:{rule}"] if rule else []),
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]
    return "\r\n".join(lines)


SAME_ZONE_NAME = {
    offset: calendar(
        zone_named("Own Zone", offset),
        event("DTSTART;TZID=Own Zone:20270202T090000", "DURATION:PT1H"),
    )
    for offset in ("+0100", "+0900")
}
FOUND = {"+0100": ["02.02. 08:00-09:00"], "+0900": ["02.02. 00:00-01:00"]}


@pytest.mark.parametrize("order", [("+0100", "+0900"), ("+0900", "+0100")])
def test_the_zone_definitions_of_one_file_do_not_shift_another(order: tuple[str, str]) -> None:
    for offset in order:
        assert read(SAME_ZONE_NAME[offset]) == FOUND[offset]


def test_a_zone_that_only_another_file_defines_is_unknown() -> None:
    read(SAME_ZONE_NAME["+0900"])
    undefined = calendar(event("DTSTART;TZID=Own Zone:20270202T090000", "DURATION:PT1H"))
    assert read(undefined, zone="Europe/Berlin") == ["02.02. 08:00-09:00"]


def test_files_read_by_threads_at_once_keep_their_own_zones() -> None:
    offsets = ["+0100", "+0900"] * 20
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda offset: read(SAME_ZONE_NAME[offset]), offsets))
    assert found == [FOUND[offset] for offset in offsets]


TIMES = ("DTSTART:20270202T090000Z", "DTEND:20270202T100000Z")
BUSY = ["02.02. 09:00-10:00"]


@pytest.mark.parametrize(
    ("attendee", "found"),
    [
        ("ATTENDEE;CN=Me;PARTSTAT=DECLINED:mailto:me@x.example", []),
        ("ATTENDEE;PARTSTAT=declined:MAILTO:Me@X.Example", []),
        ("ATTENDEE;EMAIL=me@x.example;PARTSTAT=DECLINED:urn:uuid:1", []),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:else@x.example", BUSY),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:me@x.example", BUSY),
        ("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:me@x.example", BUSY),
        ("ATTENDEE:mailto:me@x.example", BUSY),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:", BUSY),
    ],
)
def test_what_the_owner_declined_is_free(attendee: str, found: list[str]) -> None:
    other = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:other@x.example"
    assert read(calendar(event(*TIMES, other, attendee)), owner="me@x.example") == found


def test_one_occurrence_that_the_owner_declined_is_free() -> None:
    series = event("DTSTART:20270202T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3")
    declined = event(
        "RECURRENCE-ID:20270203T090000Z",
        "DTSTART:20270203T090000Z",
        "DURATION:PT1H",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:me@x.example",
    )
    found = read(calendar(series, declined), owner="me@x.example")
    assert found == ["02.02. 09:00-10:00", "04.02. 09:00-10:00"]


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("America/New_York", "02.02. 14:00-15:00"),
        ("Eastern Standard Time", "02.02. 14:00-15:00"),
        ("Nowhere/Else", "02.02. 08:00-09:00"),
        ("", "02.02. 08:00-09:00"),
    ],
)
def test_times_without_a_zone_are_of_the_calendar_s_zone(zone: str, found: str) -> None:
    floating = event("DTSTART:20270202T090000", "DTEND:20270202T100000")
    whole_day = event("DTSTART;VALUE=DATE:20270205", uid="2@x")
    content = calendar(f"X-WR-TIMEZONE:{zone}\r\n", floating, whole_day)
    assert read(content) == [found, "04.02. 23:00-23:00"]


@needs_cases
def test_files_of_other_systems() -> None:
    year = {"start": datetime(2027, 1, 1, tzinfo=UTC), "end": datetime(2027, 2, 1, tzinfo=UTC)}
    declined = (CASES / "21-declined.ics").read_bytes()
    kept = busy_times(declined, zone="UTC", owner="magnus.lehmann@halden.example", **year)
    days = [datetime.fromtimestamp(first, UTC).day for first, _last in kept]
    assert days == [12, 13]
    floating = (CASES / "24-floating-with-wr-timezone.ics").read_bytes()
    ((first, _last),) = busy_times(floating, zone="Europe/Berlin", **year)
    assert datetime.fromtimestamp(first, UTC).hour == 14
