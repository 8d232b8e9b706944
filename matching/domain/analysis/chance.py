"""How likely a gap between groups is by chance: exact tests, and many tests taken together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


def holm(chances: Sequence[float], *, level: float) -> list[bool]:
    """Which tests are significant when all are looked at together (Holm 1979).

    The chance of one false alarm is `level` at most.
    """
    significant = [False] * len(chances)
    smallest_first = sorted(range(len(chances)), key=lambda index: chances[index])
    for rank, index in enumerate(smallest_first):
        if chances[index] > level / (len(chances) - rank):
            break
        significant[index] = True
    return significant


def chance_of_so_many(strata: Iterable[tuple[int, int, int]], seen: int) -> float:
    """The chance that at least `seen` of a group are left over, if people were drawn blindly.

    Each stratum is (people, of whom left over, of whom in the group), drawn by itself; exact up to
    rounding.
    """
    spread: npt.NDArray[np.float64] = np.ones(1)
    for people, left, inside in strata:
        spread = np.convolve(spread, _hypergeometric(people, left, inside))
    return float(min(1.0, spread[seen:].sum()))


def _hypergeometric(people: int, left: int, inside: int) -> npt.NDArray[np.float64]:
    """The chances that 0, 1, ... `inside` people of a group are left over."""
    chances = np.zeros(inside + 1)
    fewest = max(0, inside - (people - left))
    most = min(inside, left)
    ways = _log_ways(people, inside)
    for k in range(fewest, most + 1):
        drawn = _log_ways(left, k) + _log_ways(people - left, inside - k)
        chances[k] = math.exp(drawn - ways)
    return chances


def _log_ways(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def chance_of_such_ranks(strata: Iterable[tuple[npt.NDArray[np.float64], Flags]]) -> float:
    """The chance that a group ranks so low, if fits were given out blindly.

    A test of rank sums with the variance under permutation. Each stratum is (the ranks of its
    people, which of them are in the group). 1 where there is nothing to compare.
    """
    gap = variance = 0.0
    for ranks, inside in strata:
        people, members = len(ranks), int(inside.sum())
        if 0 < members < people:
            gap += float(ranks[inside].sum() - members * ranks.mean())
            variance += members * (people - members) / people * float(ranks.var(ddof=1))
    if variance <= 0:
        return 1.0
    return 0.5 * math.erfc(-gap / math.sqrt(2 * variance))
