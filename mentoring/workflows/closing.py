"""A program closes: what that will touch, and, a day later, that its pairs are completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db.models import Exists, Q, QuerySet

from accounts.models import User
from common import clock
from feedback.enums import RoundState
from meetings.domain.completing import complete
from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.enums import RUNNING_STATES, PairingState
from pairings.models import Pairing
from programs.domain.closing import UNDO_WITHIN, close_due_programs, sessions_end
from programs.enums import ProgramState
from programs.models import Program

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Foreseen:
    """What closing a program would touch if it were decided now.

    `staying` and `later` are the sessions after `closes_at`: until the program's last day, and
    beyond it.
    """

    closes_at: datetime
    pairs: int
    thanked: int
    offers: int
    staying: int
    later: int
    surveys: int


def foresee(program: Program) -> Foreseen:
    """Count what closing would touch; nothing changes. Five queries."""
    closes_at = clock.now() + UNDO_WITHIN
    last = sessions_end(program, closes_at)
    pairs = program.pairings.filter(state__in=RUNNING_STATES)
    ahead = _scheduled_from(closes_at, pairs)
    return Foreseen(
        closes_at=closes_at,
        pairs=pairs.count(),
        thanked=_people_here(pairs),
        offers=program.pairings.filter(state=PairingState.OFFERED).count(),
        staying=ahead.filter(starts_at__lt=last).count(),
        later=ahead.filter(starts_at__gte=last).count(),
        surveys=program.survey_rounds.filter(state=RoundState.OPEN).count(),
    )


def _scheduled_from(moment: datetime, pairs: QuerySet[Pairing]) -> QuerySet[MentoringSession]:
    scheduled = MentoringSession.objects.filter(state=SessionState.SCHEDULED, pairing__in=pairs)
    return scheduled.filter(starts_at__gte=moment)


def _people_here(pairs: QuerySet[Pairing]) -> int:
    """How many people of these pairs are still with the company."""
    of_pairs = Q(pairings_as_mentor__in=pairs) | Q(pairings_as_mentee__in=pairs)
    return User.objects.active().filter(of_pairs).distinct().count()


def finish_closings() -> int:
    """Close what is due, and complete the pairs of closed programs; how many pairs.

    A pair with sessions that stay is left for later. Each pair is a transaction of its own: after a
    crash, or a pair that fails, the next run goes on with the pairs that are left. Running it again
    changes nothing.
    """
    close_due_programs()
    completed = 0
    for pairing in list(_to_complete()):
        try:
            completed += complete(pairing=pairing)
        except Exception:
            log.exception("pair_not_completed", pairing=pairing.pk)
    return completed


def _to_complete() -> QuerySet[Pairing]:
    """Pairs of closed programs without sessions that stay, or with some that go."""
    sessions = MentoringSession.objects.of_outer_pairing()
    stays, goes = Exists(sessions.kept_at_closing()), Exists(sessions.beyond_closing())
    left = Pairing.objects.live().filter(program__state=ProgramState.CLOSED)
    return left.filter(~stays | goes).order_by("pk")
