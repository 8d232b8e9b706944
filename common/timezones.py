"""Wall-clock times and zones: what a person reads, and the moment it stands for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def to_utc(day: date, wall: time, zone: str) -> datetime:
    """The moment (UTC) at which clocks in `zone` show `wall` on `day`.

    A time that does not exist (spring) moves forward by the length of the gap; one that happens
    twice (autumn) means the first. Source: RFC 5545, section 3.3.5.
    """
    local = datetime.combine(
        day, wall, tzinfo=ZoneInfo(zone)
    )  # fold=0: in a gap, the offset from before it
    return local.astimezone(UTC)


def to_wall(moment: datetime, zone: str) -> datetime:
    """The aware local time in `zone` of a moment."""
    return moment.astimezone(ZoneInfo(zone))


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zone names offered in forms, sorted: areas and UTC, without the aliases of old
    systems.
    """
    areas = (
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
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(areas)))


def validate_zone(name: str) -> None:
    """ValidationError unless `name` is an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/Berlin."),
            params={"name": name},
        )


def zone_label(name: str) -> str:
    """What people call a zone: "Berlin time" for Europe/Berlin, "UTC" for UTC."""
    if name == "UTC":
        return name
    return gettext("%(city)s time") % {"city": name.rsplit("/", 1)[-1].replace("_", " ")}


def moment_in_words(moment: datetime, zone: str) -> str:
    """ "Fri 12 Mar 2027, 14:00 (Berlin time)" of an aware moment: in pages, mails and sentences
    alike.

    "H:i" and not the locale's format: 14:00 is read alike everywhere, and stands beside times in
    forms.
    """
    local = to_wall(moment, zone)
    return gettext("%(day)s, %(time)s (%(zone)s)") % {
        "day": formats.date_format(local, gettext("D j M Y")),
        "time": formats.date_format(local, "H:i"),
        "zone": zone_label(zone),
    }
