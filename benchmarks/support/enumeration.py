"""Whether published groups tell of too few people, by enumeration: exact, and slow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

Atom = tuple[str, ...]


def exposes_by_rank(
    atoms: Mapping[int, Atom], k: int, answered: Collection[int] | None = None
) -> bool:
    """Too few people are exposed if and only if the rank falls without their columns.

    `atoms` has the visible cell of each cut of each person; "" where it is hidden. Too few are
    fewer than k; where only some of them have `answered`, fewer than k of these, or k in all.
    """
    people = Counter(atoms.values())
    names = sorted(people)
    sizes = [(people[name], people[name] + k) for name in names]
    if answered is not None:
        answered_in = Counter(atoms[person] for person in answered)
        sizes = [(answered_in[name], people[name]) for name in names]

    matrix = _matrix(names)
    whole = np.linalg.matrix_rank(matrix)
    for few in _sets_of_few(sizes, k):
        without = np.repeat(matrix[None], len(few), axis=0)
        for at, chosen in enumerate(few):
            without[at, :, list(chosen)] = 0
        if np.linalg.matrix_rank(without).min() < whole:
            return True
    return False


def _matrix(names: Sequence[Atom]) -> np.ndarray:
    """A row per published group, a column per atom."""
    rows = [[1] * len(names)]
    for cut in range(len(names[0])):
        cells = sorted({name[cut] for name in names})
        rows += [[int(name[cut] == cell) for name in names] for cell in cells]
    return np.array(rows, dtype=float)


def _sets_of_few(
    sizes: Sequence[tuple[int, int]], k: int, most: int = 2000
) -> Iterator[list[tuple[int, ...]]]:
    """All sets of atoms in which fewer than k answered or k at most were asked, some at a time."""
    found = []
    for number in range(1, len(sizes) + 1):
        few = 0
        for chosen in combinations(range(len(sizes)), number):
            answered = sum(sizes[at][0] for at in chosen)
            if answered < k or sum(sizes[at][1] for at in chosen) <= k:
                few += 1
                found.append(chosen)
            if len(found) == most:
                yield found
                found = []
        if not few:  # larger sets have more people
            break
    if found:
        yield found
