"""How far a program has come: its people from invited to meeting, its sessions against the plan.

Counts and dates only: never a note, a goal's text or a single answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce, TruncDate

from common import clock
from common.prepared import prepared
from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.enums import BEGUN_STATES, RUNNING_STATES, PairingState
from pairings.models import Pairing
from programs.domain.overview import FIGURES
from programs.enums import PairRole
from programs.models import Enrolment, Program

GOING_ON = [*RUNNING_STATES, PairingState.COMPLETED]  # pairs that were not ended
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Side:
    """How many people of one role got how far, each figure without those who stepped back.

    `paired` are in a pair that goes on or was completed, `met` in one that has held a session.
    """

    role: str
    asked: int
    approved: int
    paired: int
    met: int


@dataclass(frozen=True)
class Pairs:
    """Pairs that began on the same day and have come equally far.

    `until`: the day on which they were completed, ended or paused; None while they meet.
    """

    state: str
    has_met: bool
    begun_on: date | None
    until: date | None
    number: int


@dataclass(frozen=True)
class Moment:
    """What was held and what was planned up to this day, all pairs together; `held` is None for
    days to come.
    """

    day: date
    planned: int
    held: int | None


@dataclass(frozen=True)
class Pace:
    """Sessions against the plan.

    `planned` by now, of `planned_in_all`. `pairs` meet, are paused or were completed; of these so
    many have `met`. So many others are `offered`.
    """

    pairs: int
    met: int
    offered: int
    held: int
    planned: int
    planned_in_all: int
    moments: Sequence[Moment]

    @property
    def is_on_track(self) -> bool:
        """Nine of ten sessions that were planned by now were held."""
        return self.held * 10 >= self.planned * 9


def sides_of(program: Program) -> list[Side]:
    """Mentees, then mentors. One query."""
    counts = {row["role"]: row for row in _counts_by_role(program.pk)}
    nobody = {"asked": 0, "approved": 0, "paired": 0, "met": 0}
    return [Side(**{"role": role, **nobody, **counts.get(role, {})}) for role in SIDES]


@prepared
def _counts_by_role(program_id: int) -> QuerySet[Any]:
    pairs = Pairing.objects.filter(program=program_id, state__in=GOING_ON)
    by_role = Enrolment.objects.filter(program=program_id).order_by().values("role")
    return by_role.annotate(
        asked=FIGURES["asked"],
        approved=FIGURES["approved"],
        paired=Count("pk", filter=_is_in(pairs)),
        met=Count("pk", filter=_is_in(pairs.filter(_has_met()))),
    )


SIDES = (PairRole.MENTEE, PairRole.MENTOR)


def _is_in(pairs: QuerySet[Pairing]) -> Q:
    """The enrolment belongs to one of these pairs."""
    as_mentor, as_mentee = pairs.values("mentor_enrolment"), pairs.values("mentee_enrolment")
    return Q(pk__in=as_mentor) | Q(pk__in=as_mentee)


def _has_met() -> Exists:
    held = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.HELD)
    return Exists(held)


def pace_of(program: Program) -> Pace:
    """Sessions against the plan, for each week of the program and for today. Two queries.

    Each pair is to meet once per interval of the program, from the day on which it began (or the
    program, if that is later), as often as planned, until it is completed, ended or paused.
    """
    pairs = pairs_of(program)
    held: dict[date, int] = dict(_held_by_day(program.pk))
    today = clock.today(program.time_zone)
    going_on = [row for row in pairs if row.state in GOING_ON]
    return Pace(
        pairs=_number(going_on),
        met=_number(row for row in going_on if row.has_met),
        offered=_number(row for row in pairs if row.state == PairingState.OFFERED),
        held=sum(held.values()),
        planned=planned_by(program, pairs, today),
        planned_in_all=_number(going_on) * program.planned_sessions,
        moments=_moments(program, pairs, held, today),
    )


def pairs_of(program: Program) -> list[Pairs]:
    """The pairs of a program in groups. One query."""
    return [Pairs(**row) for row in _groups(program.pk, zone=program.time_zone)]


@prepared
def _groups(program_id: int, *, zone: str) -> QuerySet[Any]:
    is_paused = When(state=PairingState.PAUSED, then="paused_at")
    groups = {
        "has_met": _has_met(),
        "begun_on": TruncDate("activated_at", tzinfo=ZoneInfo(zone)),
        "until": TruncDate(Coalesce("stopped_at", Case(is_paused)), tzinfo=ZoneInfo(zone)),
    }
    pairs: Any = Pairing.objects.filter(program=program_id).order_by().annotate(**groups)
    rows: QuerySet[Any] = pairs.values("state", *groups).annotate(number=Count("pk"))
    return rows


@prepared
def _held_by_day(program_id: int) -> QuerySet[Any]:
    """(day, how many sessions were held)."""
    held = MentoringSession.objects.filter(pairing__program=program_id, state=SessionState.HELD)
    return held.order_by().values_list("wall_date").annotate(number=Count("pk"))


def _number(pairs: Iterable[Pairs]) -> int:
    return sum(row.number for row in pairs)


def planned_by(program: Program, pairs: Iterable[Pairs], day: date) -> int:
    """How many sessions all pairs together were to have held by this day."""
    begun = (row for row in pairs if row.state in BEGUN_STATES)
    return sum(row.number * _planned_of(program, row, day) for row in begun)


def _planned_of(program: Program, pair: Pairs, day: date) -> int:
    """The same of one pair; 0 without dates."""
    if not (pair.begun_on and program.starts_on and program.ends_on):
        return 0
    first = max(pair.begun_on, program.starts_on)
    last = min(day, pair.until or day, program.ends_on)
    due = (last - first).days // (7 * program.interval_weeks)
    return max(0, min(due, program.planned_sessions))


def _moments(
    program: Program, pairs: Sequence[Pairs], held: dict[date, int], today: date
) -> list[Moment]:
    """The first day, the end of each week, today and the last day."""
    found = []
    for day in _days(program, today):
        so_far = sum(number for on, number in held.items() if on <= day)
        planned = planned_by(program, pairs, day)
        found.append(Moment(day, planned, so_far if day <= today else None))
    return found


def _days(program: Program, today: date) -> list[date]:
    """The days of the moments, in their order."""
    if program.starts_on is None or program.ends_on is None:
        return []
    first, last = program.starts_on, program.ends_on
    weeks = (first + number * WEEK for number in range((last - first).days // 7 + 1))
    days = {*takewhile(lambda day: day <= last, weeks), last}
    if first <= today <= last:
        days.add(today)
    return sorted(days)
