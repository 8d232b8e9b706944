"""Time zones as HR systems name them."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from zoneinfo import available_timezones

from tzlocal.windows_tz import win_tz

from accounts.directory.data import load
from accounts.directory.values.places import by_name, city_zones, plain_name, tab, zone_countries
from accounts.domain.names import plain

IANA_NAME = re.compile(r"[A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)+")
# What stands before a name: UTC or GMT, mostly with hours and in brackets.
OFFSET = re.compile(r"^\(?(?:UTC|GMT)\s*(?:[+\-\u2212]\d{1,2}(?::?\d{2})?)?\)?\s+", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")


@lru_cache(maxsize=1_000)
def zone_named(text: str) -> str:
    """The IANA name of today in or behind a text, or "".

    Understood are "Europe/Berlin", "(UTC+01:00) Europe/Berlin", "W. Europe Standard Time", "CET",
    "(GMT-05:00) Eastern Time (US & Canada)" and "GMT United Kingdom Time (London)".
    """
    readers = (iana_zone_in, short_zone, windows_zone, zone_in_brackets, shown_zone, zone_of_cities)
    for read in readers:
        found = read(text)
        if found:
            return current(found)
    return ""


def iana_zone_in(text: str) -> str:
    """The IANA name that a text is or contains, or ""."""
    names = iana_names()
    for candidate in (text, *IANA_NAME.findall(text)):
        found = names.get(candidate.strip().lower())
        if found:
            return found
    return ""


def short_zone(text: str) -> str:
    """The zone of an abbreviation or of an old name without an area: "CET", "Singapore"."""
    word = text.strip()
    short: dict[str, str] = load("zones")["short"]
    return short.get(plain(word)) or links().get(word, "")


def windows_zone(text: str) -> str:
    """The zone of a name of Windows, or ""."""
    name = plain(OFFSET.sub("", text)).strip()
    names = windows_names()
    for candidate in (plain(text).strip(), name):
        standard = candidate.replace(" daylight time", " standard time")
        if standard in names:
            return names[standard]
    return ""


def zone_in_brackets(text: str) -> str:
    """The zone of a city in brackets at the end, or ""."""
    found = IN_BRACKETS.search(text)
    return city_zones().get(plain_name(found[1]), "") if found else ""


def shown_zone(text: str) -> str:
    """The zone of what Windows, Rails and Workday show of it, or ""."""
    name = OFFSET.sub("", text)
    names = shown_names()
    return names.get(plain_name(name)) or names.get(plain_name(IN_BRACKETS.sub("", name)), "")


def zone_of_cities(text: str) -> str:
    """The zone of the first city in a list that is known, or ""."""
    cities = OFFSET.sub("", text).split(",")
    zones = [city_zones().get(plain_name(city), "") for city in cities]
    return next(filter(None, zones), "")


def current(zone: str) -> str:
    """The name of a zone today: US/Pacific is America/Los_Angeles, Europe/Kiev is Europe/Kyiv."""
    if zone in zone_countries():
        return zone
    target = links().get(zone, "")
    return target if target in zone_countries() else zone


@cache
def iana_names() -> dict[str, str]:
    """The zones with an area, and UTC, by their names in lower case."""
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}


@cache
def links() -> dict[str, str]:
    """Other names of zones with the zones that they lead to. Source: the tz database."""
    lines = [line.split() for line in tab("tzdata.zi") if line.startswith("L ")]
    return {other: zone for _letter, zone, other in lines}


@cache
def windows_names() -> dict[str, str]:
    """The zones by the names of Windows in lower case. Source: Unicode CLDR, by tzlocal."""
    return {plain(name): current(zone) for name, zone in win_tz.items()}


@cache
def shown_names() -> dict[str, str]:
    """The zones by what Windows and Rails show of them, plain."""
    return by_name(load("zones")["shown"])
