"""Answers for one person at a time, to compare with those that the solver finds for all at once."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.solver import Alternative, Person, Problem, PublicReason, Result, public_reason
from matching.solver.arrays import I64
from matching.solver.explanations.why_unmatched import Obstacle, WhyUnmatched, shortage, why
from matching.solver.scoring.scorer import REASONS


def alternatives(problem: Problem, result: Result, i: int, k: int = 5) -> tuple[Alternative, ...]:
    """The k best other mentors for mentee row i, cheapest for the whole first, then by score and
    column.

    Pinned pairs are never touched. A mentee with several mentors is asked about the one with the
    lowest score.
    """
    own = result.answer.pairs[result.answer.pairs[:, 0] == i][:, 1]
    if not len(own) and problem.mentee_capacity[i] == 0:
        return ()
    scores = problem.block(np.array([i]))[0].astype(np.int64)
    scores[scores < (result.minimum or 0)] = -1
    scores[own] = -1
    current = int(own[np.argmin(problem.scores(np.full(len(own), i), own))]) if len(own) else None
    now = problem.score(i, current) if current is not None else 0
    free = np.flatnonzero((room(problem, result)[1] > 0) & (scores >= 0))
    there = _Changes(free, np.full(len(free), -1), now - scores[free], scores[free])
    change = there.and_also(_exchanges(problem, result, i, current, now, scores))
    first = np.lexsort((change.others, change.columns, -scores[change.columns], change.costs))[:k]
    found = []
    for at in first.tolist():
        column, other = int(change.columns[at]), int(change.others[at])
        kind: Literal["free", "swap", "replace"] = (
            "free" if other < 0 else "replace" if current is None else "swap"
        )
        below = result.floor is not None and int(change.worst[at]) < result.floor
        score, costs = int(scores[column]), int(change.costs[at])
        least = int(at_least(result, np.array([i]), np.array([column]), np.array([score]))[0])
        found.append(
            Alternative(kind, column, score, None if other < 0 else other, costs, least, below)
        )
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Changes:
    """Possible changes, one a position: the mentor's column, whose they are (-1: nobody's), what it
    costs.
    """

    columns: I64
    others: I64
    costs: I64
    worst: I64  # the lowest score among the new pairs

    def and_also(self, more: "_Changes") -> "_Changes":
        """Both, one after the other."""
        mine = self.columns, self.others, self.costs, self.worst
        theirs = more.columns, more.others, more.costs, more.worst
        return _Changes(*(np.concatenate(both) for both in zip(mine, theirs, strict=True)))


def _exchanges(
    problem: Problem, result: Result, i: int, current: int | None, now: int, scores: I64
) -> _Changes:
    """Every other pair's mentor against the mentee's own (or, for who has none, against
    nothing).
    """
    pairs = result.answer.pairs
    fine = (pairs[:, 0] != i) & (scores[pairs[:, 1]] >= 0)
    rows, columns = pairs[fine, 0], pairs[fine, 1]
    costs, worst = result.answer.scores[fine] - scores[columns], scores[columns]
    if current is None:
        return _Changes(columns, rows, costs, worst)
    back = problem.scores(rows, np.full(len(rows), current))
    held = pairs[pairs[:, 1] == current, 0]  # nobody gets the same mentor twice
    fine = (back >= (result.minimum or 0)) & ~np.isin(rows, held)
    back = back[fine]
    return _Changes(
        columns[fine], rows[fine], costs[fine] + now - back, np.minimum(back, worst[fine])
    )


def at_least(result: Result, i: I64, j: I64, scores: I64) -> I64:
    """u + v - w: the reduced costs of the pairs (i[k], j[k]), less what the result itself may be
    short of the best.
    """
    proof = result.answer.certificate
    least: I64 = (
        proof.u[i]
        + proof.v[j]
        + proof.pair_price
        - scores
        - (result.answer.bound - result.answer.total)
    )
    below = scores < result.floor if result.floor is not None else np.zeros(len(scores), np.bool_)
    return np.where(below, least, np.maximum(least, 0))


def room(problem: Problem, result: Result) -> tuple[I64, I64]:
    """What capacity is left on each side."""
    n, m = problem.shape
    pairs = result.answer.pairs
    return (
        problem.mentee_capacity - np.bincount(pairs[:, 0], minlength=n),
        problem.mentor_capacity - np.bincount(pairs[:, 1], minlength=m),
    )


def line(problem: Problem, person: Person) -> tuple[I64, I64]:
    """Pairs (rows, columns) of one person with everybody on the other side.

    KeyError for a stranger.
    """
    n, m = problem.shape
    at = problem.position(person)
    if person.role == "mentee":
        return np.full(m, at), np.arange(m)
    return np.arange(n), np.full(n, at)


def why_unmatched(problem: Problem, result: Result, person: Person, most: int = 5) -> WhyUnmatched:
    """Why this person (of this problem; KeyError for a stranger) is in no pair.

    `most` bounds the list `taken_by`.
    """
    i, j = line(problem, person)
    broken = problem.scorer.broken(i, j)
    names = list(dict.fromkeys(public_reason(reason) for reason in REASONS))
    public = np.zeros((len(names) + 1, len(i)), np.bool_)
    for reason, row in zip(REASONS, broken, strict=True):
        public[names.index(public_reason(reason))] |= row
    scores = problem.scores(i, j)
    if result.minimum is not None:
        names.append(PublicReason.BELOW_MINIMUM)
        public[-1] = ~public.any(0) & (
            scores < result.minimum
        )  # said only where nothing else forbids
    alone = public & (public.sum(0) == 1)
    counts = zip(names, public.sum(1).tolist(), alone.sum(1).tolist(), strict=False)
    obstacles = [Obstacle(*count) for count in counts]
    eligible = np.flatnonzero(~public.any(0))
    wanted = eligible[np.argsort(-scores[eligible], kind="stable")]
    return why(
        problem, result, person, obstacles, wanted, shortage(problem, result, person.role), most
    )
