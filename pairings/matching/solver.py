"""The best matching of a whole problem, exactly, with its proofs.

Objective `participation`, strictly in this order: as many pairs as possible; with `floor`, the worst score as good as
it can be at that number; the best total. Objective `score`: the best total alone, whatever the number of pairs.

Method: a list of promising candidates; maximum flow and its cut on the list, grown until no unlisted pair crosses the
cut (the number); the same above a rising threshold (the floor); minimum cost flow of exactly that number, whole-number
prices from its residual graph, every unlisted pair of the matrix priced against them, those that could improve the
total listed, and again until the prices prove the total. No bonus for pairs, no big constants, integers throughout.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pairings.matching import flows, prices
from pairings.matching.candidates import AtLeast, Candidates, Matrix, Sweep
from pairings.matching.certificate import I64, Answer, Certificate, Cut, Result, Source
from pairings.matching.people import Objective
from pairings.matching.prices import Potentials
from pairings.matching.problem import Problem

Progress = Callable[[str, float], None]
EXACT = 1 << 53
FIRST_CANDIDATES = 32
MORE_CANDIDATES = 16
KEPT_CANDIDATES = 8
SCARCE = 3
COLUMN_CELLS = 1 << 22
STAGES = {"list": (0.0, 0.3), "number": (0.3, 0.4), "floor": (0.4, 0.6), "total": (0.6, 1.0)}


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """The run was cancelled by its caller."""


def solve(  # noqa: PLR0917 - the published signature
    problem: Problem,
    objective: Objective = "participation",
    floor: bool | None = None,
    minimum: int | None = None,
    gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Result:
    """The best matching of a problem.

    `floor` is on for participation unless said otherwise. Pairs below `minimum` (basis points) are not made. `gap` is
    the fraction of the total that may be given away for time (0: none). `progress(stage, fraction)` hears of stages
    "list", "number", "floor", "total" with a fraction from 0 to 1 that never falls, in the calling thread.

    Raises ValueError for floor=True with objective "score" (the best worst score alone is a single pair), Cancelled as
    soon as `cancelled()` answers True.
    """
    with_floor = objective == "participation" if floor is None else floor
    source: Source = problem if minimum is None else AtLeast(problem, minimum)
    task = Task(source, (problem.mentee_capacity, problem.mentor_capacity), objective, with_floor, gap, progress, cancelled)
    return Result(task.run(), with_floor, minimum, problem.pinned, problem.pinned_scores)


def solve_scores(
    scores: npt.ArrayLike,
    mentor_capacity: npt.ArrayLike = 1,
    mentee_capacity: npt.ArrayLike = 1,
    objective: Objective = "participation",
    floor: bool = False,
) -> list[tuple[int, int]]:
    """The best matching of a mentees × mentors array of integers, -1 for forbidden: [(mentee row, mentor column)].

    Capacities are one number for all or one for each; nobody meets the same person twice. Which of several best
    matchings comes out is not promised. Raises ValueError for anything that is not such an array, negative
    capacities, scores too large for exact arithmetic, or floor=True with objective "score".
    """
    source = Matrix(_integers(scores))
    n, m = source.shape
    capacity = _capacity(mentee_capacity, n), _capacity(mentor_capacity, m)
    answer = Task(source, capacity, objective, floor).run()
    return [(int(i), int(j)) for i, j in answer.pairs]


def _integers(scores: npt.ArrayLike) -> npt.NDArray[np.signedinteger]:
    array = np.asarray(scores)
    if array.ndim != 2 and not array.size:
        array = array.reshape(len(array), 0)
    if not array.size:
        array = array.astype(np.int16)
    if array.dtype.kind == "u":
        if int(array.max()) >= EXACT:
            raise ValueError("scores are too large for exact arithmetic")
        array = array.astype(np.int64)
    return array


def _capacity(capacity: npt.ArrayLike, count: int) -> I64:
    given = np.asarray(capacity)
    if given.size and (given.dtype.kind not in "iu" or int(given.min()) < 0):
        raise ValueError("capacities are whole numbers from 0 up")
    return np.broadcast_to(given, count).astype(np.int64)


def _raised(sums: I64, back: int) -> I64:
    """Sums of a sweep as score + potential; a row without any pair stays below everything."""
    return np.where(sums < 0, -prices.FAR, sums + back)


@dataclass(eq=False)
class Task:
    """One run of the solver on a source of scores. `first` and `more` size the candidate list and change no answer."""

    source: Source
    capacity: tuple[I64, I64]
    objective: Objective = "participation"
    floor: bool = False
    gap: float = 0.0
    progress: Progress | None = None
    cancelled: Callable[[], bool] | None = None
    first: int = FIRST_CANDIDATES
    more: int = MORE_CANDIDATES
    listed: Candidates = field(init=False)
    rest: I64 = field(init=False)  # no unlisted pair of a row has a higher score + potential ...
    rest_at: I64 = field(init=False)  # ... at these potentials of the mentors
    peaks: tuple[I64, I64] | None = field(init=False, default=None)  # the highest scores of rows and columns

    def __post_init__(self) -> None:
        if self.objective not in ("participation", "score"):
            raise ValueError("the objective is participation or score")
        if self.floor and self.objective == "score":
            raise ValueError("a floor needs the objective participation: alone it would leave a single pair")
        n, m = self.source.shape
        if max(self.source.top, 1) * (n + m + 2) >= EXACT:
            raise ValueError("scores are too large for exact arithmetic")
        a, b = self.capacity
        self.capacity = np.minimum(a, m), np.minimum(b, n)  # nobody can meet more than everybody
        self.listed = Candidates(m)

    def run(self) -> Answer:
        """Solve. Raises Cancelled."""
        self.tell("list", 0.0)
        if self.source.top < 0 or not all(side.any() for side in self.capacity):
            return self._nobody()
        start = self._first_list()
        size: int | None = None
        number: Cut | None = None
        best: int | None = None
        best_cut: Cut | None = None
        if self.objective == "participation":
            self.tell("number", 0.0)
            size, number = self._prove_number(0)
            if size == 0:
                return self._nobody(number)
            if self.floor:
                self.tell("floor", 0.0)
                best, best_cut = self._best_floor(size)
                self.listed.keep(self.listed.scores >= best)
        answer = self._best_total(size, best or 0, start)
        proof = Certificate(number, best_cut, answer.certificate.u, answer.certificate.v, answer.certificate.pair_price)
        self.tell("total", 1.0)
        return Answer(self.objective, answer.pairs, answer.scores, answer.bound, best, proof, answer.rounds)

    def tell(self, stage: str, fraction: float) -> None:
        """Report progress and notice a cancellation."""
        if self.cancelled and self.cancelled():
            raise Cancelled
        if self.progress:
            low, high = STAGES[stage]
            self.progress(stage, low + (high - low) * fraction)

    def _nobody(self, cut: Cut | None = None) -> Answer:
        n, m = self.source.shape
        if cut is None:
            none = self.source.top < 0  # nothing to cover; else a side without capacity is the cover
            closed = not none and not self.capacity[1].any()
            cut = Cut(np.full(n, none or closed), np.full(m, closed))
        zero = np.zeros(n, np.int64), np.zeros(m, np.int64)
        sized = self.objective == "participation"
        proof = Certificate(cut if sized else None, None, *self._free_prices(*zero), 0)
        return Answer(self.objective, np.empty((0, 2), np.int64), np.empty(0, np.int64), 0, None, proof, ())

    def _free_prices(self, u: I64, v: I64) -> tuple[I64, I64]:
        """People without capacity cost nothing: priced so high that nobody seems to miss them."""
        high = max(self.source.top, 0)
        return np.where(self.capacity[0] == 0, high, u), np.where(self.capacity[1] == 0, high, v)

    # the number of pairs

    def _first_list(self) -> Potentials:
        """List the best few mentors of every mentee at prices that spread them; those prices start the search."""
        n, m = self.source.shape
        a, b = self.capacity
        plus = prices.first_guess(self.source, 2 * FIRST_CANDIDATES)
        bar = np.full(n, -1, np.int64)
        sweep = Sweep(self.source, self.listed, bar, plus, self.first, rough=True, peaks=self.floor)
        found = sweep.over(tick=lambda done: self.tell("list", done))
        useful = (a[found.keys // m] > 0) & (b[found.keys % m] > 0)
        self.listed.add(found.keys[useful], found.scores[useful])
        self.rest, self.rest_at, self.peaks = found.rest, plus, found.peaks
        worst = int(plus.max()) if self.objective == "score" else max(int(found.best.min()), 0)
        return Potentials(np.maximum(found.best, 0), plus, worst, int(plus.max()))

    def _prove_number(self, lowest: int, stop_at: int | None = None) -> tuple[int, Cut]:
        """Grow the list until its largest matching is the largest of all pairs scoring `lowest` or more.

        Stops early once `stop_at` pairs are possible: the cut proves nothing then.
        """
        a, b = self.capacity
        n, m = self.source.shape
        while True:
            fit = self.listed.scores >= lowest
            size, cut = flows.largest(self.capacity, self.listed.rows[fit], self.listed.columns[fit])
            self.tell("floor" if lowest else "number", 0.5)
            if size == stop_at:
                return size, cut
            if size in (a.sum(), b.sum()):  # everybody on one side: that side is the cover
                short = bool(size < a.sum())
                return size, Cut(np.full(n, short), np.full(m, short))
            rows, columns = np.flatnonzero(cut.open_mentees), np.flatnonzero(~cut.closed_mentors)
            sweep = Sweep(self.source, self.listed, np.full(n, -1, np.int64), np.zeros(m, np.int64), 2, lowest)
            found = sweep.over(rows, columns)
            if not len(found.keys):
                return size, cut
            self.listed.add(found.keys, found.scores)

    # the floor

    def _best_floor(self, size: int) -> tuple[int, Cut]:
        """The highest worst score of any matching of this size, with the cut that proves that none is higher."""
        low, cut = self._peak(size)
        if cut is not None:
            return low, cut
        low = 0
        while True:
            low = self._listed_floor(size, low)
            got, cut = self._prove_number(low + 1, size)
            if got < size:
                return low, cut
            low += 1

    def _peak(self, size: int) -> tuple[int, Cut | None]:
        """Where everybody of a side is placed, nobody does better than in their own best pair: is that the floor?

        It mostly is. The cut is the one person whose best pair it is; None if the floor is lower.
        """
        assert self.peaks is not None
        n, m = self.source.shape
        limits = []
        for side, (capacity, peak) in enumerate(zip(self.capacity, self.peaks, strict=True)):
            if size == capacity.sum():
                worst = int(np.argmin(np.where(capacity > 0, peak, prices.FAR)))
                limits.append((int(peak[worst]), side, worst))
        if not limits:
            return 0, None
        limit, side, worst = min(limits)
        self._list_for_mentors(limit)
        fit = self.listed.scores >= limit
        got, _ = flows.largest(self.capacity, self.listed.rows[fit], self.listed.columns[fit])
        if got < size:
            return 0, None
        if side == 0:
            return limit, Cut(np.arange(n) == worst, np.zeros(m, np.bool_))
        return limit, Cut(np.ones(n, np.bool_), np.arange(m) != worst)

    def _list_for_mentors(self, lowest: int) -> None:
        """List the best pairs of mentors who have hardly any that score `lowest` or more: each mentee lists their own."""
        n, m = self.source.shape
        listed = np.bincount(self.listed.columns[self.listed.scores >= lowest], minlength=m)
        poor = np.flatnonzero((listed < SCARCE) & (self.capacity[1] > 0))
        step, best = max(1, COLUMN_CELLS // max(1, n)), min(n, self.more)
        for start in range(0, len(poor), step):
            columns = poor[start : start + step]
            scores = self.source.block(np.arange(n), columns)
            rows = np.argpartition(scores, n - best, axis=0)[n - best :]
            keys = (rows * m + columns).ravel()
            got = np.take_along_axis(scores, rows, 0).ravel().astype(np.int64)
            new = (got >= lowest) & (self.capacity[0][keys // m] > 0) & ~np.isin(keys, self.listed.keys)
            self.listed.add(keys[new], got[new])

    def _listed_floor(self, size: int, low: int) -> int:
        """The highest worst score of `size` listed pairs, known to be `low` or more."""
        values = np.unique(self.listed.scores[self.listed.scores >= low])
        least, most, turn = 0, len(values) - 1, 0
        while least < most:
            middle, turn = ((least + most + 1) // 2 if turn % 3 == 2 else most), turn + 1
            fit = self.listed.scores >= values[middle]
            got, cut = flows.largest(self.capacity, self.listed.rows[fit], self.listed.columns[fit])
            self.tell("floor", 1 - 0.9**turn)
            if got == size:
                least = middle
            else:  # the missing pairs must cross this cut, so the floor is no higher than the last of the best of them
                crossing = ~fit & cut.open_mentees[self.listed.rows] & ~cut.closed_mentors[self.listed.columns]
                best = np.sort(self.listed.scores[crossing])
                most = min(middle - 1, int(np.searchsorted(values, best[got - size])))
        return int(values[least])

    # the total

    def _best_total(self, size: int | None, lowest: int, start: Potentials) -> Answer:
        """The best total of `size` pairs (any number: None) scoring `lowest` or more, proven by prices."""
        rounds: list[tuple[int, int, int]] = []
        last = prices.FAR
        while True:
            self.tell("total", 1 - 0.6 ** len(rounds))
            used = flows.dearest(self.capacity, self.listed, size, start)
            total = int(self.listed.scores[used].sum())
            now = self._priced_out(prices.potentials(self.listed, used, self.capacity, size is None, start))
            dual = self._dual(now, size)
            if dual != total:
                raise RuntimeError("the prices do not match the flow")
            keys, scores, best = self._missing(now, lowest, len(rounds))
            bound = dual + int(self.capacity[0] @ np.maximum(best - now.mentees, 0))
            rounds.append((len(self.listed), len(keys), bound - total))
            if (len(keys) == 0) != (bound == total):
                raise RuntimeError("the pricing has missed a pair")
            if bound - total <= self.gap * total:
                pairs = np.column_stack([self.listed.rows[used], self.listed.columns[used]])
                proof = Certificate(None, None, now.u, now.v, now.pair if size is not None else 0)
                return Answer(self.objective, pairs, self.listed.scores[used], bound, None, proof, tuple(rounds))
            if 2 * (bound - total) <= last:
                last = bound - total
                self._prune(now, last)
            self.listed.add(keys, scores)
            start = Potentials(np.maximum(now.mentees, best), now.mentors, now.source, now.sink)

    def _missing(self, now: Potentials, lowest: int, turn: int) -> tuple[I64, I64, I64]:
        """Unlisted pairs that these prices do not cover: keys, scores, and for each row the highest score + potential.

        A row is swept only where the prices have risen by more than its best unlisted pair was short of them; of the
        other rows only the few columns that have risen most. So late rounds cost little.
        """
        n, m = self.source.shape
        shift = int(now.mentors.min())
        back = shift + lowest
        sweep = Sweep(self.source, self.listed, now.mentees - back, now.mentors - shift, self.more, lowest)
        rise = now.mentors - self.rest_at
        usual = int(np.partition(rise, m - 1 - m // 32)[m - 1 - m // 32])
        rest: I64 = self.rest + usual
        stale = rest > now.mentees
        everybody = 2 * int(stale.sum()) > n
        rows = np.arange(n) if everybody else np.flatnonzero(stale)
        found = sweep.over(rows, tick=lambda _: self.tell("total", 1 - 0.6**turn))
        best = rest.copy()
        best[rows], rest[rows] = _raised(found.best, back), _raised(found.rest, back)
        keys, scores = [found.keys], [found.scores]
        if not everybody:
            rows, columns = np.flatnonzero(~stale), np.flatnonzero(rise > usual)
            found = sweep.over(rows, columns)
            best[rows] = np.maximum(best[rows], _raised(found.best, back))
            rest[rows] = np.maximum(rest[rows], _raised(found.rest, back))
            keys.append(found.keys)
            scores.append(found.scores)
        self.rest, self.rest_at = rest, now.mentors
        return np.concatenate(keys), np.concatenate(scores), best

    def _prune(self, now: Potentials, gap: int) -> None:
        """Drop listed pairs that are dearer than the gap, which are in no optimum, and all but the best few of a row.

        Whatever is missing then, the sweeps find again. At most once for each halving of the gap, so that it ends.
        """
        n, _ = self.source.shape
        reduced = self.listed.scores - now.mentees[self.listed.rows] + now.mentors[self.listed.columns]
        least = -gap
        if len(reduced) > KEPT_CANDIDATES * n:
            at = len(reduced) - KEPT_CANDIDATES * n
            least = max(least, min(0, int(np.partition(reduced, at)[at])))
        gone = reduced < least
        sums = self.listed.scores[gone] + now.mentors[self.listed.columns[gone]]
        np.maximum.at(self.rest, self.listed.rows[gone], sums)
        self.listed.keep(~gone)

    def _priced_out(self, now: Potentials) -> Potentials:
        """Prices at which nobody wants a pair with somebody who has no capacity."""
        a, b = self.capacity
        top = max(self.source.top, 0)
        mentees = np.where(a == 0, now.mentors.max() + top, now.mentees)
        mentors = np.where(b == 0, mentees.min() - top, now.mentors)
        return Potentials(mentees, mentors, now.source, now.sink)

    def _dual(self, now: Potentials, size: int | None) -> int:
        """What the prices say no matching of listed pairs can exceed."""
        a, b = self.capacity
        excess = self.listed.scores - now.u[self.listed.rows] - now.v[self.listed.columns] - now.pair
        total = now.pair * (size or 0) + int(a @ now.u) + int(b @ now.v)
        return total + int(np.maximum(excess, 0).sum())
