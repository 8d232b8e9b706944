"""Faults of time: two beats that both find what is due, and the nights in which clocks are
changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from common import clock
from meetings.domain import sessions
from meetings.due.sessions import enqueue_due_reminders
from meetings.models import MentoringSession
from pairings.enums import PairingState
from pairings.models import Pairing
from tests.factories import PairingFactory, ProgramFactory
from tests.faults.crowd import Crowd, mails
from tests.faults.ledger import Due, Tally
from tests.faults.site import InVainError, Site

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
STEP = 5 * MINUTE
SUBJECT = "Your mentoring session:"


@dataclass(frozen=True)
class Night:
    """A day on which clocks change in a zone, and for times that somebody may choose then: the
    moment, and what is shown.

    Written down by hand from the zones' rules, so that they check the code and not the code itself.
    """

    zone: str
    day: date
    times: tuple[tuple[str, str, str], ...]  # chosen, in UTC, shown


NIGHTS = (
    # back by half an hour at 02:00 (15:00 UTC), forward at 02:00 (15:30 UTC)
    Night(
        "Australia/Lord_Howe",
        date(2026, 10, 4),
        (
            ("01:45", "2026-10-03 15:15", "01:45"),
            ("02:45", "2026-10-03 15:45", "02:45"),  # after the gap
            ("03:15", "2026-10-03 16:15", "03:15"),
            ("10:00", "2026-10-03 23:00", "10:00"),
        ),
    ),
    Night(
        "Europe/Berlin",
        date(2026, 10, 25),
        (
            ("01:30", "2026-10-24 23:30", "01:30"),
            ("02:30", "2026-10-25 00:30", "02:30"),  # happens twice
            ("03:30", "2026-10-25 02:30", "03:30"),
            ("10:00", "2026-10-25 09:00", "10:00"),
        ),
    ),
    Night(
        "America/New_York",
        date(2026, 11, 1),
        (
            ("00:30", "2026-11-01 04:30", "00:30"),
            ("01:30", "2026-11-01 05:30", "01:30"),  # happens twice
            ("02:30", "2026-11-01 07:30", "02:30"),
            ("10:00", "2026-11-01 15:00", "10:00"),
        ),
    ),
    Night(
        "America/New_York",
        date(2027, 3, 14),
        (
            ("01:30", "2027-03-14 06:30", "01:30"),
            ("03:30", "2027-03-14 07:30", "03:30"),  # after the gap
            ("04:30", "2027-03-14 08:30", "04:30"),
            ("10:00", "2027-03-14 14:00", "10:00"),
        ),
    ),
    Night(
        "Europe/Berlin",
        date(2027, 3, 28),
        (
            ("01:30", "2027-03-28 00:30", "01:30"),
            ("03:30", "2027-03-28 01:30", "03:30"),  # after the gap
            ("04:30", "2027-03-28 02:30", "04:30"),
            ("10:00", "2027-03-28 08:00", "10:00"),
        ),
    ),
    Night(
        "Australia/Lord_Howe",
        date(2027, 4, 4),
        (
            ("01:15", "2027-04-03 14:15", "01:15"),
            ("01:45", "2027-04-03 14:45", "01:45"),  # happens twice
            ("02:15", "2027-04-03 15:45", "02:15"),
            ("10:00", "2027-04-03 23:30", "10:00"),
        ),
    ),
)


def two_beats(site: Site) -> Tally:
    """Two beats and two workers, while an hour passes in steps of five minutes with something due
    in each.
    """
    crowd = Crowd(site)
    start = clock.now().replace(microsecond=0)
    booked = []
    for number in range(1, 13):
        crowd.put(4, due_at=start + number * STEP)
        booked.append(_book(_pair("UTC"), start + number * STEP + HOUR))
    for _ in range(2):
        site.worker()
        site.beat()
    reminders: list[Due] = []
    for number, session in enumerate(booked, start=1):
        reminders += _reminders(session)
        site.move_to(start + number * STEP + SECOND)
        if not _came(site, [*crowd.due[: 4 * number], *reminders]):
            break
    return crowd.tally(*reminders)


def dst(site: Site) -> Tally:
    """Session reminders an hour ahead on days on which clocks change: each once, at its moment,
    with the right local time.
    """
    crowd = Crowd(site)
    due: list[Due] = []
    problems: list[str] = []
    site.worker(2)
    site.beat()
    for night in NIGHTS[1::3] if site.quick else NIGHTS:
        due += _pass(site, night, problems)
        if problems:
            break
        Pairing.objects.update(
            state=PairingState.ENDED
        )  # so that nobody is asked to log months later
    tally = crowd.tally(*due)
    tally.problems += problems
    return tally


def _pass(site: Site, night: Night, problems: list[str]) -> list[Due]:
    """Let such a day pass, stopping before and after each moment at which a reminder is due."""
    starts = [datetime.fromisoformat(text).replace(tzinfo=UTC) for _, text, _ in night.times]
    site.move_to(starts[0] - timedelta(days=2))
    booked = [
        _book(_pair(night.zone), night.day, chosen, night.zone) for chosen, _, _ in night.times
    ]
    expected: list[Due] = []
    for session, start, (chosen, _, shown) in zip(booked, starts, night.times, strict=True):
        due = _reminders(session)
        site.move_to(start - HOUR - MINUTE)
        enqueue_due_reminders()
        if _rows(due).exists():
            problems.append(f"{night.zone} {night.day} {chosen}: the reminder came early")
        site.move_to(start - HOUR + SECOND)
        expected += due
        if not _came(site, due):
            problems.append(f"{night.zone} {night.day} {chosen}: the reminder did not come")
            break
        ids = {row.message_id for row in _rows(due, due_at=start - HOUR)}
        texts = [mail.text for mail in site.sink.messages if mail.message_id in ids]
        if (
            session.starts_at != start
            or len(texts) != len(due)
            or not all(f", {shown}–" in text for text in texts)
        ):
            problems.append(
                f"{night.zone} {night.day} {chosen}: not at {start:%H:%M} UTC as {shown}: {texts}"
            )
    return expected


def _pair(zone: str) -> Pairing:
    """An active pair whose program reminds an hour ahead."""
    plan = {"reminder_hours": [1], "question_days": 0}
    program = ProgramFactory(
        starts_on=date(2026, 9, 1), ends_on=date(2027, 12, 31), time_zone=zone, **plan
    )
    pairing: Pairing = PairingFactory(program=program)
    for person in (pairing.mentor, pairing.mentee):
        person.time_zone = zone
        person.save()
    return pairing


def _book(pairing: Pairing, moment: date, chosen: str = "", zone: str = "UTC") -> MentoringSession:
    """A session at a moment in UTC, or on a day at a time that somebody has chosen in a zone."""
    day, wall = (
        (moment.date(), moment.time())
        if isinstance(moment, datetime)
        else (moment, time.fromisoformat(chosen))
    )
    return sessions.schedule(
        actor=pairing.mentee, pairing=pairing, wall_date=day, wall_time=wall, time_zone=zone
    )


def _reminders(session: MentoringSession) -> list[Due]:
    """What both are to get an hour before."""
    pair = session.pairing.mentor, session.pairing.mentee
    return [
        Due(f"session:{session.public_id}:0:1h:{person.public_id}", person.email, SUBJECT)
        for person in pair
    ]


def _rows(due: Iterable[Due], **fields: Any) -> Any:
    return mails().filter(dedupe_key__in=[one.key for one in due], **fields)


def _came(site: Site, due: list[Due]) -> bool:
    """Wait until all of these have been sent; False when it takes too long."""
    try:
        site.wait(lambda: _rows(due, state="sent").count() >= len(due), "all that is due is sent")
    except InVainError:
        return False
    return True
