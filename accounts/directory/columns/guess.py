"""Which column is which field: each field gets the column that its heading and cells fit best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from accounts.directory.columns.contents import Column, columns_of, fit, has_at
from accounts.directory.columns.departments import looks_like_departments
from accounts.directory.columns.headings import (
    COLUMNS,
    MANAGER_FIELDS,
    WEAK,
    fields_named,
    has_word,
    is_about_manager,
    is_private,
    key,
)
from accounts.directory.columns.leaver_columns import (
    asks_who_left,
    holds_leavers,
    looks_like_last_days,
    score_of_status,
)
from accounts.directory.columns.managers import choose_managers
from accounts.directory.mapping import FIELDS
from accounts.domain.names import words

BY_MANAGERS = {*MANAGER_FIELDS, "person_key"}  # chosen by `choose_managers`
BY_CELLS_ALONE = 0.2
WEAK_FITS = 0.5  # a heading that names several things counts only where the cells fit as well


def guess(headings: Sequence[str], sample: Iterable[Sequence[str]] = ()) -> dict[str, str]:
    """{field: heading} as far as headings and the first rows tell. Each heading is used once."""
    columns = columns_of(headings, sample)
    mapping = assign(columns)
    settle_name(mapping, columns)
    mapping |= choose_managers(columns, mapping)
    return {field: mapping[field] for field in FIELDS if field in mapping}


def assign(columns: Sequence[Column]) -> dict[str, str]:
    """Assign the columns to fields, the best fit first."""
    mapping: dict[str, str] = {}
    for _score, field, heading in sorted(scores(columns), key=best_first):
        if field not in mapping and heading not in mapping.values():
            mapping[field] = heading
    return mapping


def best_first(scored: tuple[float, str, str]) -> float:
    """The key for sorting: among equals, the order of the columns stays."""
    return -scored[0]


def scores(columns: Sequence[Column]) -> list[tuple[float, str, str]]:
    """(score, field, heading) of every column that may be a field, those of managers apart."""
    found = []
    for column in columns:
        for field, named in fields_of(column).items():
            score = score_of(field, column, named)
            too_weak = named <= WEAK and column.cells and score < named * WEAK_FITS
            if score and not too_weak:
                found.append((score, field, column.heading))
    return found


def score_of(field: str, column: Column, named: float) -> float:
    """How good a column is for a field; `named` is how clearly its heading says so."""
    if field == "status":
        return score_of_status(column, named)
    return named * fit(field, column)


def fields_of(column: Column) -> dict[str, float]:
    """The fields of the person that the heading names, or that the cells alone tell."""
    named = fields_named(column.heading)
    fields = {field: score for field, score in named.items() if field not in BY_MANAGERS}
    for field, is_told_by_cells in TOLD_BY_CELLS.items():
        if field not in fields and is_told_by_cells(column):
            fields[field] = BY_CELLS_ALONE

    if not fields and looks_like_departments(column):
        fields["department"] = BY_CELLS_ALONE
    if not fields:
        fields |= dict.fromkeys(names_by_word(column.heading), BY_CELLS_ALONE)
    return fields


def names_by_word(heading: str) -> list[str]:
    """The kind of names of which a heading has a word, such as "Prénom usuel"."""
    if is_about_manager(heading) or has_word(heading, COLUMNS["other_people_words"]):
        return []
    has_first = has_word(heading, COLUMNS["first_name_words"])
    has_last = has_word(heading, COLUMNS["last_name_words"])
    if has_first and has_last:
        return ["name"]
    if has_first:
        return ["first_name"]
    return ["last_name"] if has_last else []


def holds_own_address(column: Column) -> bool:
    """Whether the cells are addresses of work, of one person each."""
    heading = column.heading
    if is_about_manager(heading) or is_private(heading):
        return False
    return column.share(has_at) >= 0.5 and column.is_distinct


def tells_status(column: Column) -> bool:
    """Whether the cells tell who has left, or the heading asks that."""
    return holds_leavers(column) or asks_who_left(column)


TOLD_BY_CELLS: dict[str, Callable[[Column], bool]] = {
    "email": holds_own_address,
    "status": tells_status,
    "left_on": looks_like_last_days,
}


def settle_name(mapping: dict[str, str], columns: Sequence[Column]) -> None:
    """Where first names have a column, "Name" is the family name or is not needed.

    Without family names, the full name is taken and the first name is what people call them. A
    lone column of first or last names has full names, as "Nom" and "Nombre" often do.
    """
    has_first, has_last = "first_name" in mapping, "last_name" in mapping
    if "name" in mapping and has_last and not has_first:
        settle_name_and_surname(mapping, columns)
    elif "name" not in mapping and has_first != has_last:
        mapping["name"] = mapping.pop("first_name" if has_first else "last_name")
    if "first_name" in mapping:
        settle_first_name(mapping)


def settle_first_name(mapping: dict[str, str]) -> None:
    """As `settle_name`, where first names have a column."""
    # "Name, Vorname": the name alone is the family name
    name_is_last_name = "last_name" not in mapping and key(mapping.get("name", "")) == "name"
    if name_is_last_name:
        mapping["last_name"] = mapping.pop("name")
    if "last_name" in mapping:
        mapping.pop("name", None)
    elif "name" in mapping:
        mapping.setdefault("preferred_name", mapping.pop("first_name"))


def settle_name_and_surname(mapping: dict[str, str], columns: Sequence[Column]) -> None:
    """ "Name" beside "Surname": the full name where the surname is in it, else the first name."""
    cells = {column.heading: column.cells for column in columns}
    filled, whole = 0, 0
    for name, last in zip(cells[mapping["name"]], cells[mapping["last_name"]], strict=False):
        if name and last:
            filled += 1
            whole += set(words(last)) <= set(words(name))

    if whole * 2 >= filled:
        del mapping["last_name"]
    else:
        mapping["first_name"] = mapping.pop("name")
