"""Time zones as HR systems name them."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from tzlocal.windows_tz import win_tz

from accounts.directory.data import load
from accounts.domain.names import plain

IANA_NAME = re.compile(r"[A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)+")


def zone_named(text: str) -> str:
    """The IANA name in or behind a text, or "".

    Understood are "Europe/Berlin", "(UTC+01:00) Europe/Berlin", "W. Europe Standard Time", "CET".
    """
    return iana_zone_in(text) or zone_of_windows(text)


def iana_zone_in(text: str) -> str:
    """The IANA name that a text is or contains, or ""."""
    names = iana_names()
    for candidate in (text, *IANA_NAME.findall(text)):
        found = names.get(candidate.strip().lower())
        if found:
            return found
    return ""


def zone_of_windows(text: str) -> str:
    """The IANA name behind a name of Windows or an abbreviation, or ""."""
    word = plain(text).strip()
    standard = word.replace(" daylight time", " standard time")
    return windows_names().get(standard) or str(load("zones")["short"].get(word, ""))


@cache
def iana_names() -> dict[str, str]:
    """The zones with an area, and UTC, by their names in lower case."""
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}


@cache
def windows_names() -> dict[str, str]:
    """The zones by the names of Windows in lower case. Source: Unicode CLDR, by tzlocal."""
    renamed = load("zones")["renamed"]
    return {plain(name): renamed.get(zone, zone) for name, zone in win_tz.items()}
