"""Explaining a solved problem: proposals with reasons, people without a partner, figures.

A coordinator may read everything that is returned here. Private rules have left no trace by now but
the one public reason "not_available".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matching.domain.inputs import MatchInput
from matching.domain.results import suggestions
from matching.domain.results.alternatives import add_alternatives
from matching.domain.results.describing import proposals_of
from matching.domain.results.figures import figures_of
from matching.domain.results.without_partner import people_without_partner
from matching.models import Proposal, Unmatched
from matching.solver import Problem, Result
from matching.solver.problem import STORED_CELLS

MOST_FOR_ALTERNATIVES = STORED_CELLS
"""Mentees × mentors up to which alternatives are stored; beyond, scores would be computed again."""


class UnprovenError(Exception):
    """The independent check of a result has found an error."""


@dataclass(frozen=True)
class Outcome:
    """Rows to be stored (without their run), and the figures."""

    proposals: list[Proposal]
    unmatched: list[Unmatched]
    statistics: dict[str, Any]


def collect(
    given: MatchInput, problem: Problem, result: Result, *, tell: Callable[[float], None]
) -> Outcome:
    """Explain the whole result. `tell(fraction)` reports the progress, 0 to 1."""
    proposals = proposals_of(given, problem, result)
    tell(0.2)

    if len(problem.mentees) * len(problem.mentors) <= MOST_FOR_ALTERNATIVES:
        add_alternatives(given, problem, result, proposals)
    tell(0.5)

    left = people_without_partner(given, problem, result)
    tell(0.7)

    helping = suggestions.find(given, problem, result)
    helping.add_to_all(left)
    statistics = figures_of(given, problem, result, left)
    statistics["help"] = helping.whole
    return Outcome(proposals, left, statistics)
