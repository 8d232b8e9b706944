"""An independent check of what a result claims. It uses no code of the solver.

The number of pairs is proven by a cover of the allowed pairs, the floor by a cover of the pairs
that score more than it (both: König 1931), the total by integer dual prices (weak duality of the
assignment problem). Each is a sum over the whole matrix that anyone can recompute; nothing about
how the solver works needs to be believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from matching.solver.arrays import I64, Flags, Integers
from matching.solver.assignment.sources import Source
from matching.solver.problem import Problem
from matching.solver.result import Answer, Cut, Result

BLOCK_CELLS = 1 << 18


def verify(problem: Problem, result: Result) -> list[str]:
    """What is wrong with a result: empty when rules, capacities, number, floor and total are all
    proven.
    """
    answer = result.answer
    if not _in_range(problem.shape, answer.pairs):
        return ["pairs out of range"]

    faults = check(
        problem, problem.capacity, answer, floor=result.with_floor, minimum=result.lowest
    )
    return [*_faults_of_rules(problem, result), *faults]


def _faults_of_rules(problem: Problem, result: Result) -> Iterator[str]:
    """What is wrong with pins, rules and the parts of the scores."""
    if result.pinned != problem.pinned or result.pinned_scores != problem.pinned_scores:
        yield "other pins than the problem's"

    rows, columns = result.answer.pairs.T
    if problem.scorer.broken(rows, columns).any():
        yield "a pair breaks a rule"

    if (_sums_of_parts(problem, rows, columns) != result.answer.scores).any():
        yield "a score is not the sum of its parts"


def _sums_of_parts(problem: Problem, rows: I64, columns: I64) -> I64:
    parts = problem.scorer.components(rows, columns).values()
    return sum(parts, np.zeros(len(rows), np.int64))


def _in_range(shape: tuple[int, int], pairs: I64) -> bool:
    if not len(pairs):
        return True
    return bool((pairs >= 0).all() and (pairs < shape).all())


def check(
    source: Source,
    capacity: tuple[I64, I64],
    answer: Answer,
    *,
    floor: bool = False,
    minimum: int = 0,
) -> list[str]:
    """What is wrong with an answer to a matrix of scores: empty when everything it claims is
    proven.
    """
    n, m = source.shape
    if not _in_range(source.shape, answer.pairs) or _repeat(answer.pairs, m):
        return ["pairs out of range or repeated"]

    # nobody meets more people than there are, and each of them once
    mentees, mentors = np.minimum(capacity[0], m), np.minimum(capacity[1], n)
    claims = _Claims(source, mentees, mentors, answer, minimum)
    sums = _sums(claims)
    faults = [*_faults_of_pairs(claims, sums), *_faults_of_prices(claims, sums)]
    if not _number_is_proven(claims, sums):
        faults.append("the number of pairs is not proven")
    if floor and not _floor_is_proven(claims, sums):
        faults.append("the floor is not proven")
    return faults


def _repeat(pairs: I64, width: int) -> bool:
    keys = pairs[:, 0] * width + pairs[:, 1]
    return len(np.unique(keys)) < len(keys)


@dataclass(frozen=True, eq=False)
class _Claims:
    """An answer, and what it is an answer to."""

    source: Source
    mentees: I64  # capacities
    mentors: I64
    answer: Answer
    minimum: int

    @property
    def is_sized(self) -> bool:
        """Whether the number of pairs is fixed."""
        return self.answer.objective == "participation"

    @property
    def lowest(self) -> int:
        """The lowest score of a pair that may be made."""
        return max(self.minimum, self.answer.floor or 0)

    def cuts(self) -> Iterator[tuple[str, Cut, int]]:
        """Each cut with the score from which on it covers pairs."""
        proof = self.answer.certificate
        if proof.number is not None:
            yield "number", proof.number, self.minimum
        if proof.floor is not None:
            yield "floor", proof.floor, self.lowest + 1


@dataclass
class _Sums:
    """What the prices add up to, how many pairs each cut leaves possible, the pairs' scores."""

    scores: I64
    dual: int
    possible: dict[str, int] = field(default_factory=dict)


def _faults_of_pairs(claims: _Claims, sums: _Sums) -> Iterator[str]:
    rows, columns = claims.answer.pairs.T
    if _exceed(rows, claims.mentees) or _exceed(columns, claims.mentors):
        yield "capacity exceeded"
    if (sums.scores < claims.minimum).any():
        yield "a forbidden pair"
    if (sums.scores != claims.answer.scores).any():
        yield "a score is misreported"


def _exceed(people: I64, capacity: I64) -> bool:
    """Whether somebody occurs more often than they may."""
    return bool((np.bincount(people, minlength=len(capacity)) > capacity).any())


def _faults_of_prices(claims: _Claims, sums: _Sums) -> Iterator[str]:
    answer = claims.answer
    proof = answer.certificate
    is_negative = bool((proof.u < 0).any() or (proof.v < 0).any())
    if is_negative or (proof.pair_price and not claims.is_sized):
        yield "a price of the wrong sign"
    if not answer.total <= sums.dual <= answer.bound:
        yield f"the bound {answer.bound} is not shown: the prices make {sums.dual}"


def _number_is_proven(claims: _Claims, sums: _Sums) -> bool:
    return not claims.is_sized or sums.possible.get("number") == len(claims.answer)


def _floor_is_proven(claims: _Claims, sums: _Sums) -> bool:
    """Whether all pairs score the floor, and so many could not all score more."""
    count = len(claims.answer)
    if not count:
        return True
    if claims.answer.floor is None or (sums.scores < claims.lowest).any():
        return False
    return sums.possible.get("floor", count) < count


def _sums(claims: _Claims) -> _Sums:
    """The sums of the certificates over the whole matrix."""
    found = _Sums(np.empty(len(claims.answer), np.int64), _prices_of_people(claims))
    for name, cut, _ in claims.cuts():
        found.possible[name] = _places_in(cut, claims)
    for start, block in _blocks(claims.source):
        _add_block(found, claims, start, block)
    return found


def _places_in(cut: Cut, claims: _Claims) -> int:
    """The places of the people who cover the pairs."""
    mentees = claims.mentees[~cut.open_mentees]
    mentors = claims.mentors[cut.closed_mentors]
    return int(mentees.sum() + mentors.sum())


def _prices_of_people(claims: _Claims) -> int:
    """What the prices add up to, but for what scores exceed them by."""
    proof = claims.answer.certificate
    people = int(claims.mentees @ proof.u) + int(claims.mentors @ proof.v)
    if not claims.is_sized:
        return people
    return people + proof.pair_price * len(claims.answer)


def _add_block(found: _Sums, claims: _Claims, start: int, block: Integers) -> None:
    """Add the part of each sum that a block of rows makes."""
    proof = claims.answer.certificate
    rows = slice(start, start + len(block))
    prices = proof.u[rows, None] + proof.pair_price + proof.v
    found.dual += _excess(block, prices, claims.mentees[rows], claims.lowest)

    for name, cut, level in claims.cuts():
        found.possible[name] += _uncovered(block, cut.open_mentees[rows], cut, level)
    _read_scores(found.scores, claims.answer.pairs, start, block)


def _uncovered(block: Integers, open_mentees: Flags, cut: Cut, level: int) -> int:
    """How many pairs of a block of rows from a score on are not covered."""
    uncovered = block[open_mentees][:, ~cut.closed_mentors]
    return int((uncovered >= level).sum())


def _read_scores(scores: I64, pairs: I64, start: int, block: Integers) -> None:
    """Fill in the scores of those pairs that are in a block of rows."""
    rows, columns = pairs[:, 0] - start, pairs[:, 1]
    here = np.flatnonzero((rows >= 0) & (rows < len(block)))
    scores[here] = block[rows[here], columns[here]]


def _excess(block: Integers, prices: I64, capacity: I64, lowest: int) -> int:
    """What scores exceed the prices by: the dual variables of "each pair once".

    A mentee can gain the few largest, as many as they have places.
    """
    over = block - prices  # int64, whatever the scores are
    over[(block < lowest) | (over < 0)] = 0
    hit = np.flatnonzero(over.any(1))
    largest_first = np.sort(over[hit], axis=1)[:, ::-1]
    within = np.arange(block.shape[1]) < capacity[hit, None]
    return int(largest_first[within].sum())


def _blocks(source: Source) -> Iterator[tuple[int, Integers]]:
    """The whole matrix in blocks of consecutive rows, each with its first row.

    It is asked for in large blocks and looked at in small ones.
    """
    n, m = source.shape
    large, small = _rows_of(source.cells, m), _rows_of(BLOCK_CELLS, m)
    for first in range(0, n, large):
        rows = np.arange(first, min(n, first + large))
        block = np.asarray(source.block(rows))
        for start in range(0, len(block), small):
            yield first + start, block[start : start + small]


def _rows_of(cells: int, width: int) -> int:
    """How many rows have so many cells, but at least one."""
    return max(1, cells // max(1, width))
