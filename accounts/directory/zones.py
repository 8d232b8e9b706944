"""Time zones as HR systems name them."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from accounts.domain.names import plain

# The names of Windows for the zones of most companies. Source: Unicode CLDR, windowsZones.
WINDOWS = {
    "pacific": "America/Los_Angeles", "mountain": "America/Denver", "central": "America/Chicago", "eastern": "America/New_York",
    "us mountain": "America/Phoenix", "atlantic": "America/Halifax", "e. south america": "America/Sao_Paulo",
    "sa pacific": "America/Bogota", "argentina": "America/Argentina/Buenos_Aires", "gmt": "Europe/London",
    "w. europe": "Europe/Berlin", "romance": "Europe/Paris", "central europe": "Europe/Budapest",
    "central european": "Europe/Warsaw", "e. europe": "Europe/Chisinau", "fle": "Europe/Kyiv", "gtb": "Europe/Bucharest",
    "turkey": "Europe/Istanbul", "israel": "Asia/Jerusalem", "south africa": "Africa/Johannesburg", "russian": "Europe/Moscow",
    "arabian": "Asia/Dubai", "arab": "Asia/Riyadh", "india": "Asia/Kolkata", "china": "Asia/Shanghai", "tokyo": "Asia/Tokyo",
    "korea": "Asia/Seoul", "singapore": "Asia/Singapore", "aus eastern": "Australia/Sydney", "new zealand": "Pacific/Auckland",
    "se asia": "Asia/Bangkok",
}  # fmt: skip
SHORT = {
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "gmt": "Europe/London",
    "bst": "Europe/London",
    "ist": "Asia/Kolkata",
}


def zone_named(text: str) -> str:
    """The IANA name in or behind a text, or "": Europe/Berlin, "(UTC+01:00) Europe/Berlin", W.

    Europe Standard Time.
    """
    names = iana_names()
    for candidate in (text, *re.findall(r"[A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)+", text)):
        if candidate.strip().lower() in names:
            return names[candidate.strip().lower()]
    word = plain(text).strip()
    return (
        WINDOWS.get(re.sub(r" (standard|daylight) time$", "", word), "")
        if word.endswith(" time")
        else SHORT.get(word, "")
    )


@cache
def iana_names() -> dict[str, str]:
    """The zones with an area, and UTC, by their names in lower case."""
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}
