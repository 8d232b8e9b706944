"""Figures of a program across the apps.

Counts and states only: never a note, a goal's text or a single answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Greatest

from common import clock
from feedback.enums import RoundState
from feedback.models import SurveyRound
from goals.enums import GoalState
from goals.models import Goal
from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, PairRole
from programs.models import Enrolment, Program

FIRST_SESSION_DAYS = 21  # by this day a pair should have met
BEGUN = Greatest("activated_at", "resumed_at")  # the days are counted again after a pause


@dataclass(frozen=True)
class People:
    """How many people of a role are in each stage of enrolment."""

    role: str
    invited: int
    applied: int
    approved: int


@dataclass(frozen=True)
class Pairs:
    """Pairs by state. `without_first_session`: active, have not met; `late`: those past the day."""

    offered: int
    active: int
    paused: int
    completed: int
    ended: int
    without_first_session: int
    late: int
    unsigned: int


@dataclass(frozen=True)
class Sessions:
    """Sessions by state.

    `planned` is the number of pairs times the program's planned sessions; `counted` were held by
    pairs that have signed.
    """

    planned: int
    held: int
    counted: int
    scheduled: int
    cancelled: int
    missed: int
    disagreements: int

    @property
    def held_percent(self) -> int:
        """Held out of planned, at most 100."""
        return min(100, round(100 * self.held / self.planned)) if self.planned else 0


@dataclass(frozen=True)
class Surveys:
    """Rounds by state; how many were asked in closed ones, and how many answered.

    The page of an open anonymous round shows its own number.
    """

    open: int
    closed: int
    asked: int
    answered: int


@dataclass(frozen=True)
class Goals:
    """Goals by state. What they say stays with the pair."""

    active: int
    met: int


@dataclass(frozen=True)
class ProgramFigures:
    """All that the dashboard of a program shows."""

    people: tuple[People, ...]
    pairs: Pairs
    sessions: Sessions
    surveys: Surveys
    goals: Goals


def program_figures(program: Program) -> ProgramFigures:
    """The figures of one program: a constant number of queries, whatever its size."""
    pairs = pairs_of(program)
    return ProgramFigures(
        people=people_of(program),
        pairs=pairs,
        sessions=sessions_of(program, pairs.active + pairs.paused + pairs.completed),
        surveys=surveys_of(program),
        goals=goals_of(program),
    )


def people_of(program: Program) -> tuple[People, ...]:
    """Mentors and mentees by stage of enrolment; one query."""
    rows = Enrolment.objects.filter(program=program).order_by().values_list("role", "state")
    counts = {(role, state): number for role, state, number in rows.annotate(number=Count("pk"))}
    return tuple(_people(role, counts) for role in PairRole.values)


def _people(role: str, counts: dict[tuple[str, str], int]) -> People:
    """The people of one role. `counts` is {(role, state): how many}."""

    def number(*states: EnrolmentState) -> int:
        return sum(counts.get((role, state), 0) for state in states)

    return People(
        role=role,
        invited=number(EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING),
        applied=number(EnrolmentState.APPLIED, EnrolmentState.WAITLISTED),
        approved=number(EnrolmentState.APPROVED),
    )


def _count(**condition: Any) -> Count:
    return Count("pk", filter=Q(**condition))


def pairs_of(program: Program) -> Pairs:
    """Pairs by state, and what keeps them from going on."""
    active = {"state": PairingState.ACTIVE}
    late = clock.now() - timedelta(days=FIRST_SESSION_DAYS)
    counts = _with_progress(Pairing.objects.filter(program=program)).aggregate(
        offered=_count(state=PairingState.OFFERED),
        active=_count(**active),
        paused=_count(state=PairingState.PAUSED),
        completed=_count(state=PairingState.COMPLETED),
        ended=_count(state=PairingState.ENDED),
        without_first_session=_count(**active, has_met=False),
        late=_count(**active, has_met=False, begun__lte=late),
        unsigned=_count(**active, signed=False),
    )
    return Pairs(**counts)


def _with_progress(pairs: Any) -> Any:
    """With `signed`, `has_met` and `begun`: since when the first session is waited for."""
    held = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.HELD)
    return pairs.with_signed().annotate(has_met=Exists(held), begun=BEGUN)


def sessions_of(program: Program, pairs: int) -> Sessions:
    """Sessions by state, of so many pairs that have begun."""
    sessions = MentoringSession.objects.filter(pairing__program=program)
    by_state = sessions.with_disagreement().aggregate(
        held=_count(state=SessionState.HELD),
        scheduled=_count(state=SessionState.SCHEDULED),
        cancelled=_count(state=SessionState.CANCELLED),
        missed=_count(state=SessionState.MISSED),
        disagreements=_count(disagreement=True),
    )
    planned = pairs * program.planned_sessions
    return Sessions(planned=planned, counted=sessions.counted().count(), **by_state)


def surveys_of(program: Program) -> Surveys:
    """Rounds, and how many answered those that have closed."""
    closed = Q(state=RoundState.CLOSED)
    counts = SurveyRound.objects.filter(program=program).aggregate(
        open=_count(state=RoundState.OPEN),
        closed=Count("pk", filter=closed),
        asked=Sum("asked", filter=closed, default=0),
        answered=Sum("answered", filter=closed, default=0),
    )
    return Surveys(**counts)


def goals_of(program: Program) -> Goals:
    """Goals by state."""
    counts = Goal.objects.filter(pairing__program=program).aggregate(
        active=_count(state=GoalState.ACTIVE),
        met=_count(state=GoalState.MET),
    )
    return Goals(**counts)
