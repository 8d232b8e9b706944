"""The times that forms of sessions show and propose, in the reader's zone."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import QueryDict

from accounts.models import User
from common.timezones import to_wall
from meetings.domain import free_times, sessions
from meetings.enums import SessionState
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


def booking_defaults(pairing: Pairing, reader: User) -> dict[str, Any]:
    """The program's minutes, and the place of the last session or else a join link of the two."""
    last = pairing.sessions.order_by("-number").first()
    if last:
        where = {"place": last.place, "link": last.link}
    else:
        where = {"link": reader.join_link or pairing.partner_of(reader).join_link}
    return {"minutes": pairing.program.session_minutes, **where}


def series_plan(pairing: Pairing) -> dict[str, int]:
    """How many sessions are left to book, and how far apart the program wants them."""
    booked = pairing.sessions.filter(state__in=[SessionState.SCHEDULED, SessionState.HELD]).count()
    left = max(pairing.program.planned_sessions - booked, 1)
    return {
        "count": min(left, sessions.MOST_AT_ONCE),
        "interval_weeks": pairing.program.interval_weeks,
    }


def free_slots(pairing: Pairing, reader: User) -> list[datetime]:
    """Times that suit both."""
    starts = free_times.suggestions(
        pairing=pairing, zone=reader.time_zone, minutes=pairing.program.session_minutes
    )
    return [to_wall(start, reader.time_zone) for start in starts]


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
    return [to_wall(start, reader.time_zone) for start in sorted(starts)]


def proposal(session: MentoringSession, reader: User) -> dict[str, Any]:
    """Other times for a session: `proposed` is the best one, `slots` are the others."""
    if session.pairing.state != PairingState.ACTIVE:
        return {"proposed": None, "slots": []}
    found = free_times.other_times(session=session, zone=reader.time_zone)
    times = [to_wall(start, reader.time_zone) for start in found]
    return {"proposed": times[0] if times else None, "slots": sorted(times[1:])}


def present_time(
    session: MentoringSession, reader: User, *, was_missed: bool = False
) -> dict[str, Any]:
    """The session's time and place, for the form that changes them.

    Without day and time for a session that did not take place.
    """
    zone = reader.time_zone
    if free_times.is_second_time(session.starts_at, zone):  # the form would read it as the first
        zone = session.time_zone
    values = {
        "time_zone": zone,
        "minutes": session.minutes,
        "place": session.place,
        "link": session.link,
    }
    if not was_missed:
        local = to_wall(session.starts_at, zone)
        values |= {"wall_date": local.date(), "wall_time": local.time()}
    return values
