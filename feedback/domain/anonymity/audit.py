"""Which groups of a survey may be shown together, by an exact subtraction audit.

Everything published about a question are counts over groups of people: the total, and the visible
cells of each cut. Whoever adds and subtracts them reaches weighted counts, one weight per person.
Such a combination tells of too few if its weights are not all zero, and not zero for fewer than k
people. People with the same visible cells always have the same weight: they are one "atom".

Which groups are shown must not tell either who answered: no combination may be of k people asked or
fewer. Otherwise a group of k that is shown would tell that each of them answered, and a group shown
beside the total whether the only person in a hidden one did.

Whether there is such a combination is an integer program: a weight per cell, whole numbers up to
MOST_WEIGHT. Its answers are the same as those of enumeration by rank (see its test). Source:
auditing of cell suppression (Hundepool et al., 2012, chapter 4).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Respondent = int
Grouping = Mapping[Respondent, str]  # respondent -> the cell of a cut
Atom = tuple[str, ...]  # the visible cell of each cut; "" where it is hidden
Sizes = Mapping[Atom, tuple[int, int]]  # how many answered, and how many were asked

MOST_WEIGHT = 5
# Work per audit in the solver's own units, which are the same on each machine: about as many
# seconds. An audit that needs more counts as one that failed: less is shown, never more.
MOST_WORK = 4.0


@dataclass(frozen=True)
class Publishable:
    """What may be shown of one question: the total or not, and the visible cells of each cut."""

    total: bool = False
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def publishable(
    people: Iterable[Respondent],
    cuts: Mapping[str, Grouping],
    *,
    k: int,
    left_out: Mapping[str, frozenset[str]] | None = None,
) -> Publishable:
    """The total and the cells that may be shown together of the answers of these people.

    `cuts` have the groups of all who were asked. Cells are hidden by their size alone, the smallest
    first, and where they are `left_out` {cut: cells}. The cuts are considered in their order, which
    is the order of importance.
    """
    answered = set(people)
    asked = sorted(answered.union(*cuts.values()))
    atoms: dict[Respondent, Atom] = dict.fromkeys(asked, ())
    if _is_few(len(answered), len(asked), k):
        return Publishable()

    shown = {}
    for cut, grouping in cuts.items():
        hidden = (left_out or {}).get(cut, frozenset())
        cells = _visible_cells(atoms, answered, grouping, hidden, k)
        if cells:
            shown[cut] = cells
            atoms = _cut_by(atoms, grouping, cells)
    return Publishable(total=True, cells=shown)


def _is_few(answered: int, asked: int, k: int) -> bool:
    """Whether too few answered, or so few were asked that each of them is seen to have answered."""
    return answered < k or asked <= k


def _visible_cells(
    atoms: Mapping[Respondent, Atom],
    answered: set[Respondent],
    grouping: Grouping,
    left_out: frozenset[str],
    k: int,
) -> tuple[str, ...]:
    """The cells of one more cut that may be visible."""
    sizes = Counter(grouping.get(person, "") for person in answered)
    large = [cell for cell in sizes if cell and sizes[cell] >= k and cell not in left_out]
    smallest_first = sorted(large, key=lambda cell: (sizes[cell], cell))

    def are_safe(cells: Sequence[str]) -> bool:
        return not cells or not exposes(_cut_by(atoms, grouping, cells), answered, k)

    if are_safe(smallest_first):
        return tuple(sorted(smallest_first))

    # Hiding one more cell never makes a safe choice unsafe, so the first safe one can be bisected.
    choices = range(len(smallest_first) + 1)
    hidden = bisect_left(choices, True, lo=1, key=lambda first: are_safe(smallest_first[first:]))

    # Where it was a large cell that had to go, smaller ones may return.
    shown = smallest_first[hidden:]
    for cell in reversed(smallest_first[:hidden]):
        if are_safe([*shown, cell]):
            shown.append(cell)
    return tuple(sorted(shown))


def _cut_by(
    atoms: Mapping[Respondent, Atom], grouping: Grouping, cells: Sequence[str]
) -> dict[Respondent, Atom]:
    """The atoms once these cells of one more cut are visible."""
    visible = set(cells)
    cut = {}
    for person, atom in atoms.items():
        cell = grouping.get(person, "")
        cut[person] = (*atom, cell if cell in visible else "")
    return cut


def exposes(atoms: Mapping[Respondent, Atom], answered: Container[Respondent], k: int) -> bool:
    """Whether some combination of the groups tells of fewer than k people who answered, or of so
    few who were asked that each of them is seen to have answered.

    `atoms` are those of all who were asked. True, too, where the audit needs too much work.
    """
    sizes = _sizes(atoms, answered)
    if _has_small_group(sizes, k):
        return True
    if not any(_is_few(*size, k) for size in sizes.values()):
        return False
    return _solve(sizes, k)


def _sizes(atoms: Mapping[Respondent, Atom], answered: Container[Respondent]) -> Sizes:
    """How many of each atom answered, and how many were asked."""
    asked_in = Counter(atoms.values())
    answered_in = Counter(atom for person, atom in atoms.items() if person in answered)
    return {atom: (answered_in[atom], asked_in[atom]) for atom in asked_in}


def _has_small_group(sizes: Sizes, k: int) -> bool:
    """Whether a visible cell, or all hidden cells of a cut together, have too few people."""
    answered_in: Counter[tuple[int, str]] = Counter()
    asked_in: Counter[tuple[int, str]] = Counter()
    for atom, (answered, asked) in sizes.items():
        for group in enumerate(atom):
            answered_in[group] += answered
            asked_in[group] += asked
    return any(_is_few(answered_in[group], asked_in[group], k) for group in asked_in)


def _solve(sizes: Sizes, k: int) -> bool:
    # The solver takes a second to load, and only a close needs it.
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    weights = _weights(model, sizes)
    _tell_of_few(model, sizes, weights, k)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = MOST_WORK
    return bool(solver.solve(model) != cp_model.INFEASIBLE)


def _weights(model: Any, sizes: Sizes) -> dict[Atom, Any]:
    """The weight of each atom's people: a constant and a weight for each of its cells."""
    # The weights are only determined up to constants per cut: the largest atom fixes them.
    largest = max(sorted(sizes), key=lambda atom: sizes[atom])
    constant = model.new_int_var(-MOST_WEIGHT, MOST_WEIGHT, "constant")
    of_cell: dict[tuple[int, str], Any] = {}
    for cut, fixed in enumerate(largest):
        for cell in sorted({atom[cut] for atom in sizes} - {fixed}):
            name = f"{cut}:{cell}"
            of_cell[cut, cell] = model.new_int_var(-MOST_WEIGHT, MOST_WEIGHT, name)

    weights = {}
    for atom in sorted(sizes):
        cells = [of_cell[key] for key in enumerate(atom) if key in of_cell]
        weights[atom] = constant + sum(cells)
    return weights


def _tell_of_few(model: Any, sizes: Sizes, weights: Mapping[Atom, Any], k: int) -> None:
    """Zero for all but too few people, and not zero everywhere."""
    answered_by, asked_of, positive = [], [], []
    for atom, weight in weights.items():
        answered, asked = sizes[atom]
        if not _is_few(answered, asked, k):
            model.add(weight == 0)
            continue
        is_touched = model.new_bool_var("")
        model.add(weight == 0).only_enforce_if(~is_touched)
        answered_by.append(answered * is_touched)
        asked_of.append(asked * is_touched)
        # A combination and its negative tell the same: one of its weights is positive.
        is_positive = model.new_bool_var("")
        model.add(weight >= 1).only_enforce_if(is_positive)
        positive.append(is_positive)

    are_few_answers = model.new_bool_var("")
    model.add(sum(answered_by) < k).only_enforce_if(are_few_answers)
    model.add(sum(asked_of) <= k).only_enforce_if(~are_few_answers)
    model.add_bool_or(positive)
