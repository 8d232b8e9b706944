"""The rules of a run, as the solver reads them."""

from __future__ import annotations

from matching.domain.run_settings import solver_weights
from matching.enums import RuleKind
from matching.models import MatchRun, PairRule
from matching.solver import Rules
from programs.models import Program


def rules_of_run(run: MatchRun, keys: dict[int, str]) -> Rules:
    """The run's own rules and weights, and the program's pinned and excluded pairs.

    `keys` has the keys of the people who take part, by the ids of the people.
    """
    pairs = _ruled_pairs(run.program, keys)
    return Rules(
        weights=solver_weights(run.weights),
        grade_gap=int(run.rules["grade_gap"]),
        require_common_language=bool(run.rules["require_common_language"]),
        min_overlap_minutes=int(run.rules["min_overlap_minutes"]),
        forbid_same_department=bool(run.rules["forbid_same_department"]),
        starts=run.program.starts_on,
        ends=run.program.ends_on,
        pinned=tuple(sorted(pairs[RuleKind.PIN])),
        forbidden=tuple(sorted(pairs[RuleKind.FORBID])),
    )


def _ruled_pairs(program: Program, keys: dict[int, str]) -> dict[str, list[tuple[str, str]]]:
    """The keys of pinned and excluded pairs (mentee, mentor) by kind of rule."""
    pairs: dict[str, list[tuple[str, str]]] = {kind: [] for kind in RuleKind.values}
    rules = PairRule.objects.filter(program=program)
    for kind, mentee, mentor in rules.values_list("kind", "mentee__person", "mentor__person"):
        if mentee in keys and mentor in keys:
            pairs[kind].append((keys[mentee], keys[mentor]))
    return pairs
