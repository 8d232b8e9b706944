"""Where scores come from: a matrix in memory, or one that is computed block by block."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from matching.solver.arrays import I64, Integers, pick
from matching.solver.people import FORBIDDEN

BLOCK_CELLS = 1 << 19
"""Scores of one block: as many as stay in the processor's cache."""


class Source(Protocol):
    """A matrix of scores, mentees × mentors."""

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""

    @property
    def top(self) -> int:
        """No score is higher. Below 0: no pair is allowed."""

    @property
    def cells(self) -> int:
        """How many scores are best asked for at once."""

    def block(self, rows: I64, columns: I64 | None = None) -> Integers:
        """Scores (rows × columns), negative where forbidden. May be a view: never written to."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """A source in memory.

    Raises ValueError unless it is a two-dimensional array of integers from -1 up.
    """

    scores: Integers

    def __post_init__(self) -> None:
        if self.scores.ndim != 2 or (self.scores.size and self.scores.dtype.kind not in "iu"):
            raise ValueError("scores are a mentees × mentors array of integers")
        if self.scores.size and int(self.scores.min()) < FORBIDDEN:
            raise ValueError("scores are 0 or more, or -1 where a pair is forbidden")

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""
        return self.scores.shape[0], self.scores.shape[1]

    @property
    def cells(self) -> int:
        """As many as stay in the processor's cache."""
        return BLOCK_CELLS

    @cached_property
    def top(self) -> int:
        """The highest score."""
        return int(self.scores.max(initial=FORBIDDEN))

    def block(self, rows: I64, columns: I64 | None = None) -> Integers:
        """Scores (rows × columns)."""
        return pick(self.scores, rows, columns)


@dataclass(frozen=True, eq=False)
class AtLeast:
    """A source in which every pair below a minimum counts as forbidden."""

    source: Source
    minimum: int

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""
        return self.source.shape

    @property
    def cells(self) -> int:
        """How many scores are best asked for at once."""
        return self.source.cells

    @property
    def top(self) -> int:
        """No score is higher."""
        return self.source.top if self.source.top >= self.minimum else FORBIDDEN

    def block(self, rows: I64, columns: I64 | None = None) -> Integers:
        """Scores (rows × columns), -1 below the minimum."""
        scores: Integers = np.array(self.source.block(rows, columns))
        scores[scores < self.minimum] = FORBIDDEN
        return scores


@dataclass(frozen=True, eq=False)
class Transposed:
    """A source with mentors as rows and mentees as columns."""

    source: Source

    @property
    def shape(self) -> tuple[int, int]:
        """(mentors, mentees)."""
        return self.source.shape[1], self.source.shape[0]

    @property
    def cells(self) -> int:
        """How many scores are best asked for at once."""
        return self.source.cells

    @property
    def top(self) -> int:
        """No score is higher."""
        return self.source.top

    def block(self, rows: I64, columns: I64 | None = None) -> Integers:
        """Scores (rows × columns)."""
        mentees = np.arange(self.source.shape[0]) if columns is None else columns
        return np.ascontiguousarray(self.source.block(mentees, rows).T)
