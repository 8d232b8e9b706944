"""The pricing step of column generation: a sweep over all unlisted pairs for those that the list
lacks.
"""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.solver.arrays import GOLDEN, I64, NO_NUMBERS, THREADS, Flags, Integers, in_blocks
from matching.solver.assignment.candidates import Candidates
from matching.solver.assignment.sources import Source

SAMPLED = 4


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
        rows = np.arange(self.source.shape[0]) if rows is None else rows
        plus = self.plus if columns is None else self.plus[columns]
        width = len(plus)
        if not len(rows) or not width:
            return _nothing(len(rows))

        bar, narrow = self._narrowed(plus)
        blocks = in_blocks(rows, width, self.source.cells)
        found = _Joined(width)
        with ThreadPoolExecutor(THREADS) as pool:
            for part in pool.map(lambda ids: _Block(self, ids, columns, bar, narrow).found, blocks):
                found.add(part)
                if tick:
                    tick(len(found.parts) / len(blocks))
        return found.joined()

    def _narrowed(self, plus: I64) -> tuple[Integers, Integers]:
        """The bar, and what is added to scores, in the narrowest type."""
        kind = self._narrowest_type(plus)
        # sums of allowed pairs are 0 or more, so that no bar below -1 is needed
        bar: Integers = np.clip(self.bar, -1, np.iinfo(kind).max).astype(kind)
        return bar, (plus - self.lowest).astype(kind)

    def _narrowest_type(self, plus: I64) -> Any:
        """The smallest integer type that holds every sum and difference."""
        highest_score = max(self.source.top, self.lowest)
        reach = highest_score + self.lowest + int(plus.max(initial=0)) + 2
        return next(kind for kind in (np.int16, np.int32, np.int64) if reach < np.iinfo(kind).max)


def _nothing(rows: int) -> Found:
    """What is found where there is no pair."""
    none = np.full(rows, -1, np.int64)
    return Found(NO_NUMBERS, NO_NUMBERS, none, none)


class _Joined:
    """What the blocks of a sweep have found, in their order.

    Peaks are folded as they come: all of them are as large as the candidates.
    """

    def __init__(self, width: int) -> None:
        self.parts: list[Found] = []
        self.row_peaks: list[I64] = []
        self.column_peaks = np.full(width, -1, np.int64)

    def add(self, part: Found) -> None:
        """Add the next block."""
        if part.peaks is not None:
            rows, columns = part.peaks
            self.row_peaks.append(rows)
            np.maximum(self.column_peaks, columns, out=self.column_peaks)
        self.parts.append(dataclasses.replace(part, peaks=None))

    def joined(self) -> Found:
        """All blocks as one."""
        return Found(
            np.concatenate([part.keys for part in self.parts]),
            np.concatenate([part.scores for part in self.parts]),
            np.concatenate([part.best for part in self.parts]),
            np.concatenate([part.rest for part in self.parts]),
            self._peaks(),
        )

    def _peaks(self) -> tuple[I64, I64] | None:
        if not self.row_peaks:
            return None
        return np.concatenate(self.row_peaks), self.column_peaks


class _Block:
    """The sweep of a block of rows."""

    def __init__(
        self, sweep: Sweep, ids: I64, columns: I64 | None, bar: Integers, plus: Integers
    ) -> None:
        self.sweep, self.ids, self.columns = sweep, ids, columns
        self.plus, self.bar = plus, bar[ids]
        self.none = np.iinfo(plus.dtype).min  # the sum of what is no unlisted, allowed pair
        self.found = self._sweep()

    def _sweep(self) -> Found:
        scores = self.sweep.source.block(self.ids, self.columns)
        peaks = _peaks(scores) if self.sweep.peaks else None
        sums = self._sums(scores)
        best = sums.max(1)
        hit, sums = self._rows_over_the_bar(scores, sums, best)
        rest = best.astype(np.int64)
        if not len(hit):
            return Found(NO_NUMBERS, NO_NUMBERS, rest, rest, peaks)

        keys, taken, level = self._taken(sums, hit, best[hit])
        rest[hit] = np.maximum(self.bar[hit], level)
        return Found(keys, taken, best.astype(np.int64), rest, peaks)

    def _rows_over_the_bar(
        self, scores: Integers, sums: Integers, best: Integers
    ) -> tuple[I64, Integers]:
        """The rows in which an unlisted, allowed pair is over the bar, and their sums.

        A forbidden pair may seem to be over the bar: rows without any pair over it are not looked
        at twice. The `best` of the others is corrected.
        """
        hit = np.flatnonzero(best > self.bar)
        if len(hit) < len(self.ids):
            sums, scores = sums[hit], scores[hit]
        np.putmask(sums, scores < self.sweep.lowest, self.none)
        best[hit] = sums.max(1)
        over = best[hit] > self.bar[hit]
        if over.all():
            return hit, sums
        return hit[over], sums[over]

    def _sums(self, scores: Integers) -> Integers:
        """score - lowest + plus of the unlisted pairs."""
        widens = scores.dtype.itemsize <= self.plus.itemsize
        sums: Integers = np.add(
            scores,
            self.plus,
            dtype=self.plus.dtype,
            casting="same_kind" if widens else "unsafe",
        )
        sums[self.sweep.listed.places(self.ids, self.columns)] = self.none
        return sums

    def _taken(self, sums: Integers, hit: I64, best: Integers) -> tuple[I64, I64, Integers]:
        """Keys and scores of the pairs taken, and for each row the highest sum that may be left."""
        least, level = self._least(sums, best, self.bar[hit])
        mask = sums >= least[:, None]
        ids = self.ids[hit]
        for row in np.flatnonzero(mask.sum(1) > 2 * self.sweep.keep):
            mask[row], level[row] = self._spread(sums[row], mask[row], int(ids[row]))
        i, j = np.divmod(np.flatnonzero(mask), len(self.plus))
        scores = sums[i, j].astype(np.int64) - self.plus[j]
        return self._keys(ids[i], j), scores, level

    def _keys(self, rows: I64, positions: I64) -> I64:
        """The keys of pairs; the positions are in the block."""
        columns = positions if self.columns is None else self.columns[positions]
        return rows * self.sweep.source.shape[1] + columns

    def _least(self, sums: Integers, best: Integers, bar: Integers) -> tuple[Integers, Integers]:
        """From where on sums are taken, and the highest that may be left over.

        `rough`: the level is read from a sample of the columns.
        """
        keep, width = self.sweep.keep, sums.shape[1]
        least: Integers = bar + sums.dtype.type(1)  # cannot overflow: the best is higher
        if keep >= width:
            return least, bar.copy()

        sampled = self.sweep.rough and width >= SAMPLED * keep
        stride = max(1, keep // SAMPLED) if sampled else 1
        level: Integers = np.minimum(_highest_of_each(sums, keep, stride), best)
        return np.maximum(least, level), np.maximum(bar, level)

    def _spread(self, sums: Integers, mask: Flags, row: int) -> tuple[Flags, Any]:
        """Of many equal sums, other ones for each row.

        Everybody's candidates would otherwise be the same few mentors.
        """
        rank = len(sums) - self.sweep.keep
        level = max(np.partition(sums, rank)[rank], sums[mask].min())
        ties = np.flatnonzero(sums == level)
        shift = int(row * GOLDEN % 1 * len(ties))
        mask = sums > level
        mask[np.roll(ties, -shift)[: self.sweep.keep]] = True
        return mask, level


def _highest_of_each(sums: Integers, keep: int, stride: int) -> Integers:
    """The last of the `keep` highest sums of each row, by a sample of the columns."""
    width = sums.shape[1]
    rank = width // stride - keep // stride
    sample = sums[:, : width - width % stride : stride]
    return np.partition(sample, rank, axis=1)[:, rank]


def _peaks(scores: Integers) -> tuple[I64, I64]:
    """The highest score of each row and of each column."""
    return scores.max(1).astype(np.int64), scores.max(0).astype(np.int64)
