"""What a run of the solver knows so far: scores, capacities, the list of candidates, its prices."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from matching.solver.arrays import I64
from matching.solver.assignment.candidates import Candidates
from matching.solver.assignment.sources import Source
from matching.solver.people import Objective

Progress = Callable[[str, float], None]
EXACT = 1 << 53
FIRST_CANDIDATES = 32
MORE_CANDIDATES = 16
STAGES = {"list": (0.0, 0.3), "number": (0.3, 0.4), "floor": (0.4, 0.6), "total": (0.6, 1.0)}


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """The run was cancelled by its caller."""


@dataclass(eq=False)
class State:
    """One run on a source of scores.

    `first` and `more` size the candidate list and change no answer. `rest` bounds the unlisted
    pairs: none of a row has a higher score + potential at the mentors' potentials `rest_at`.
    `peaks` are the highest scores of rows and columns.
    """

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
    rest: I64 = field(init=False)
    rest_at: I64 = field(init=False)
    peaks: tuple[I64, I64] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._check_objective()
        n, m = self.source.shape
        if max(self.source.top, 1) * (n + m + 2) >= EXACT:
            raise ValueError("scores are too large for exact arithmetic")
        mentees, mentors = self.capacity
        # nobody can meet more than everybody
        self.capacity = np.minimum(mentees, m), np.minimum(mentors, n)
        self.listed = Candidates(m)

    def _check_objective(self) -> None:
        if self.objective not in ("participation", "score"):
            raise ValueError("the objective is participation or score")
        if self.floor and self.objective == "score":
            raise ValueError(
                "a floor needs the objective participation: alone it would leave a single pair"
            )

    def tell(self, stage: str, fraction: float) -> None:
        """Report progress and notice a cancellation."""
        if self.cancelled and self.cancelled():
            raise Cancelled
        if self.progress:
            low, high = STAGES[stage]
            self.progress(stage, low + (high - low) * fraction)
