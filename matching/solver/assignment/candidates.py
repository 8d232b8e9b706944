"""The few pairs that the flow algorithms work on.

A dense assignment problem has n × m pairs, yet the best matching uses pairs that are good for
their mentee. So the flow algorithms see a list of candidates alone, and the list grows by column
generation: after each answer every unlisted pair is priced (`sweep`), and those that could improve
the answer join. When there are none, the answer is the best of all n × m pairs.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import I64, NO_NUMBERS, positions, ranges


class Candidates:
    """The listed pairs, sorted by key = row * mentors + column, with their scores."""

    def __init__(self, mentors: int) -> None:
        self.mentors = mentors
        self.keys = self.scores = NO_NUMBERS
        self.rows = self.columns = NO_NUMBERS

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, keys: I64, scores: I64) -> None:
        """Add pairs that are not listed yet."""
        if len(self.keys):
            keys, scores = np.concatenate([self.keys, keys]), np.concatenate([self.scores, scores])
        self.keys, self.scores = keys, scores
        self.keep(np.argsort(self.keys, kind="stable"))

    def add_new(self, keys: I64, scores: I64) -> None:
        """Add those of these pairs that are not listed yet."""
        new = ~np.isin(keys, self.keys)
        self.add(keys[new], scores[new])

    def keep(self, which: npt.NDArray[Any]) -> None:
        """Keep these positions (or where true), in this order."""
        self.keys, self.scores = self.keys[which], self.scores[which]
        if self.mentors:
            self.rows, self.columns = np.divmod(self.keys, self.mentors)
        else:
            self.rows = self.columns = self.keys

    def places(self, ids: I64, columns: I64 | None) -> tuple[I64, I64]:
        """Where the listed pairs are in a block of the matrix: these rows, these or all columns."""
        first, last = self._range_of(ids)
        i = np.repeat(np.arange(len(ids)), last - first)
        j = self.keys[ranges(first, last)] % self.mentors
        if columns is None:
            return i, j
        j = positions(columns, self.mentors)[j]
        return i[j >= 0], j[j >= 0]

    def _range_of(self, ids: I64) -> tuple[I64, I64]:
        """Where the pairs of each row start, and where they end."""
        first_keys = ids * self.mentors
        last_keys = first_keys + self.mentors
        return np.searchsorted(self.keys, first_keys), np.searchsorted(self.keys, last_keys)
