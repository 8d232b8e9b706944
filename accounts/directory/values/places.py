"""From a city or a country to a time zone, as far as that can be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources

from accounts.directory.data import load
from accounts.domain.names import words


@lru_cache(maxsize=5_000)
def zone_of(city: str, country: str) -> str:
    """The IANA zone of a place, or "" where it cannot be told.

    The city decides where it is known and its country does not contradict; else a country that has
    one zone, or nearly. Both are compared without accents and case. Source of countries and zone
    names: the tz database's zone.tab.
    """
    code = country_code(country)
    city_zone = city_zones().get(plain_name(city.partition(",")[0]), "")
    if city_zone:
        fits_country = not code or code in zone_countries().get(city_zone, {code})
        if fits_country:
            return city_zone
    return country_zones().get(code, "")


def country_code(country: str) -> str:
    """The two letters of a country given by name or code, or ""."""
    return country_names().get(plain_name(country), "")


def plain_name(place: str) -> str:
    """A place as it is compared: in lower case without accents and punctuation."""
    return " ".join(words(place))


@cache
def country_names() -> dict[str, str]:
    """Country names and codes, plain, with their two letters."""
    names: dict[str, str] = {}
    for line in tab("iso3166.tab"):
        code, name = line.split("\t")[:2]
        names[plain_name(name)] = code
        names[code.lower()] = code
    return names | by_name(load("places")["countries"])


def by_name(groups: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """{name: key} of {key: its names}."""
    return {name: key for key, names in groups.items() for name in names}


@cache
def zone_lines() -> tuple[tuple[str, str], ...]:
    """Every zone with the country that it lies in."""
    return tuple((line.split("\t")[0], line.split("\t")[2]) for line in tab("zone.tab"))


@cache
def zone_countries() -> dict[str, set[str]]:
    """The countries of a zone."""
    countries: dict[str, set[str]] = {}
    for code, zone in zone_lines():
        countries.setdefault(zone, set()).add(code)
    return countries


@cache
def country_zones() -> dict[str, str]:
    """The zone of each country that has one alone, or one where most people live."""
    zones: dict[str, str] = {}
    for code, zone in zone_lines():
        has_several = code in zones
        zones[code] = "" if has_several else zone
    main_zones: dict[str, str] = load("places")["main_zones"]
    return zones | main_zones


@cache
def city_zones() -> dict[str, str]:
    """Cities, plain, with their zones: those that name a zone, and those of data/places.toml."""
    cities: dict[str, str] = {}
    for _code, zone in zone_lines():
        city = zone.rsplit("/", 1)[1].replace("_", " ")
        cities[plain_name(city)] = zone
    return cities | by_name(load("places")["cities"])


def tab(name: str) -> list[str]:
    """The lines of a table of the tz database, without comments."""
    text = resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
