"""The words of HR systems that are kept as data: no contradictions, nothing that is never found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from accounts.directory import data
from accounts.directory.columns.headings import key
from accounts.directory.data import load
from accounts.directory.mapping import FIELDS
from accounts.directory.values.places import country_code, plain_name, tab, zone_lines, zone_of
from accounts.directory.values.zones import windows_names, zone_named
from accounts.domain.names import plain

CODES = {line.split("\t")[0] for line in tab("iso3166.tab")}


def doubles(words: list[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]


def test_every_file_is_read_by_its_name() -> None:
    files = {path.stem for path in Path(data.__file__).parent.glob("*.toml")}
    assert files == {"cells", "columns", "dates", "headings", "names", "places", "zones"}
    assert all(load(name) for name in files)


def test_every_field_has_headings_and_no_heading_is_listed_twice() -> None:
    headings = load("headings")
    assert set(headings) == set(FIELDS)
    assert doubles([key(heading) for listed in headings.values() for heading in listed]) == []


@pytest.mark.parametrize("table", ["cities", "countries"])
def test_places_are_written_as_they_are_compared_and_listed_once(table: str) -> None:
    names = [name for listed in load("places")[table].values() for name in listed]
    assert [name for name in names if plain_name(name) != name] == []
    assert doubles(names) == []


def test_every_zone_exists_and_is_the_name_of_today() -> None:
    places, zones = load("places"), load("zones")
    current = {zone for _code, zone in zone_lines()}
    named = {*places["cities"], *places["main_zones"].values()}
    named |= {*zones["short"].values(), *zones["shown"]}
    shown = [name for names in zones["shown"].values() for name in names]
    assert doubles(shown) == []
    assert [name for name in shown if plain_name(name) != name] == []
    assert named - current == set()
    assert set(windows_names().values()) - available_timezones() == set()


def test_names_of_windows_lead_to_the_zones_of_today() -> None:
    current = {zone for _code, zone in zone_lines()}
    old = {zone for zone in windows_names().values() if not zone.startswith("Etc/")} - current
    assert old == set()
    assert all(zone_named(name) for name in windows_names())


def test_every_country_exists() -> None:
    places = load("places")
    assert (set(places["countries"]) | set(places["main_zones"])) - CODES == set()
    assert all(country_code(name) for listed in places["countries"].values() for name in listed)
    assert all(zone_of("", code) == zone for code, zone in places["main_zones"].items())


def test_a_status_is_here_or_left_and_not_both() -> None:
    cells = load("cells")
    words = [*cells["here"], *cells["left"]]
    assert doubles(words) == []
    assert [word for word in words if plain(word) != word] == []
    kinds = ("here_words", "on_leave_words", "kind_words", "neutral_words", "left_words", "not")
    single = [word for kind in kinds for word in cells[kind]]
    assert doubles(single) == []
    assert [word for word in single if plain(word) != word or " " in word] == []
