"""Array types of the solver, and the small operations on arrays that several of its parts need."""

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]
F32 = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.int16]
Integers = npt.NDArray[np.signedinteger[Any]]
Value = TypeVar("Value", bound=Hashable)

THREADS = 2
GOLDEN = 0.6180339887
"""The golden ratio less one: multiples of it, modulo 1, spread evenly (Knuth, volume 3, 6.4)."""


def numbered(values: Iterable[Value]) -> dict[Value, int]:
    """The different values, each with its number, in order of appearance."""
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def pick(matrix: npt.NDArray[Any], rows: I64, columns: I64 | None = None) -> npt.NDArray[Any]:
    """The block of a matrix; a view where rows are consecutive and all columns are asked for."""
    if are_consecutive(rows):
        part = matrix[int(rows[0]) : int(rows[-1]) + 1]
        return part if columns is None else part[:, columns]
    return matrix[rows] if columns is None else matrix[np.ix_(rows, columns)]


def are_consecutive(rows: I64) -> bool:
    """Whether the rows are a range, such as a sweep asks for."""
    if not len(rows) or rows[-1] - rows[0] != len(rows) - 1:
        return False
    return bool((rows[1:] > rows[:-1]).all())


def product(left: F32, right: F32) -> F32:
    """left @ right of whole numbers that are all finite.

    OpenBLAS sometimes raises the processor's flag "invalid" for narrow shapes of finite numbers
    (numpy issue 24067). A number that really is none is noticed when scores become int16.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(left @ right)


def ranges(start: I64, stop: I64) -> I64:
    """The ranges start[k]:stop[k], one after the other."""
    length = stop - start
    shift: I64 = np.repeat(start - np.cumsum(length) + length, length)
    return np.arange(int(length.sum())) + shift


def group_starts(groups: I64, count: int) -> I64:
    """Where each of `count` groups starts in an array sorted by group, and where the last ends."""
    sizes = np.bincount(groups, minlength=count)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def positions(ids: I64, count: int) -> I64:
    """Where each of `count` numbers stands in `ids`; -1 for those that do not."""
    found = np.full(count, -1)
    found[ids] = np.arange(len(ids))
    return found
