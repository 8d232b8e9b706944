"""A change of the rules, and the tables from which the pairs under any loosening of them are read.

What is private is one table of pairs that are "not available": no change touches it, and nothing is
asked of it but whether a pair is in it.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from matching.solver.arrays import I64, NO_PAIRS, Flags, Scores, counted, in_blocks, on_threads
from matching.solver.people import Person, PublicReason, Reason, Role, Rules
from matching.solver.problem import Problem, build_problem
from matching.solver.result import Result
from matching.solver.suggestions.counting import most_pairs
from matching.solver.suggestions.newcomers import Wanted

ALL = slice(None)
Kind = Literal[
    "same_department",
    "grade_gap",
    "language",
    "minimum",
    "together",
    "participation",
    "places",
    "newcomers",
]


@dataclass(frozen=True)
class Change:
    """Something that would make `extra` more pairs, all else being equal.

    same_department, language: the rule is dropped. grade_gap, minimum: lowered to `to`. together:
    all of `parts` at once. participation: aim for the number of pairs instead of the total. places:
    each of `people` gives one more place. newcomers: so many more people of `role` as `topics`
    says.
    """

    kind: Kind
    extra: int
    to: int | None = None
    parts: tuple["Change", ...] = ()
    people: tuple[Person, ...] = ()
    role: Role | None = None
    topics: tuple[Wanted, ...] = ()

    def applied(self, rules: Rules) -> Rules:
        """The rules with this change made. `minimum` and `places` are no rules."""
        for part in self.parts or (self,):
            rules = dataclasses.replace(rules, **_rules_of(part))
        return rules


def _rules_of(change: Change) -> dict[str, Any]:
    """The rules that one change sets."""
    if change.kind == "same_department":
        return {"forbid_same_department": False}
    if change.kind == "language":
        return {"require_common_language": False}
    if change.kind == "grade_gap":
        return {"grade_gap": change.to}
    return {}


def positions(problem: Problem) -> dict[tuple[Role, str], int]:
    """The rows of all mentees and the columns of all mentors, by role and key."""
    found = {}
    for side in (problem.mentees, problem.mentors):
        for at, person in enumerate(side):
            found[person.role, person.key] = at
    return found


@dataclass(eq=False)
class Case:
    """A solved problem, with the tables from which any loosening of its rules is read."""

    problem: Problem
    result: Result

    @property
    def pairs(self) -> I64:
        """The pairs found (pins are elsewhere)."""
        return self.result.answer.pairs

    @cached_property
    def at(self) -> dict[tuple[Role, str], int]:
        """Where everybody is."""
        return positions(self.problem)

    @cached_property
    def capacity(self) -> tuple[I64, I64]:
        """Nobody can meet more people than there are."""
        n, m = self.problem.shape
        mentees, mentors = self.problem.capacity
        return np.minimum(mentees, m), np.minimum(mentors, n)

    @cached_property
    def left(self) -> tuple[I64, I64]:
        """Places not filled, on each side."""
        mentees, mentors = self.capacity
        rows, columns = self.pairs.T
        return mentees - counted(rows, len(mentees)), mentors - counted(columns, len(mentors))

    @cached_property
    def allowed(self) -> Flags:
        """The pairs that the rules allow now."""
        stored, lowest = self.problem.stored, self.result.lowest
        if stored is None:
            return self.under(self.problem.rules, lowest)
        return np.asarray(stored >= lowest)

    @cached_property
    def bare(self) -> Scores:
        """Scores with only those rules kept that no change touches: the private ones, reporting
        lines, prohibitions.
        """
        bare = self.problem.scorer.without_rules()
        n, m = self.problem.shape
        blocks = in_blocks(np.arange(n), m, self.problem.cells)
        return np.concatenate(on_threads(bare.block, blocks))

    @cached_property
    def distance(self) -> Scores:
        """Ranks from each mentor up to each mentee; whoever has none is in no allowed pair
        anyway.
        """
        mentees, mentors = _ranks(self.problem.mentees), _ranks(self.problem.mentors)
        return mentees[:, None] - mentors

    @cached_property
    def same_department(self) -> Flags:
        """Pairs that the rule about departments forbids."""
        return self.problem.scorer.broken_by_columns(Reason.SAME_DEPARTMENT, ALL, ALL)

    @cached_property
    def no_language(self) -> Flags:
        """Pairs that the rule about languages forbids."""
        scorer = self.problem.scorer
        if scorer.languages is None:
            return scorer.broken_by_columns(Reason.NO_COMMON_LANGUAGE, ALL, ALL)
        return scorer.broken_by_words(scorer.languages, ALL, ALL)

    def under(self, rules: Rules, lowest: int) -> Flags:
        """The pairs that would be allowed under looser rules, from a score of `lowest` on."""
        allowed: Flags = self.bare >= lowest
        allowed &= self.distance >= rules.grade_gap
        if rules.forbid_same_department:
            allowed &= ~self.same_department
        if rules.require_common_language:
            allowed &= ~self.no_language
        return allowed

    def more(self, change: Change) -> int:
        """How many more pairs a change of rules makes, exactly."""
        rules = change.applied(self.problem.rules)
        lowest = lowest_of(change, self.result.minimum)
        if pins_return(self.problem, rules):
            return self._built_again(rules, lowest)
        most = most_pairs(self.under(rules, lowest), self.pairs, self.capacity)
        return most - len(self.pairs)

    def _built_again(self, rules: Rules, lowest: int) -> int:
        """The same for a problem that is built anew, with the pins that it then keeps."""
        changed = build_problem([*self.problem.mentees, *self.problem.mentors], rules)
        other = Case(changed, dataclasses.replace(self.result, minimum=lowest))
        most = most_pairs(other.allowed, NO_PAIRS, other.capacity)
        return most + len(changed.pinned) - len(self.result)


def _ranks(people: Sequence[Person]) -> Scores:
    return np.array([person.grade_rank or 0 for person in people], np.int16)


def lowest_of(change: Change, minimum: int | None) -> int:
    """The smallest score of a pair under a change."""
    for part in change.parts or (change,):
        if part.kind == "minimum":
            return part.to or 0
    return minimum or 0


def pins_return(problem: Problem, rules: Rules) -> bool:
    """Whether a pin that was refused might be kept under these rules: it would then take its places
    first.
    """
    loosened = _loosened(problem.rules, rules)
    return any(loosened.intersection(pin.reasons) for pin in problem.refused_pins)


def _loosened(before: Rules, after: Rules) -> set[PublicReason]:
    """The rules that forbid fewer pairs than before."""
    loosened = set()
    if after.grade_gap < before.grade_gap:
        loosened.add(PublicReason.GRADE_GAP)
    if before.forbid_same_department and not after.forbid_same_department:
        loosened.add(PublicReason.SAME_DEPARTMENT)
    if before.require_common_language and not after.require_common_language:
        loosened.add(PublicReason.NO_COMMON_LANGUAGE)
    return loosened
