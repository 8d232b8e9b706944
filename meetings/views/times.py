"""The times that forms of sessions show and propose, in the reader's zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.http import QueryDict

from accounts.models import User
from common.timezones import to_wall
from meetings.domain import free_times, series
from meetings.models import MentoringSession
from pairings.enums import PairingState
from pairings.models import Pairing


def suggested(query: QueryDict) -> dict[str, Any]:
    """Day, time and zone from the link of a suggestion, for the form; nothing if they are wrong."""
    try:
        day = date.fromisoformat(query.get("day", ""))
        wall = time.fromisoformat(query.get("time", ""))
    except ValueError:
        return {}
    return {"wall_date": day, "wall_time": wall, "time_zone": query.get("zone", "")}


def booking_initial(pairing: Pairing, reader: User, query: QueryDict) -> dict[str, Any]:
    """What the form that books shows at first: the program's minutes, a place, a suggested time."""
    minutes = pairing.program.session_minutes
    return {"minutes": minutes, **_usual_place(pairing, reader), **suggested(query)}


def _usual_place(pairing: Pairing, reader: User) -> dict[str, str]:
    """Place and link of the last session, or else a join link of the two."""
    last = pairing.sessions.order_by("-number").first()
    if last:
        return {"place": last.place, "link": last.link}
    return {"link": reader.join_link or pairing.partner_of(reader).join_link}


def series_plan(pairing: Pairing) -> dict[str, int]:
    """How many sessions are left to book, perhaps none, and how far apart they should be."""
    program = pairing.program
    booked = pairing.sessions.scheduled_or_held().count()
    left = max(program.planned_sessions - booked, 0)
    return {
        "count": min(left, series.MOST_AT_ONCE),
        "interval_weeks": program.interval_weeks,
    }


def free_slots(pairing: Pairing, reader: User) -> list[datetime]:
    """Times that suit both."""
    starts = free_times.suggestions(
        pairing=pairing, zone=reader.time_zone, minutes=pairing.program.session_minutes
    )
    return _as_read_by(reader, starts)


def _as_read_by(reader: User, moments: Iterable[datetime]) -> list[datetime]:
    """The moments as clocks show them where the reader is."""
    return [to_wall(moment, reader.time_zone) for moment in moments]


def series_slots(
    pairing: Pairing, reader: User, *, count: int, interval_weeks: int
) -> list[datetime]:
    """First times of a series that suit both as often as possible."""
    starts = free_times.series_starts(
        pairing=pairing,
        zone=reader.time_zone,
        minutes=pairing.program.session_minutes,
        count=count,
        interval_weeks=interval_weeks,
    )
    return _as_read_by(reader, sorted(starts))


def proposal(session: MentoringSession, reader: User) -> dict[str, Any]:
    """Other times for a session: `proposed` is the best one, `slots` are the others."""
    if session.pairing.state != PairingState.ACTIVE:
        return {"proposed": None, "slots": []}

    found = free_times.other_times(session=session, zone=reader.time_zone)
    times = _as_read_by(reader, found)
    if not times:
        return {"proposed": None, "slots": []}
    return {"proposed": times[0], "slots": sorted(times[1:])}


def present_time(session: MentoringSession, reader: User) -> dict[str, Any]:
    """The session's time and place, for the form that changes them."""
    zone = _zone_to_show(session, reader)
    local = to_wall(session.starts_at, zone)
    return {"wall_date": local.date(), "wall_time": local.time(), **present_place(session, reader)}


def present_place(session: MentoringSession, reader: User) -> dict[str, Any]:
    """The session's length and place, for the form that gives it another time."""
    return {
        "time_zone": _zone_to_show(session, reader),
        "minutes": session.minutes,
        "place": session.place,
        "link": session.link,
    }


def _zone_to_show(session: MentoringSession, reader: User) -> str:
    """The reader's zone, unless a form would read the session's time in it as another one."""
    if free_times.is_second_time(session.starts_at, reader.time_zone):
        return session.time_zone
    return reader.time_zone
