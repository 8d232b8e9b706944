"""The few pairs that the solver works on, and the sweep over all others that finds the ones it has missed.

A dense problem has n × m pairs, yet the best matching uses pairs that are good for their mentee. So the flow algorithms
see a list of candidates alone, and after each of their answers every unlisted pair is priced: whatever could still
improve the answer joins the list. When nothing can, the answer is the best of all n × m pairs.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pairings.matching.certificate import I64, Integers, Source
from pairings.matching.features import as_slice
from pairings.matching.people import FORBIDDEN

THREADS = 2
BLOCK_CELLS = 1 << 19
GOLDEN = 0.6180339887


@dataclass(frozen=True, eq=False)
class Matrix:
    """A source in memory. Raises ValueError unless it is a two-dimensional array of integers from -1 up."""

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
    def top(self) -> int:
        """The highest score."""
        return int(self.scores.max(initial=FORBIDDEN))

    def block(self, rows: I64, columns: I64 | None = None) -> Integers:
        """Scores (rows × columns)."""
        part: Integers = self.scores[as_slice(rows)]
        if columns is not None:
            part = np.asarray(part[:, columns])
        return part


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
    def top(self) -> int:
        """No score is higher."""
        return self.source.top if self.source.top >= self.minimum else FORBIDDEN

    def block(self, rows: I64, columns: I64 | None = None) -> Integers:
        """Scores (rows × columns), -1 below the minimum."""
        part = self.source.block(rows, columns)
        low: Integers = np.array(part)
        low[low < self.minimum] = FORBIDDEN
        return low


def spans(start: I64, stop: I64) -> I64:
    """The ranges start[k]:stop[k], one after the other."""
    length = stop - start
    shift: I64 = np.repeat(start - np.cumsum(length) + length, length)
    return np.arange(int(length.sum())) + shift


class Candidates:
    """The listed pairs, sorted by key = row * mentors + column, with their scores."""

    def __init__(self, mentors: int) -> None:
        self.mentors = mentors
        self.keys = np.empty(0, np.int64)
        self.scores = np.empty(0, np.int64)
        self.rows = self.columns = self.keys

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, keys: I64, scores: I64) -> None:
        """Add pairs that are not listed yet."""
        self.keys, self.scores = np.concatenate([self.keys, keys]), np.concatenate([self.scores, scores])
        self.keep(np.argsort(self.keys, kind="stable"))

    def keep(self, which: npt.NDArray[Any]) -> None:
        """Keep these positions (or where true), in this order."""
        self.keys, self.scores = self.keys[which], self.scores[which]
        self.rows, self.columns = np.divmod(self.keys, self.mentors) if self.mentors else (self.keys, self.keys)


@dataclass(frozen=True, eq=False)
class Found:
    """What a sweep has found: unlisted pairs over the bar, and the highest sum of each swept row (negative: none)."""

    keys: I64
    scores: I64
    best: I64


@dataclass(frozen=True, eq=False)
class Sweep:
    """Price pairs that are not in the list: which have score - lowest + plus[column] > bar[row]?

    `bar` (n) and `plus` (m, 0 or more) are prices; `keep` is how many pairs of one row are taken at most (twice as many
    where they are equal). The narrowest integer type that cannot overflow is used, so that every comparison is exact.
    """

    source: Source
    listed: Candidates
    bar: I64
    plus: I64
    keep: int
    lowest: int = 0

    def over(self, rows: I64 | None = None, columns: I64 | None = None, tick: Callable[[float], None] | None = None) -> Found:
        """Sweep all pairs, or those of some rows and columns (ascending). `tick` hears the fraction done."""
        n, m = self.source.shape
        rows = np.arange(n) if rows is None else rows
        width = m if columns is None else len(columns)
        empty = np.empty(0, np.int64)
        if not len(rows) or not width:
            return Found(empty, empty, np.full(len(rows), -1, np.int64))
        plus = self.plus if columns is None else self.plus[columns]
        reach = max(self.source.top, self.lowest) + self.lowest + int(plus.max(initial=0)) + 2
        kind = next(t for t in (np.int16, np.int32, np.int64) if reach < np.iinfo(t).max)
        bar: Integers = np.clip(self.bar, -1, np.iinfo(kind).max).astype(kind)  # sums of allowed pairs are 0 or more
        step = max(1, BLOCK_CELLS // width)
        parts = [rows[start : start + step] for start in range(0, len(rows), step)]
        narrow: Integers = plus.astype(kind)
        found = []
        with ThreadPoolExecutor(THREADS) as pool:
            for part in pool.map(lambda ids: self._part(ids, columns, bar, narrow), parts):
                found.append(part)
                if tick:
                    tick(len(found) / len(parts))
        return Found(
            np.concatenate([part.keys for part in found]),
            np.concatenate([part.scores for part in found]),
            np.concatenate([part.best for part in found]),
        )

    def _part(self, ids: I64, columns: I64 | None, bar: Integers, plus: Integers) -> Found:
        kind = plus.dtype.type
        forbidden = kind(np.iinfo(kind).min)
        sums = self._sums(ids, columns, plus, forbidden)
        best = sums.max(1)
        hit = np.flatnonzero(best > bar[ids])
        if not len(hit):
            return Found(np.empty(0, np.int64), np.empty(0, np.int64), best.astype(np.int64))
        width = len(plus)
        sums = sums[hit]
        least: Any = bar[ids[hit]] + kind(1)  # cannot overflow: the best is higher
        if self.keep < width:
            level: Any = np.partition(sums, width - self.keep, axis=1)[:, width - self.keep]
            least = np.maximum(least, level)
        mask = sums >= least[:, None]
        for row in np.flatnonzero(mask.sum(1) > 2 * self.keep):
            mask[row] = self._spread(sums[row], mask[row], int(ids[hit[row]]))
        i, j = np.nonzero(mask)
        scores = sums[i, j].astype(np.int64) - plus[j] + self.lowest
        to = j if columns is None else columns[j]
        return Found(ids[hit[i]] * self.source.shape[1] + to, scores, best.astype(np.int64))

    def _sums(self, ids: I64, columns: I64 | None, plus: Integers, forbidden: Any) -> Integers:
        """score - lowest + plus; for forbidden and listed pairs something below every bar."""
        kind = plus.dtype.type
        scores = self.source.block(ids, columns)
        if self.lowest:
            scores = np.subtract(scores, kind(self.lowest), dtype=kind, casting="unsafe")
        elif scores.dtype != plus.dtype:
            scores = scores.astype(kind)
        sums = scores + plus
        sums |= scores & forbidden  # the sign bit
        m = self.source.shape[1]
        first, last = np.searchsorted(self.listed.keys, ids * m), np.searchsorted(self.listed.keys, ids * m + m)
        i, j = np.repeat(np.arange(len(ids)), last - first), self.listed.keys[spans(first, last)] % m
        if columns is not None:
            to = np.full(m, -1)
            to[columns] = np.arange(len(columns))
            j = to[j]
            i, j = i[j >= 0], j[j >= 0]
        sums[i, j] = forbidden
        return sums

    def _spread(self, sums: Integers, mask: npt.NDArray[np.bool_], row: int) -> npt.NDArray[np.bool_]:
        """Many equal sums: take others for each row, or everybody's candidates would be the same few mentors."""
        level = sums[mask].min()
        ties = np.flatnonzero(sums == level)
        mask = sums > level
        mask[np.roll(ties, -int(row * GOLDEN % 1 * len(ties)))[: self.keep]] = True
        return mask
