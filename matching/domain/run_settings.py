"""The rules and weights of a program, and the copy of them that a run keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from matching.models import MatchRun
from matching.solver import COMPONENTS, Weights
from programs.enums import Objective
from programs.models import Program


def snapshot(program: Program) -> tuple[dict[str, Any], dict[str, int]]:
    """The program's rules and weights as a run keeps them."""
    rules = {
        "grade_gap": program.grade_gap,
        "require_common_language": program.require_common_language,
        "min_overlap_minutes": program.min_overlap_minutes,
        "forbid_same_department": program.forbid_same_department,
        "allow_former_pairs": program.allow_former_pairs,
        "minimum_score": program.minimum_score if program.objective == Objective.SCORE else 0,
        "starts_on": program.starts_on.isoformat() if program.starts_on else None,
        "ends_on": program.ends_on.isoformat() if program.ends_on else None,
    }
    return rules, weights_of(program)


def weights_of(program: Program) -> dict[str, int]:
    """The program's weights; the default ones where it has set none."""
    return {
        name: int(program.weights.get(name, default)) for name, default in asdict(Weights()).items()
    }


def solver_weights(stored: Mapping[str, int]) -> Weights:
    """Stored weights as the solver takes them; 0 for a component that is newer than they are."""
    return Weights(**{name: int(stored.get(name, 0)) for name in COMPONENTS})


def minimum_of(run: MatchRun) -> int | None:
    """The smallest score of a pair in this run, in basis points; None for no limit."""
    return int(run.rules.get("minimum_score") or 0) or None


def allows_former_pairs(run: MatchRun) -> bool:
    """Whether people who have been a pair may become one again."""
    return bool(run.rules.get("allow_former_pairs"))
