"""Whether published groups tell of too few people, by enumeration: exact, and slow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np


def exposes_by_rank(places: Sequence[tuple[str, ...]], k: int) -> bool:
    """Fewer than k people are exposed if and only if the rank falls without their columns.

    `places` has the visible cell of each cut per person; "" where it is hidden.
    """
    sizes = Counter(places)
    atoms = sorted(sizes)
    rows = [[1] * len(atoms)]
    for cut in range(len(atoms[0])):
        cells = sorted({atom[cut] for atom in atoms})
        rows += [[int(atom[cut] == cell) for atom in atoms] for cell in cells]
    matrix = np.array(rows, dtype=float)
    whole = np.linalg.matrix_rank(matrix)

    small = [at for at, atom in enumerate(atoms) if sizes[atom] < k]
    for number in range(1, k):
        few = [
            chosen
            for chosen in combinations(small, number)
            if sum(sizes[atoms[at]] for at in chosen) < k
        ]
        if not few:
            continue
        without = np.repeat(matrix[None], len(few), axis=0)
        for at, chosen in enumerate(few):
            without[at, :, list(chosen)] = 0
        if np.linalg.matrix_rank(without).min() < whole:
            return True
    return False
