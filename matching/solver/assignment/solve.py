"""The best matching of a whole problem, exactly, with its proofs.

Objective `participation` is lexicographic: as many pairs as possible; with `floor`, the worst score
as good as it can be at that number; the best total. Objective `score`: the best total alone,
whatever the number of pairs.

Method, an assignment problem solved by column generation:

1. A list of promising candidates (`number.first_list`).
2. The number: maximum flow and its cut on the list, which grows until no unlisted pair crosses the
   cut (`number.prove`).
3. The floor: the same above a rising threshold (`floor`).
4. The total: minimum-cost flow of exactly that number; whole-number dual prices from its residual
   graph; every unlisted pair of the matrix priced against them, those that could improve the total
   listed; again until the prices prove the total (`total`).

No bonus for pairs, no big constants, integers throughout.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import I64, NO_NUMBERS, NO_PAIRS
from matching.solver.assignment import floor as floors
from matching.solver.assignment import number, total
from matching.solver.assignment.prices import Potentials
from matching.solver.assignment.sources import AtLeast, Matrix, Source
from matching.solver.assignment.state import EXACT, Cancelled, Progress, State
from matching.solver.people import Objective
from matching.solver.problem import Problem
from matching.solver.result import Answer, Certificate, Cut, Result

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
    task = Task(source, problem.capacity, objective, with_floor, gap, progress, cancelled)
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
    return _signed(array) if array.dtype.kind == "u" else array


def _signed(array: npt.NDArray[np.unsignedinteger]) -> I64:
    if int(array.max()) >= EXACT:
        raise ValueError("scores are too large for exact arithmetic")
    return array.astype(np.int64)


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
            return self._nobody(self._cover_of_no_pair())

        start = number.first_list(self)
        if self.objective == "score":
            return self._best_total(None, None, start)

        self.tell("number", 0.0)
        size, cut = number.prove(self, 0)
        if size == 0:
            return self._nobody(cut)
        lowest, floor_cut = self._best_floor(size) if self.floor else (None, None)
        answer = self._best_total(size, lowest, start)
        proof = dataclasses.replace(answer.certificate, number=cut, floor=floor_cut)
        return dataclasses.replace(answer, certificate=proof)

    def _best_floor(self, size: int) -> tuple[int, Cut]:
        """The highest worst score of so many pairs; no pair below it stays in the list."""
        self.tell("floor", 0.0)
        lowest, cut = floors.best(self, size)
        self.listed.keep(self.listed.scores >= lowest)
        return lowest, cut

    def _best_total(self, size: int | None, lowest: int | None, start: Potentials) -> Answer:
        answer = total.best(self, size, lowest or 0, start)
        self.tell("total", 1.0)
        return dataclasses.replace(answer, floor=lowest)

    def _cover_of_no_pair(self) -> Cut:
        """Nothing is to be covered, or a side without capacity is the cover."""
        if self.source.top < 0:
            return Cut.by_nobody(self.source.shape)
        if not self.capacity[1].any():
            return Cut.by_mentors(self.source.shape)
        return Cut.by_mentees(self.source.shape)

    def _nobody(self, cut: Cut) -> Answer:
        """The answer without any pair. People without capacity are priced so high that nobody
        seems to miss them.
        """
        u, v = (np.where(side == 0, max(self.source.top, 0), 0) for side in self.capacity)
        proven = cut if self.objective == "participation" else None
        return Answer(
            objective=self.objective,
            pairs=NO_PAIRS,
            scores=NO_NUMBERS,
            bound=0,
            floor=None,
            certificate=Certificate(proven, None, u, v, pair_price=0),
            rounds=(),
        )
