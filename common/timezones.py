"""Wall-clock times and time zones: what a person reads, and the moment that it means."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

AREAS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


def to_utc(day: date, wall: time, zone: str) -> datetime:
    """The moment (UTC) at which clocks in `zone` show `wall` on `day`.

    A time that does not exist (spring) moves forward by the length of the gap; one that happens
    twice (autumn) means the first. Source: RFC 5545, section 3.3.5.
    """
    # fold=0: in a gap, the offset from before it
    local = datetime.combine(day, wall, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


def is_left_out(day: date, wall: time, zone: str) -> bool:
    """Clocks in the zone never show this time: it is inside the gap of a clock change."""
    before, after = _offsets(day, wall, zone)
    return before < after


def is_shown_twice(day: date, wall: time, zone: str) -> bool:
    """Clocks in the zone are turned back then, and show this time twice."""
    before, after = _offsets(day, wall, zone)
    return before > after


def _offsets(day: date, wall: time, zone: str) -> tuple[timedelta, timedelta]:
    """Offsets of the time before and after a clock change; mostly they are the same."""
    local = datetime.combine(day, wall, tzinfo=ZoneInfo(zone))
    offsets = [local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
    return offsets[0], offsets[1]


def to_wall(moment: datetime, zone: str) -> datetime:
    """The aware local time in `zone` of a moment."""
    return moment.astimezone(ZoneInfo(zone))


@cache
def _known_zones() -> frozenset[str]:
    """Every IANA zone name, aliases too. Listing them reads a folder of 600 files."""
    return frozenset(available_timezones())


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zone names offered in forms, sorted: areas and UTC, without old aliases."""
    names = sorted(name for name in _known_zones() if name.startswith(AREAS))
    return ("UTC", *names)


def validate_zone(name: str) -> None:
    """ValidationError unless `name` is an IANA time zone."""
    if name not in _known_zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/Berlin."),
            params={"name": name},
        )


def zone_label(name: str) -> str:
    """What people call a zone: "Berlin time" for Europe/Berlin, "UTC" for UTC."""
    if name == "UTC":
        return name
    return gettext("%(city)s time") % {"city": name.rsplit("/", 1)[-1].replace("_", " ")}


def moment_without_zone(moment: datetime, zone: str) -> str:
    """ "Fri 12 Mar 2027, 14:00", for lists that say the zone once."""
    local = to_wall(moment, zone)
    return gettext("%(day)s, %(time)s") % {
        "day": formats.date_format(local, gettext("D j M Y")),
        "time": formats.date_format(local, "H:i"),
    }


def moment_in_words(moment: datetime, zone: str) -> str:
    """ "Fri 12 Mar 2027, 14:00 (Berlin time)" of an aware moment, for pages, mails and sentences.

    The time is "14:00" in every language, as in the fields of forms.
    """
    local = to_wall(moment, zone)
    return gettext("%(day)s, %(time)s (%(zone)s)") % {
        "day": formats.date_format(local, gettext("D j M Y")),
        "time": formats.date_format(local, "H:i"),
        "zone": zone_label(zone),
    }
