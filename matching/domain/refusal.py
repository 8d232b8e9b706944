"""Two people who cannot be a pair: the public reason, and the error that carries it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common.errors import DomainError
from matching.domain.run_settings import minimum_of
from matching.models import MatchRun
from matching.solver import Problem, PublicReason, explain
from programs.models import Enrolment


class PairRefusedError(DomainError):
    """Two people cannot be a pair as things are now.

    `reason` is a public reason key; pages word it (matching.wording).
    """

    def __init__(self, mentor: Enrolment, mentee: Enrolment, reason: str) -> None:
        super().__init__(_("These two people cannot be a pair now."), code="refused")
        self.mentor, self.mentee, self.reason = mentor, mentee, reason


def broken_rule(run: MatchRun, problem: Problem, position: tuple[int, int]) -> str:
    """The public reason against a pair (mentee row, mentor column); empty if there is none."""
    found = explain(problem, *position)
    if not found.allowed:
        return str(found.reasons[0])
    if (found.score or 0) < (minimum_of(run) or 0):
        return str(PublicReason.BELOW_MINIMUM)
    return ""
