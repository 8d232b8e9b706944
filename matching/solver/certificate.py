"""An independent check of what a result claims. It uses no code of the solver.

The number of pairs is proven by a cover of the allowed pairs, the floor by a cover of the pairs
that score more than it (both: König 1931), the total by integer dual prices (weak duality of the
assignment problem). Each is a sum over the whole matrix that anyone can recompute; nothing about
how the solver works needs to be believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, Integers
from matching.solver.assignment.sources import Source
from matching.solver.problem import Problem
from matching.solver.result import Answer, Cut, Result

BLOCK_CELLS = 1 << 18


def verify(problem: Problem, result: Result) -> list[str]:
    """What is wrong with a result: empty when rules, capacities, number, floor and total are all
    proven.
    """
    bad = []
    if result.pinned != problem.pinned or result.pinned_scores != problem.pinned_scores:
        bad.append("other pins than the problem's")
    i, j = result.answer.pairs.T
    if not _in_range(problem.shape, i, j):
        return ["pairs out of range"]
    if problem.scorer.broken(i, j).any():
        bad.append("a pair breaks a rule")
    sums = sum(problem.scorer.components(i, j).values(), np.zeros(len(i), np.int64))
    if (sums != result.answer.scores).any():
        bad.append("a score is not the sum of its parts")
    return bad + check(
        problem,
        (problem.mentee_capacity, problem.mentor_capacity),
        result.answer,
        floor=result.with_floor,
        minimum=max(result.minimum or 0, 0),
    )


def _in_range(shape: tuple[int, int], i: I64, j: I64) -> bool:
    n, m = shape
    return not len(i) or bool(min(i.min(), j.min()) >= 0 and i.max() < n and j.max() < m)


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
    i, j = answer.pairs.T
    if not _in_range(source.shape, i, j) or len(np.unique(i * m + j)) < len(i):
        return ["pairs out of range or repeated"]

    # nobody meets more people than there are, and each of them once
    mentees, mentors = np.minimum(capacity[0], m), np.minimum(capacity[1], n)
    proof, sized = answer.certificate, answer.objective == "participation"
    lowest = max(minimum, answer.floor or 0)
    sums = _sums(source, (mentees, mentors), answer, minimum, lowest)
    below = bool((sums.scores < lowest).any())
    faults = {
        "capacity exceeded": bool(
            (np.bincount(i, minlength=n) > mentees).any()
            or (np.bincount(j, minlength=m) > mentors).any()
        ),
        "a forbidden pair": bool((sums.scores < minimum).any()),
        "a score is misreported": bool((sums.scores != answer.scores).any()),
        "a price of the wrong sign": bool(
            min(proof.u.min(initial=0), proof.v.min(initial=0)) < 0
            or (proof.pair_price and not sized)
        ),
        f"the bound {answer.bound} is not shown: the prices make {sums.dual}": not (
            answer.total <= sums.dual <= answer.bound
        ),
        "the number of pairs is not proven": sized and sums.possible.get("number") != len(i),
        "the floor is not proven": bool(floor and len(i))
        and (answer.floor is None or below or sums.possible.get("floor", len(i)) >= len(i)),
    }
    return [fault for fault, is_so in faults.items() if is_so]


@dataclass
class _Sums:
    """What the prices add up to, how many pairs each cut leaves possible, the pairs' scores."""

    dual: int
    possible: dict[str, int]
    scores: I64


def _sums(
    source: Source, capacity: tuple[I64, I64], answer: Answer, minimum: int, lowest: int
) -> _Sums:
    """The sums of the certificates over the whole matrix."""
    mentees, mentors = capacity
    i, j = answer.pairs.T
    proof = answer.certificate
    number_price = proof.pair_price * len(i) * (answer.objective == "participation")
    found = _Sums(
        dual=number_price + int(mentees @ proof.u) + int(mentors @ proof.v),
        possible={},
        scores=np.empty(len(i), np.int64),
    )
    cuts: list[tuple[str, Cut, int]] = []
    for name, cut, level in (
        ("number", proof.number, minimum),
        ("floor", proof.floor, lowest + 1),
    ):
        if cut is not None:
            cuts.append((name, cut, level))
            cover = mentees[~cut.open_mentees].sum() + mentors[cut.closed_mentors].sum()
            found.possible[name] = int(cover)

    order = np.argsort(i, kind="stable")
    for start, block in _blocks(source):
        rows = slice(start, start + len(block))
        first, last = np.searchsorted(i[order], (rows.start, rows.stop))
        mine = order[first:last]
        found.scores[mine] = block[i[mine] - start, j[mine]]
        prices = proof.u[rows, None] + proof.pair_price
        found.dual += _excess(block, prices, proof.v, mentees[rows], lowest)
        for name, cut, level in cuts:
            uncovered = block[cut.open_mentees[rows]][:, ~cut.closed_mentors]
            found.possible[name] += int((uncovered >= level).sum())
    return found


def _excess(block: Integers, prices: I64, v: I64, capacity: I64, lowest: int) -> int:
    """What scores exceed the prices by: the dual variables of "each pair once".

    A mentee can gain the few largest, as many as they have places.
    """
    over = block - prices - v  # int64, whatever the scores are
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
    large, small = max(1, source.cells // max(1, m)), max(1, BLOCK_CELLS // max(1, m))
    for first in range(0, n, large):
        block = np.asarray(source.block(np.arange(first, min(n, first + large))))
        for start in range(0, len(block), small):
            yield first + start, block[start : start + small]
