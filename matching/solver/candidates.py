"""The few pairs that the solver works on, and the sweep over all others that finds the ones it has
missed.

A dense problem has n × m pairs, yet the best matching uses pairs that are good for their mentee. So
the flow algorithms see a list of candidates alone, and after each of their answers every unlisted
pair is priced: whatever could still improve the answer joins the list. When nothing can, the answer
is the best of all n × m pairs.
"""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.solver.certificate import I64, Integers, Source
from matching.solver.features import pick
from matching.solver.people import FORBIDDEN

THREADS = 2
BLOCK_CELLS = 1 << 19
SAMPLED = 4
GOLDEN = 0.6180339887


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
        part = self.source.block(rows, columns)
        low: Integers = np.array(part)
        low[low < self.minimum] = FORBIDDEN
        return low


@dataclass(frozen=True, eq=False)
class Turned:
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
        if len(self.keys):
            keys, scores = np.concatenate([self.keys, keys]), np.concatenate([self.scores, scores])
        self.keys, self.scores = keys, scores
        self.keep(np.argsort(self.keys, kind="stable"))

    def keep(self, which: npt.NDArray[Any]) -> None:
        """Keep these positions (or where true), in this order."""
        self.keys, self.scores = self.keys[which], self.scores[which]
        self.rows, self.columns = (
            np.divmod(self.keys, self.mentors) if self.mentors else (self.keys, self.keys)
        )

    def places(self, ids: I64, columns: I64 | None) -> tuple[I64, I64]:
        """Where in a block of the matrix (these rows, these or all columns) the listed pairs
        are.
        """
        m = self.mentors
        first, last = np.searchsorted(self.keys, ids * m), np.searchsorted(self.keys, ids * m + m)
        i, j = np.repeat(np.arange(len(ids)), last - first), self.keys[spans(first, last)] % m
        if columns is None:
            return i, j
        to = np.full(m, -1)
        to[columns] = np.arange(len(columns))
        j = to[j]
        return i[j >= 0], j[j >= 0]


@dataclass(frozen=True, eq=False)
class Found:
    """What a sweep has found: unlisted pairs over the bar, with their scores.

    For each swept row: `best` (no unlisted pair has a higher sum; exact for rows over the bar) and
    `rest` (the same, once the found pairs are listed). `peaks`: the highest score of each swept row
    and of each swept column, if asked for.
    """

    keys: I64
    scores: I64
    best: I64
    rest: I64
    peaks: tuple[I64, I64] | None = None


@dataclass(frozen=True, eq=False)
class Sweep:
    """Price pairs that are not in the list: which have score - lowest + plus[column] > bar[row]?

    `bar` (n) and `plus` (m, 0 or more) are prices; `keep` is how many pairs of one row are taken at
    most (twice as many where they are equal; `rough`: about as many). The narrowest integer type
    that cannot overflow is used, so that every comparison is exact.
    """

    source: Source
    listed: Candidates
    bar: I64
    plus: I64
    keep: int
    lowest: int = 0
    rough: bool = False
    peaks: bool = False

    def over(
        self,
        rows: I64 | None = None,
        columns: I64 | None = None,
        tick: Callable[[float], None] | None = None,
    ) -> Found:
        """Sweep all pairs, or those of some rows and columns (ascending).

        `tick` hears the fraction done.
        """
        n, m = self.source.shape
        rows = np.arange(n) if rows is None else rows
        width = m if columns is None else len(columns)
        empty, none = np.empty(0, np.int64), np.full(len(rows), -1, np.int64)
        if not len(rows) or not width:
            return Found(
                empty,
                empty,
                none,
                none,
                (none, np.full(width, -1, np.int64)) if self.peaks else None,
            )
        plus = self.plus if columns is None else self.plus[columns]
        reach = max(self.source.top, self.lowest) + self.lowest + int(plus.max(initial=0)) + 2
        kind = next(t for t in (np.int16, np.int32, np.int64) if reach < np.iinfo(t).max)
        bar: Integers = np.clip(self.bar, -1, np.iinfo(kind).max).astype(
            kind
        )  # sums of allowed pairs are 0 or more
        step = max(1, self.source.cells // width)
        parts = [rows[start : start + step] for start in range(0, len(rows), step)]
        narrow: Integers = (plus - self.lowest).astype(kind)
        found, peaks, high = [], [], np.full(width, -1, np.int64)
        with ThreadPoolExecutor(THREADS) as pool:
            for part in pool.map(lambda ids: self._part(ids, columns, bar, narrow), parts):
                if (
                    part.peaks is not None
                ):  # folded as they come: one for each part would be as large as the candidates
                    peaks.append(part.peaks[0])
                    np.maximum(high, part.peaks[1], out=high)
                found.append(dataclasses.replace(part, peaks=None))
                if tick:
                    tick(len(found) / len(parts))
        return Found(
            np.concatenate([part.keys for part in found]),
            np.concatenate([part.scores for part in found]),
            np.concatenate([part.best for part in found]),
            np.concatenate([part.rest for part in found]),
            (np.concatenate(peaks), high) if peaks else None,
        )

    def _part(self, ids: I64, columns: I64 | None, bar: Integers, plus: Integers) -> Found:
        kind = plus.dtype.type
        scores = self.source.block(ids, columns)
        sums = np.add(
            scores,
            plus,
            dtype=kind,
            casting="same_kind" if scores.dtype.itemsize <= plus.itemsize else "unsafe",
        )
        sums[self.listed.places(ids, columns)] = np.iinfo(kind).min
        # a forbidden pair may seem to reach the bar: too rare to look for before somebody reaches
        # it
        best = sums.max(1)
        hit = np.flatnonzero(best > bar[ids])
        peaks = (
            (scores.max(1).astype(np.int64), scores.max(0).astype(np.int64)) if self.peaks else None
        )
        if len(hit) < len(ids):
            sums, scores = sums[hit], scores[hit]
        np.putmask(sums, scores < self.lowest, np.iinfo(kind).min)
        best[hit] = sums.max(1)
        true = best[hit] > bar[ids[hit]]
        if not true.all():
            hit, sums = hit[true], sums[true]
        rest = best.astype(np.int64)
        if not len(hit):
            return Found(np.empty(0, np.int64), np.empty(0, np.int64), rest, rest, peaks)
        least, level = self._least(sums, best[hit], bar[ids[hit]])
        mask = sums >= least[:, None]
        for row in np.flatnonzero(mask.sum(1) > 2 * self.keep):
            mask[row], level[row] = self._spread(sums[row], mask[row], int(ids[hit[row]]))
        i, j = np.divmod(np.flatnonzero(mask), len(plus))
        got = sums[i, j].astype(np.int64) - plus[j]
        rest[hit] = np.maximum(bar[ids[hit]], level)
        to = j if columns is None else columns[j]
        return Found(
            ids[hit[i]] * self.source.shape[1] + to, got, best.astype(np.int64), rest, peaks
        )

    def _least(self, sums: Integers, best: Integers, bar: Integers) -> tuple[Integers, Integers]:
        """From where on sums are taken, and the highest that may be left over."""
        one = sums.dtype.type(1)
        least: Integers = bar + one  # cannot overflow: the best is higher
        width = sums.shape[1]
        if self.keep >= width:
            return least, bar.copy()
        stride = max(1, self.keep // SAMPLED) if self.rough and width >= SAMPLED * self.keep else 1
        at = width // stride - self.keep // stride
        sample = sums[:, : width - width % stride : stride]
        level: Integers = np.minimum(np.partition(sample, at, axis=1)[:, at], best)
        return np.maximum(least, level), np.maximum(bar, level)

    def _spread(
        self, sums: Integers, mask: npt.NDArray[np.bool_], row: int
    ) -> tuple[npt.NDArray[np.bool_], Any]:
        """Many equal sums: take others for each row, or everybody's candidates would be the same
        few mentors.
        """
        level = np.partition(sums, len(sums) - self.keep)[len(sums) - self.keep]
        level = max(level, sums[mask].min())
        ties = np.flatnonzero(sums == level)
        mask = sums > level
        mask[np.roll(ties, -int(row * GOLDEN % 1 * len(ties)))[: self.keep]] = True
        return mask, level
