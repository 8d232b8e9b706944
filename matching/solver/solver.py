"""The best matching of a whole problem, exactly, with its proofs.

Objective `participation`, strictly in this order: as many pairs as possible; with `floor`, the
worst score as good as it can be at that number; the best total. Objective `score`: the best total
alone, whatever the number of pairs.

Method: a list of promising candidates; maximum flow and its cut on the list, grown until no
unlisted pair crosses the cut (the number); the same above a rising threshold (the floor); minimum
cost flow of exactly that number, whole-number prices from its residual graph, every unlisted pair
of the matrix priced against them, those that could improve the total listed, and again until the
prices prove the total. No bonus for pairs, no big constants, integers throughout.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from matching.solver import floor as floors
from matching.solver import number, total
from matching.solver.arrays import I64
from matching.solver.people import Objective
from matching.solver.problem import Problem
from matching.solver.result import Answer, Certificate, Cut, Result
from matching.solver.sources import AtLeast, Matrix, Source
from matching.solver.state import EXACT, Cancelled, Progress, State

MOST = np.iinfo(np.int32).max  # nobody has more than this many on the other side

__all__ = ["Cancelled", "Progress", "Task", "solve", "solve_scores"]


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

    `floor` is on for participation unless said otherwise. Pairs below `minimum` (basis points) are
    not made. `gap` is the fraction of the total that may be given away for time (0: none).
    `progress(stage, fraction)` hears of stages "list", "number", "floor", "total" with a fraction
    from 0 to 1 that never falls, in the calling thread.

    Raises ValueError for floor=True with objective "score" (the best worst score alone is a single
    pair), Cancelled as soon as `cancelled()` answers True.
    """
    with_floor = objective == "participation" if floor is None else floor
    source: Source = problem if minimum is None else AtLeast(problem, minimum)
    task = Task(
        source,
        (problem.mentee_capacity, problem.mentor_capacity),
        objective,
        with_floor,
        gap,
        progress,
        cancelled,
    )
    return Result(task.run(), with_floor, minimum, problem.pinned, problem.pinned_scores)


def solve_scores(
    scores: npt.ArrayLike,
    mentor_capacity: npt.ArrayLike = 1,
    mentee_capacity: npt.ArrayLike = 1,
    objective: Objective = "participation",
    floor: bool = False,
) -> list[tuple[int, int]]:
    """The best matching of a mentees × mentors array of integers, -1 for forbidden: [(mentee row,
    mentor column)].

    Capacities are one number for all or one for each; nobody meets the same person twice. Which of
    several best matchings comes out is not promised. Raises ValueError for anything that is not
    such an array, negative capacities, scores too large for exact arithmetic, or floor=True with
    objective "score".
    """
    source = Matrix(_integers(scores))
    n, m = source.shape
    capacity = _capacity(mentee_capacity, n), _capacity(mentor_capacity, m)
    answer = Task(source, capacity, objective, floor).run()
    return [(int(i), int(j)) for i, j in answer.pairs]


def _integers(scores: npt.ArrayLike) -> npt.NDArray[np.signedinteger]:
    try:
        array = np.asarray(scores)
    except ValueError:  # rows of different lengths
        raise ValueError("scores are a mentees × mentors array of integers") from None
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
    """One for each, cut where more would change nothing: whoever may meet more than everybody may
    meet everybody.
    """
    try:
        given = np.asarray(capacity)
    except ValueError:  # lists of different lengths
        raise ValueError("capacities are one whole number for all, or one for each") from None
    if given.ndim > 1 or (given.ndim and len(given) != count):
        raise ValueError("capacities are one whole number for all, or one for each")
    if given.size and (given.dtype.kind not in "iu" or int(given.min()) < 0):
        raise ValueError("capacities are whole numbers from 0 up")
    return np.broadcast_to(np.minimum(given, MOST).astype(np.int64), count)


class Task(State):
    """One run of the solver."""

    def run(self) -> Answer:
        """Solve. Raises Cancelled."""
        self.tell("list", 0.0)
        if self.source.top < 0 or not all(side.any() for side in self.capacity):
            return self._nobody()
        start = number.first_list(self)
        size: int | None = None
        cut: Cut | None = None
        best: int | None = None
        best_cut: Cut | None = None
        if self.objective == "participation":
            self.tell("number", 0.0)
            size, cut = number.prove(self, 0)
            if size == 0:
                return self._nobody(cut)
            if self.floor:
                self.tell("floor", 0.0)
                best, best_cut = floors.best(self, size)
                self.listed.keep(self.listed.scores >= best)
        answer = total.best(self, size, best or 0, start)
        proof = Certificate(
            cut, best_cut, answer.certificate.u, answer.certificate.v, answer.certificate.pair_price
        )
        self.tell("total", 1.0)
        return Answer(
            self.objective, answer.pairs, answer.scores, answer.bound, best, proof, answer.rounds
        )

    def _nobody(self, cut: Cut | None = None) -> Answer:
        n, m = self.source.shape
        if cut is None:
            none = (
                self.source.top < 0
            )  # nothing to cover; else a side without capacity is the cover
            closed = not none and not self.capacity[1].any()
            cut = Cut(np.full(n, none or closed), np.full(m, closed))
        zero = np.zeros(n, np.int64), np.zeros(m, np.int64)
        sized = self.objective == "participation"
        proof = Certificate(cut if sized else None, None, *self._free_prices(*zero), 0)
        return Answer(
            self.objective, np.empty((0, 2), np.int64), np.empty(0, np.int64), 0, None, proof, ()
        )

    def _free_prices(self, u: I64, v: I64) -> tuple[I64, I64]:
        """People without capacity cost nothing: priced so high that nobody seems to miss them."""
        high = max(self.source.top, 0)
        return np.where(self.capacity[0] == 0, high, u), np.where(self.capacity[1] == 0, high, v)
