"""The best possible partners of everybody, as if all were free."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import Scores
from matching.solver.problem import Problem


@dataclass(frozen=True)
class Partners:
    """The best possible pairs (mentee row, mentor column) of each mentee and of each mentor."""

    of_mentees: tuple[tuple[tuple[int, int], ...], ...]
    of_mentors: tuple[tuple[tuple[int, int], ...], ...]


def best_partners(problem: Problem, *, k: int = 3, minimum: int | None = None) -> Partners:
    """The k best allowed pairs of everybody, best first, ties by key; none below `minimum`.

    Everybody in the problem is taken to be free.
    """
    scores = problem.block(np.arange(problem.shape[0]))
    least = max(0, minimum or 0)
    of_mentees, of_mentors = [], []
    for row, columns in enumerate(_best_of_each(scores, k, least)):
        of_mentees.append(tuple((row, column) for column in columns))
    for column, rows in enumerate(_best_of_each(scores.T, k, least)):
        of_mentors.append(tuple((row, column) for row in rows))
    return Partners(tuple(of_mentees), tuple(of_mentors))


def _best_of_each(scores: Scores, k: int, least: int) -> Iterator[list[int]]:
    """The columns of the k best scores of each row, best first, ties by column."""
    for row in scores:
        best = np.argsort(-row, kind="stable")[:k]
        yield [int(column) for column in best if row[column] >= least]
