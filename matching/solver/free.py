"""Partners for those who have nobody, from the others who have room: what `rematch` says with no
moves, for all at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.solver.problem import Problem
from matching.solver.scoring import Scores


@dataclass(frozen=True)
class Partners:
    """The best possible pairs (mentee row, mentor column) of each mentee and of each mentor, best
    first.
    """

    of_mentees: tuple[tuple[tuple[int, int], ...], ...]
    of_mentors: tuple[tuple[tuple[int, int], ...], ...]


def partners(problem: Problem, *, k: int = 3, minimum: int | None = None) -> Partners:
    """The k best pairs of everybody in the problem whom no rule forbids and who score `minimum`.

    Everybody in the problem is taken to be free. Like `rematch`, it never speaks of a forbidden
    pair; ties go by key.
    """
    n, m = problem.shape
    scores = problem.block(np.arange(n)) if n and m else np.full((n, m), -1, np.int16)
    least = max(0, minimum or 0)
    return Partners(
        tuple(tuple((i, j) for j in best) for i, best in enumerate(_best(scores, k, least))),
        tuple(tuple((i, j) for i in best) for j, best in enumerate(_best(scores.T, k, least))),
    )


def _best(scores: Scores, k: int, least: int) -> Iterator[list[int]]:
    """The columns of the k best scores of each row, best first, ties by column; none below
    `least`.
    """
    for row in scores:
        found = np.argsort(-row.astype(np.int64), kind="stable")[:k]
        yield [int(at) for at in found if row[at] >= least]
