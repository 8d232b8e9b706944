"""What else could be: alternatives and their price, a new partner after a pair has ended, two runs
side by side.

Like `explain`, it never speaks of a forbidden pair: private rules stay indistinguishable from a
lack of shared time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np

from matching.solver.certificate import I64, Result
from matching.solver.people import Person
from matching.solver.problem import Problem


@dataclass(frozen=True)
class Alternative:
    """Another mentor for a mentee.

    kind "free": the mentor has room. "swap": the mentee's mentor goes to `other` (a mentee row) in
    exchange. "instead": the mentee, who has nobody, takes the place of `other`. `costs` is what
    this very change takes from the total; `costs_at_least` what any matching with this pair loses
    at least, however the rest were arranged (in the same number, above the same floor).
    `below_floor`: the change makes a pair that is worse than the floor; the total alone may then
    gain, and the costs be negative.
    """

    kind: Literal["free", "swap", "instead"]
    column: int
    score: int
    other: int | None
    costs: int
    costs_at_least: int
    below_floor: bool


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
        kind: Literal["free", "swap", "instead"] = (
            "free" if other < 0 else "instead" if current is None else "swap"
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


def _exchanges(  # noqa: PLR0917 - private, and each is one of its caller's names
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


@dataclass(frozen=True)
class Move:
    """A way to a new partner: the pairs (mentee row, mentor column) to make and to end, and what
    the total gains.
    """

    made: tuple[tuple[int, int], ...]
    ended: tuple[tuple[int, int], ...]
    gain: int


@dataclass(frozen=True)
class Rematch:
    """Suggestions for each of the two whose pair has ended, best first. Empty: there is nobody."""

    for_mentee: tuple[Move, ...]
    for_mentor: tuple[Move, ...]


def rematch(
    problem: Problem, result: Result, i: int, j: int, max_moves: int = 0, *, k: int = 3
) -> Rematch:
    """New partners for mentee row i and mentor column j after their pair has ended.

    With max_moves=0 no other pair is touched: only people with room are suggested. Up to max_moves
    other people of the same side may otherwise pass on their partner, each to somebody else; pinned
    pairs never move. Raises ValueError if the two are no pair of this result.
    """
    if (i, j) not in result.pairs:
        raise ValueError("these two are not a pair of this result")
    rows, columns = room(problem, result)
    solved = [(int(a), int(b)) for a, b in result.answer.pairs if (a, b) != (i, j)]
    low = result.minimum or 0

    def of_mentees(row: int, among: I64) -> I64:
        got = problem.block(np.array([row]), among)[0].astype(np.int64)
        return np.where((got < low) | ((row == i) & (among == j)), -1, got)

    def of_mentors(column: int, among: I64) -> I64:
        got = problem.block(among, np.array([column]))[:, 0].astype(np.int64)
        return np.where((got < low) | ((column == j) & (among == i)), -1, got)

    turned = [(b, a) for a, b in solved]
    mentee = _chains(
        i,
        np.flatnonzero((columns > 0) & (np.arange(len(columns)) != j)),
        solved,
        of_mentees,
        max_moves,
    )
    mentor = _chains(
        j, np.flatnonzero((rows > 0) & (np.arange(len(rows)) != i)), turned, of_mentors, max_moves
    )
    back = [
        Move(tuple((b, a) for a, b in move.made), tuple((b, a) for a, b in move.ended), move.gain)
        for move in mentor
    ]
    return Rematch(tuple(mentee[:k]), tuple(back[:k]))


def _chains(
    start: int,
    free: I64,
    pairs: list[tuple[int, int]],
    scores: Callable[[int, I64], I64],
    max_moves: int,
) -> list[Move]:
    """Who takes over from whom until somebody with room is reached: the best chain to each of them,
    fewest moves first.

    The best chain of each length to each person is grown by one move at a time.
    """
    others = np.array([partner for _, partner in pairs], np.int64)
    having = {(person, partner) for person, partner in pairs}
    reached = {start: Move((), (), 0)}
    found: list[Move] = []
    for left in range(max_moves, -1, -1):
        following: dict[int, Move] = {}
        for person, so_far in sorted(reached.items()):
            for partner, score in zip(free.tolist(), scores(person, free).tolist(), strict=True):
                if score >= 0 and (person, partner) not in having:
                    found.append(
                        Move((*so_far.made, (person, partner)), so_far.ended, so_far.gain + score)
                    )
            if not left or not len(others):
                continue
            for (rival, partner), score in zip(pairs, scores(person, others).tolist(), strict=True):
                used = {start, person, *(who for who, _ in so_far.made)}
                if score < 0 or rival in used or (person, partner) in having:
                    continue
                lost = int(scores(rival, np.array([partner]))[0])
                gain = so_far.gain + score - lost
                if rival not in following or following[rival].gain < gain:
                    following[rival] = Move(
                        (*so_far.made, (person, partner)), (*so_far.ended, (rival, partner)), gain
                    )
        reached = following
    return sorted(found, key=lambda move: (len(move.ended), -move.gain, move.made))


@dataclass(frozen=True)
class Quality:
    """How well a group fares: people, how many of them are paired, the median and the worst of
    their scores.
    """

    group: str
    people: int
    paired: int
    median: float | None
    worst: int | None


def quality(
    problem: Problem, result: Result, by: Literal["role", "department", "grade", "location"]
) -> tuple[Quality, ...]:
    """Both sides together, by group, in alphabetical order ("" is not stated): is any group left
    behind?

    Of somebody with several partners the best score counts.
    """
    best: dict[tuple[str, int], int] = {}
    for i, j, score, _ in result.scored_pairs:
        for end in (("mentee", i), ("mentor", j)):
            best[end] = max(best.get(end, -1), score)
    groups: dict[str, list[int | None]] = {}
    for side in (problem.mentees, problem.mentors):
        for at, person in enumerate(side):
            groups.setdefault(_group(person, by), []).append(best.get((person.role, at)))
    found = []
    for group, scores in sorted(groups.items()):
        paired = [score for score in scores if score is not None]
        middle = float(median(paired)) if paired else None
        found.append(Quality(group, len(scores), len(paired), middle, min(paired, default=None)))
    return tuple(found)


def _group(person: Person, by: Literal["role", "department", "grade", "location"]) -> str:
    if by == "grade":
        return "" if person.grade_rank is None else str(person.grade_rank)
    return {"role": person.role, "department": person.department, "location": person.location}[by]


@dataclass(frozen=True)
class Summary:
    """One run in figures. The gap is 0 where the total is proven best."""

    objective: str
    pairs: int
    total: int
    worst: int | None
    median: float | None
    gap: float


@dataclass(frozen=True)
class Comparison:
    """Two runs: pairs (mentee key, mentor key) kept, only in the first, only in the second; figures
    and groups of each.

    Totals compare only under equal weights: `same_weights`.
    """

    kept: tuple[tuple[str, str], ...]
    only_first: tuple[tuple[str, str], ...]
    only_second: tuple[tuple[str, str], ...]
    first: Summary
    second: Summary
    same_weights: bool
    groups: dict[str, tuple[tuple[Quality, ...], tuple[Quality, ...]]]


Run = tuple[Problem, Result]


def summary(run: Run) -> Summary:
    """The figures of one run, pinned pairs included."""
    scores = [score for _, _, score, _ in run[1].scored_pairs]
    middle = float(median(scores)) if scores else None
    return Summary(
        run[1].objective, len(scores), sum(scores), min(scores, default=None), middle, run[1].gap
    )


def compare(run_a: Run, run_b: Run) -> Comparison:
    """Two runs, (problem, result) each, side by side. People are recognised by their keys."""
    first, second = (
        {(problem.mentees[i].key, problem.mentors[j].key) for i, j in result.pairs}
        for problem, result in (run_a, run_b)
    )
    by: tuple[Literal["role", "department", "grade", "location"], ...] = (
        "role",
        "department",
        "grade",
        "location",
    )
    return Comparison(
        tuple(sorted(first & second)),
        tuple(sorted(first - second)),
        tuple(sorted(second - first)),
        summary(run_a),
        summary(run_b),
        run_a[0].rules.weights.shares() == run_b[0].rules.weights.shares(),
        {name: (quality(*run_a, name), quality(*run_b, name)) for name in by},
    )
