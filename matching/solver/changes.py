"""A change of the rules, and the tables from which the pairs under any loosening of them are read.

What is private is one table of pairs that are "not available": no change touches it, and nothing is
asked of it but whether a pair stands in it.
"""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from matching.solver.arrays import I64, THREADS, Flags, Scores, product
from matching.solver.counting import Room
from matching.solver.newcomers import Wanted
from matching.solver.people import Person, PublicReason, Reason, Role, Rules
from matching.solver.problem import Problem, build_problem
from matching.solver.result import Result

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
        """The rules with this change made (for changes of rules; `minimum` and `places` are
        none).
        """
        for part in self.parts or (self,):
            changed = {
                "same_department": {"forbid_same_department": False},
                "language": {"require_common_language": False},
                "grade_gap": {"grade_gap": part.to},
            }
            rules = dataclasses.replace(rules, **changed.get(part.kind, {}))  # type: ignore[arg-type]
        return rules


def positions(problem: Problem) -> dict[tuple[str, str], int]:
    """The rows of all mentees and the columns of all mentors, by role and key."""
    return {
        (person.role, person.key): at
        for side in (problem.mentees, problem.mentors)
        for at, person in enumerate(side)
    }


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
    def at(self) -> dict[tuple[str, str], int]:
        """Where everybody is."""
        return positions(self.problem)

    @cached_property
    def capacity(self) -> tuple[I64, I64]:
        """Nobody can meet more than everybody."""
        n, m = self.problem.shape
        return np.minimum(self.problem.mentee_capacity, m), np.minimum(
            self.problem.mentor_capacity, n
        )

    @cached_property
    def left(self) -> tuple[I64, I64]:
        """Places not filled, on each side."""
        n, m = self.problem.shape
        used = (
            np.bincount(self.pairs[:, 0], minlength=n),
            np.bincount(self.pairs[:, 1], minlength=m),
        )
        return self.capacity[0] - used[0], self.capacity[1] - used[1]

    @cached_property
    def allowed(self) -> Flags:
        """The pairs that the rules allow now."""
        low = self.result.minimum or 0
        if self.problem.stored is not None:
            return np.asarray(self.problem.stored >= low)
        return self.under(self.problem.rules, low)

    @cached_property
    def bare(self) -> Scores:
        """Scores with only those rules kept that no change touches: the private ones, reporting
        lines, prohibitions.
        """
        scorer, drop = (
            self.problem.scorer,
            (Reason.GRADE_GAP, Reason.SAME_DEPARTMENT, Reason.NO_COMMON_LANGUAGE),
        )
        keep = np.ones(scorer.mentees.shape[1], np.bool_)
        for reason in drop:
            keep[scorer.parts.get(reason.value, slice(0, 0))] = False
        right = np.ascontiguousarray(scorer.mentors[keep])
        bare = dataclasses.replace(
            scorer, mentees=scorer.mentees[:, keep], mentors=right, parts={}, languages=None
        )
        n, m = self.problem.shape
        step = max(1, self.problem.cells // m)
        with ThreadPoolExecutor(THREADS) as pool:
            return np.concatenate(
                list(
                    pool.map(
                        lambda at: bare.block(np.arange(at, min(n, at + step))), range(0, n, step)
                    )
                )
            )

    @cached_property
    def distance(self) -> Scores:
        """Ranks from each mentor up to each mentee; whoever has none is in no allowed pair
        anyway.
        """
        sides = self.problem.mentees, self.problem.mentors
        mentees, mentors = (
            np.array([person.grade_rank or 0 for person in side], np.int16) for side in sides
        )
        return mentees[:, None] - mentors

    @cached_property
    def same_department(self) -> Flags:
        """Pairs that the rule about departments forbids."""
        return self._forbidden(Reason.SAME_DEPARTMENT)

    @cached_property
    def no_language(self) -> Flags:
        """Pairs that the rule about languages forbids."""
        if self.problem.scorer.languages is None:
            return self._forbidden(Reason.NO_COMMON_LANGUAGE)
        left, right = self.problem.scorer.languages
        return np.asarray(product(left, right) == 0)

    def _forbidden(self, reason: Reason) -> Flags:
        scorer, part = self.problem.scorer, self.problem.scorer.parts.get(reason.value, slice(0, 0))
        return np.asarray(product(scorer.mentees[:, part], scorer.mentors[part]) < 0)

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
        rules, lowest = change.applied(self.problem.rules), lowest_of(change, self.result.minimum)
        if pins_return(self.problem, rules):
            return self._anew(
                build_problem([*self.problem.mentees, *self.problem.mentors], rules), lowest
            )
        return Room(self.under(rules, lowest), self.pairs).most(*self.capacity) - len(self.pairs)

    def _anew(self, changed: Problem, lowest: int) -> int:
        """The same for a problem that was compiled anew, with the pins it keeps."""
        other = Case(changed, dataclasses.replace(self.result, minimum=lowest))
        nobody = np.empty((0, 2), np.int64)
        return (
            Room(other.allowed, nobody).most(*other.capacity)
            + len(changed.pinned)
            - len(self.result)
        )


def lowest_of(change: Change, minimum: int | None) -> int:
    """The smallest score of a pair under a change."""
    part = next((part for part in change.parts or (change,) if part.kind == "minimum"), None)
    return (minimum or 0) if part is None else part.to or 0


def pins_return(problem: Problem, rules: Rules) -> bool:
    """Whether a pin that was refused might be kept under these rules: it would then take its places
    first.
    """
    loosened = set()
    if rules.grade_gap < problem.rules.grade_gap:
        loosened.add(PublicReason.GRADE_GAP)
    if rules.forbid_same_department < problem.rules.forbid_same_department:
        loosened.add(PublicReason.SAME_DEPARTMENT)
    if rules.require_common_language < problem.rules.require_common_language:
        loosened.add(PublicReason.NO_COMMON_LANGUAGE)
    return any(loosened.intersection(pin.reasons) for pin in problem.refused_pins)
