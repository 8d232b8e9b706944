"""Dates and time zones as many systems write them."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.directory.values.dates import DateReader
from accounts.directory.values.places import zone_of
from accounts.directory.values.zones import zone_named

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-03-31", date(2020, 3, 31)),
        ("2020-03-31 00:00:00", date(2020, 3, 31)),
        ("2020-03-31T09:30:00Z", date(2020, 3, 31)),
        ("31.03.2020", date(2020, 3, 31)),
        ("31.3.20", date(2020, 3, 31)),
        ("20200331", date(2020, 3, 31)),
        ("31-Mar-2020", date(2020, 3, 31)),
        ("Mar 31, 2020", date(2020, 3, 31)),
        ("43921", date(2020, 3, 31)),
        ("03/31/2020", date(2020, 3, 31)),
        ("31.02.2020", None),
        ("2120-01-01", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_dates_are_read_in_many_forms(text: str, day: date | None) -> None:
    assert DateReader(today=TODAY).read(text) == day


def test_the_whole_column_decides_whether_the_day_or_the_month_is_first() -> None:
    reader = DateReader()
    reader.learn(["03/04/2020", "31/04/2020"])
    assert reader.read("03/04/2020") == date(2020, 4, 3)
    reader = DateReader()
    reader.learn(["03/04/2020", "04/31/2020"])
    assert reader.read("03/04/2020") == date(2020, 3, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17-JUN-13", date(2013, 6, 17)),
        ("13-JAN-99", date(1999, 1, 13)),
        ("17-JUN-13 12.00.00.000000000 AM", date(2013, 6, 17)),
        ("1. März 2019", date(2019, 3, 1)),
        ("1.März 2019", date(2019, 3, 1)),
        ("15. Okt. 2020", date(2020, 10, 15)),
        ("5. Mai 2020", date(2020, 5, 5)),
        ("Mo, 1. Jänner 2018", date(2018, 1, 1)),
        ("Dez 3 2020", date(2020, 12, 3)),
        ("Monday, March 4th, 2019", date(2019, 3, 4)),
        ("2019-Mar-04", date(2019, 3, 4)),
        ("43831", date(2020, 1, 1)),
        ("43831.0", date(2020, 1, 1)),
        ("43831.3333333333", date(2020, 1, 1)),
        ("43831,5", date(2020, 1, 1)),
        ("15/06/65", date(1965, 6, 15)),
        ("21/06/71", date(1971, 6, 21)),
        ("30.11.26", date(2026, 11, 30)),
        ("3/31/2020 12:00:00 AM", date(2020, 3, 31)),
        ("2020-03-31T09:30:00+02:00", date(2020, 3, 31)),
        ("99-01-13", date(1999, 1, 13)),
        ("01.12.26", None),  # the year is not told: nobody was hired in 1926
        ("17-JUX-13", None),
        ("June 2013", None),
        ("13/13/2020", None),
        ("1/1/200", None),
        ("99999999999", None),
    ],
)
def test_dates_of_many_systems(text: str, day: date | None) -> None:
    assert DateReader(past=True, today=TODAY).read(text) == day


@pytest.mark.parametrize("text", ["03/04/2019", "3-4-19", "03/04/2019 00:00"])
def test_a_day_that_may_be_two_is_not_read(text: str) -> None:
    reader = DateReader()
    reader.learn([text, "2020-03-31", "05/05/2020"])
    assert (reader.read(text), reader.unclear) == (None, text)
    assert reader.read("05/05/2020") == date(2020, 5, 5)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("20-03-11", {date(2011, 3, 20), date(2020, 3, 11)}),
        ("20/03/11", {date(2011, 3, 20), date(2020, 3, 11)}),
        ("20.03.11", {date(2011, 3, 20), date(2020, 3, 11)}),
        ("19/12/13 00:00", {date(2013, 12, 19), date(2019, 12, 13)}),
        ("11-03-20", {date(2020, 3, 11), date(2020, 11, 3), date(2011, 3, 20)}),
        ("01.12.26", {date(2026, 12, 1), date(2001, 12, 26)}),
        ("05-05-11", {date(2011, 5, 5), date(2005, 5, 11)}),
    ],
)
def test_a_year_of_two_digits_may_be_first_or_last(text: str, days: set[date]) -> None:
    reader = DateReader(past=True, today=TODAY)
    reader.learn([text, "2020-03-31"])
    assert (reader.read(text), reader.unclear) == (None, text)
    meant = {order: DateReader(order, today=TODAY).read(text) for order in ("day", "month", "year")}
    assert days <= set(meant.values())


@pytest.mark.parametrize(
    ("others", "day"),
    [
        (["19-12-31"], date(2020, 3, 11)),
        (["99-01-13"], date(2020, 3, 11)),
        (["31-12-19"], date(2011, 3, 20)),
        (["15-06-65"], date(2011, 3, 20)),
        (["19-12-31", "31-12-19"], None),
        (["10-11-12"], None),
    ],
)
def test_the_whole_column_decides_where_the_year_is(others: list[str], day: date | None) -> None:
    reader = DateReader(past=True, today=TODAY)
    reader.learn(["20-03-11", *others])
    assert reader.read("20-03-11") == day


@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("year", "20-03-11", date(2020, 3, 11)),
        ("day", "20-03-11", date(2011, 3, 20)),
        ("month", "20-03-11", None),
        ("year", "03/04/2019", None),  # the year is not first, and the rest is not told
        ("year", "03.04.2019", date(2019, 4, 3)),
        ("month", "03.04.2019", date(2019, 4, 3)),
        ("month", "2019-04-03", date(2019, 4, 3)),
    ],
)
def test_the_order_that_was_chosen_counts(order: str, text: str, day: date | None) -> None:
    assert DateReader(order, past=True, today=TODAY).read(text) == day


def test_a_serial_number_of_a_hire_long_ago_is_no_date() -> None:
    assert DateReader(past=True, today=TODAY).read("10319") is None  # 01.03.19 without its zero


def test_a_column_in_two_orders_is_not_read_either() -> None:
    reader = DateReader()
    reader.learn(["03/04/2019", "31/04/2019", "04/31/2019"])
    assert (reader.read("03/04/2019"), reader.unclear) == (None, "03/04/2019")


@pytest.mark.parametrize(
    ("city", "country", "zone"),
    [
        ("Seattle", "United States of America", "America/Los_Angeles"),
        ("South San Francisco", "USA", "America/Los_Angeles"),
        ("Southlake", "US", "America/Chicago"),
        ("Oxford", "United Kingdom of Great Britain and Northern Ireland", "Europe/London"),
        ("München", "", "Europe/Berlin"),
        ("Toronto", "Canada", "America/Toronto"),
        ("Kleinkleckersdorf", "Deutschland", "Europe/Berlin"),
        ("London", "Canada", ""),  # there is one, and it is not in Britain
        ("Springfield", "USA", ""),
        ("", "", ""),
    ],
)
def test_places_tell_the_time_zone_or_nothing(city: str, country: str, zone: str) -> None:
    assert zone_of(city, country) == zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("(UTC+01:00) Europe/Berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("india daylight time", "Asia/Kolkata"),
        ("FLE Standard Time", "Europe/Kyiv"),
        ("CET", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("Mars/Olympus", ""),
    ],
)
def test_time_zones_are_known_by_several_names(text: str, zone: str) -> None:
    assert zone_named(text) == zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("US/Pacific", "America/Los_Angeles"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Canada/Eastern", "America/Toronto"),
        ("Europe/Oslo", "Europe/Oslo"),
        ("Singapore", "Asia/Singapore"),
        ("EST5EDT", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(GMT-07:00) Arizona", "America/Phoenix"),
        ("(UTC-06:00) Guadalajara, Mexico City, Monterrey", "America/Mexico_City"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
        ("(UTC+01:00) W. Europe Standard Time", "Europe/Berlin"),
        ("Pacific Daylight Time", "America/Los_Angeles"),
        ("GMT Standard Time", "Europe/London"),
        ("GMT-08:00 Pacific Time (Los Angeles)", "America/Los_Angeles"),
        ("GMT+01:00 Central European Time (Berlin)", "Europe/Berlin"),
        ("GMT+01:00 Central European Time (Paris)", "Europe/Paris"),
        ("GMT+01:00 Central European Time", "Europe/Berlin"),
        ("Copenhagen", "Europe/Copenhagen"),
        ("Kuala Lumpur", "Asia/Kuala_Lumpur"),
        ("UTC+1", ""),
        ("(UTC+01:00)", ""),
        ("GMT+01:00", ""),
        ("somewhere", ""),
    ],
)
def test_zones_of_windows_rails_and_others(text: str, zone: str) -> None:
    assert zone_named(text) == zone
