"""Array types of the solver, and the small operations on arrays that several of its parts need."""

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]
F32 = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.int16]
Integers = npt.NDArray[np.signedinteger[Any]]
Value = TypeVar("Value", bound=Hashable)
Argument = TypeVar("Argument")
Answer = TypeVar("Answer")

THREADS = 2
GOLDEN = 0.6180339887
"""The golden ratio less one: multiples of it, modulo 1, spread evenly (Knuth, volume 3, 6.4)."""


NO_NUMBERS: I64 = np.empty(0, np.int64)
NO_PAIRS: I64 = np.empty((0, 2), np.int64)


def numbered(values: Iterable[Value]) -> dict[Value, int]:
    """The different values, each with its number, in order of appearance."""
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def pick(matrix: npt.NDArray[Any], rows: I64, columns: I64 | None = None) -> npt.NDArray[Any]:
    """The block of a matrix; a view where rows are consecutive and all columns are asked for."""
    if not are_consecutive(rows):
        return matrix[rows] if columns is None else matrix[np.ix_(rows, columns)]
    part = matrix[int(rows[0]) : int(rows[-1]) + 1]
    return part if columns is None else part[:, columns]


def in_blocks(ids: I64, width: int, cells: int) -> list[I64]:
    """The rows in consecutive blocks of at most so many cells, where each row has `width`."""
    step = max(1, cells // max(1, width))
    return [ids[start : start + step] for start in range(0, len(ids), step)]


def on_threads(
    function: Callable[[Argument], Answer], arguments: Iterable[Argument]
) -> list[Answer]:
    """What the function returns for each, in their order, computed on THREADS at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, arguments))


def flags_at(ids: I64, count: int) -> Flags:
    """True for these of `count` numbers."""
    flags = np.zeros(count, np.bool_)
    flags[ids] = True
    return flags


def flags_of(values: Iterable[bool]) -> Flags:
    """The values as an array."""
    return np.array([*values], np.bool_)


def distinct(ids: I64) -> tuple[I64, I64]:
    """The different numbers, ascending, and where each of `ids` is among them."""
    found, position = np.unique(ids, return_inverse=True)
    return found, position


def counted(ids: I64, count: int) -> I64:
    """How often each of `count` numbers occurs."""
    return np.bincount(ids, minlength=count)


def are_consecutive(rows: I64) -> bool:
    """Whether the rows are a range, such as a sweep asks for."""
    return len(rows) > 0 and bool((rows[1:] - rows[:-1] == 1).all())


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
    first = np.cumsum(length) - length
    found: I64 = np.arange(length.sum()) + np.repeat(start - first, length)
    return found


def golden_shift(seeds: I64, count: I64) -> I64:
    """Numbers from 0 to below `count` that are spread evenly, for seeds that follow each other."""
    return (seeds * GOLDEN % 1 * count).astype(np.int64)


def group_starts(groups: I64, count: int) -> I64:
    """Where each of `count` groups starts in an array sorted by group, and where the last ends."""
    sizes = counted(groups, count)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def positions(ids: I64, count: int) -> I64:
    """Where each of `count` numbers stands in `ids`; -1 for those that do not."""
    found = np.full(count, -1)
    found[ids] = np.arange(len(ids))
    return found
