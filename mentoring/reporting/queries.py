"""Figures of a program across the apps.

Counts and states only: never a note, a goal's text or a single answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Greatest

from common import clock
from feedback.enums import RoundState
from feedback.models import SurveyRound
from goals.models import Goal
from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, PairRole
from programs.models import Enrolment, Program

FIRST_SESSION_DAYS = 21  # by this day a pair should have met
BEGUN = Greatest("activated_at", "resumed_at")  # a pause starts the days anew


@dataclass(frozen=True)
class People:
    """How many of a role stand where."""

    role: str
    invited: int
    applied: int
    approved: int


@dataclass(frozen=True)
class Pairs:
    """Pairs by state; `without_first_session` are active ones that have not met, `late` those of
    them past the day.
    """

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
    """Sessions by state; `planned` is pairs times the program's planned sessions; `counted` are
    held and signed for.
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
    """Rounds by state, and the answers to closed ones out of those asked.

    Open anonymous rounds are left to their own page.
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
    closed: int


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
    """Mentors and mentees along the way into the program."""
    rows = (
        Enrolment.objects.filter(program=program)
        .order_by()
        .values_list("role", "state")
        .annotate(n=Count("pk"))
    )
    found = {(role, state): number for role, state, number in rows}
    return tuple(
        People(
            role=role,
            invited=sum(
                found.get((role, s), 0)
                for s in (EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING)
            ),
            applied=sum(
                found.get((role, s), 0) for s in (EnrolmentState.APPLIED, EnrolmentState.WAITLISTED)
            ),
            approved=found.get((role, EnrolmentState.APPROVED), 0),
        )
        for role in PairRole.values
    )


def pairs_of(program: Program) -> Pairs:
    """Pairs by state, and what keeps them from going on."""
    held = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.HELD)
    pairs = (
        Pairing.objects.filter(program=program)
        .with_signed()
        .annotate(has_met=Exists(held), begun=BEGUN)
    )
    waiting = Q(state=PairingState.ACTIVE, has_met=False)
    late = clock.now() - timedelta(days=FIRST_SESSION_DAYS)
    return Pairs(
        **pairs.aggregate(
            offered=Count("pk", filter=Q(state=PairingState.OFFERED)),
            active=Count("pk", filter=Q(state=PairingState.ACTIVE)),
            paused=Count("pk", filter=Q(state=PairingState.PAUSED)),
            completed=Count("pk", filter=Q(state=PairingState.COMPLETED)),
            ended=Count("pk", filter=Q(state=PairingState.ENDED)),
            without_first_session=Count("pk", filter=waiting),
            late=Count("pk", filter=waiting & Q(begun__lte=late)),
            unsigned=Count("pk", filter=Q(state=PairingState.ACTIVE, signed=False)),
        )
    )


def sessions_of(program: Program, pairs: int) -> Sessions:
    """Sessions by state, of so many pairs that have begun."""
    sessions = MentoringSession.objects.filter(pairing__program=program)
    by_state = sessions.with_disagreement().aggregate(
        held=Count("pk", filter=Q(state=SessionState.HELD)),
        scheduled=Count("pk", filter=Q(state=SessionState.SCHEDULED)),
        cancelled=Count("pk", filter=Q(state=SessionState.CANCELLED)),
        missed=Count("pk", filter=Q(state=SessionState.MISSED)),
        disagreements=Count("pk", filter=Q(disagreement=True)),
    )
    return Sessions(
        planned=pairs * program.planned_sessions, counted=sessions.counted().count(), **by_state
    )


def surveys_of(program: Program) -> Surveys:
    """Rounds, and how many answered those that have closed."""
    closed = Q(state=RoundState.CLOSED)
    found = SurveyRound.objects.filter(program=program).aggregate(
        open=Count("pk", filter=Q(state=RoundState.OPEN)),
        closed=Count("pk", filter=closed),
        asked=Sum("asked", filter=closed, default=0),
        answered=Sum("answered", filter=closed, default=0),
    )
    return Surveys(**found)


def goals_of(program: Program) -> Goals:
    """Goals by state."""
    found = Goal.objects.filter(pairing__program=program).aggregate(
        active=Count("pk", filter=Q(state="active")),
        met=Count("pk", filter=Q(state="met")),
        closed=Count("pk", filter=Q(state__in=["met", "not_met", "dropped"])),
    )
    return Goals(**found)
