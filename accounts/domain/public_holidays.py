"""Public holidays where people are: by their location where it tells, else by their time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from django.utils.translation import get_language

from accounts.directory.values.places import city_zones, country_code, plain_name, zone_lines
from accounts.models import User

SEPARATORS = re.compile(r"[,;/|()]| [-–] ")
LONGEST_CODE = 3  # "TX", "NSW": what is longer is a name
# names of regions that are better known as cities elsewhere
AMBIGUOUS = {("US", "washington")}


class Place(NamedTuple):
    """A country, and its region where that is certain; codes of ISO 3166, "" for unknown."""

    country: str
    region: str = ""


def between(person: User, first: date, last: date) -> Iterator[tuple[date, str]]:
    """The public holidays of a person with their names, from one day to another, in order."""
    place = place_of(person.location, person.time_zone)
    for year in range(first.year, last.year + 1):
        for day, name in _holidays(place, year, get_language() or ""):
            if first <= day <= last:
                yield day, name


def on(person: User, day: date) -> str:
    """The name of the public holiday that a person has on this day, or ""."""
    return next((name for _day, name in between(person, day, day)), "")


def in_zone(zone: str, day: date) -> str:
    """The name of the public holiday that a time zone's country has on this day, or ""."""
    holidays = _holidays(place_of("", zone), day.year, get_language() or "")
    return next((name for holiday, name in holidays if holiday == day), "")


@lru_cache(maxsize=2_000)
def place_of(location: str, zone: str) -> Place:
    """Where somebody is.

    A country or a region of the zone's country that the location names comes first, then its city,
    then the zone.
    """
    parts = [part.strip() for part in SEPARATORS.split(location) if part.strip()]
    home = _country_of_zone(zone)
    region, region_name = _region(home, parts)
    named = _named_country([part for part in parts if part != region_name])
    if region and named in ("", home):
        return Place(home, region)

    country = named or _named_country(parts) or _coded(parts) or _country_of_city(parts) or home
    return Place(country, _region(country, parts)[0])


def _named_country(parts: list[str]) -> str:
    names = [part for part in parts if len(part) > LONGEST_CODE]
    return next(filter(None, map(country_code, names)), "")


def _coded(parts: list[str]) -> str:
    """The country whose code stands behind the city."""
    codes = [part for part in parts[1:] if len(part) <= LONGEST_CODE]
    return next(filter(None, map(country_code, codes)), "")


def _country_of_city(parts: list[str]) -> str:
    zones = (city_zones().get(plain_name(part), "") for part in parts[:1])
    return next((_country_of_zone(zone) for zone in zones if zone), "")


@cache
def _country_of_zone(zone: str) -> str:
    return next((code for code, name in zone_lines() if name == zone), "")


def _region(country: str, parts: list[str]) -> tuple[str, str]:
    """The region that one of the parts names exactly, with that part; a code is never first."""
    by_name = _regions(country)
    for number, part in enumerate(parts):
        is_code = len(part) <= LONGEST_CODE
        name = part if is_code else plain_name(part)
        if (number or not is_code) and name in by_name:
            return by_name[name], part
    return "", ""


@cache
def _regions(country: str) -> dict[str, str]:
    """The regions of a country by plain name and by code."""
    from holidays import country_holidays  # slow to import

    try:
        calendar = country_holidays(country)
    except NotImplementedError:  # the country is unknown there
        return {}
    regions = {
        code if len(code) <= LONGEST_CODE else plain_name(code): code
        for code in calendar.subdivisions
    }
    for name, code in calendar.subdivisions_aliases.items():
        if (country, plain_name(name)) not in AMBIGUOUS:
            regions.setdefault(plain_name(name), code)
    return regions


@lru_cache(maxsize=2_000)
def _holidays(place: Place, year: int, language: str) -> list[tuple[date, str]]:
    """The holidays of a year, in order, in the language where the library has it."""
    from holidays import country_holidays

    try:
        calendar = country_holidays(place.country, subdiv=place.region or None)
    except NotImplementedError:
        return []
    wanted = "en_US" if language.startswith("en") else language.partition("-")[0]
    has_language = wanted in calendar.supported_languages
    named = country_holidays(
        place.country,
        subdiv=place.region or None,
        years=year,
        language=wanted if has_language else None,
    )
    return sorted(named.items())
