"""Where the headings of a table are: below titles, above translations, or nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.directory.columns.headings import is_known, key

LOOKED_AT = 40  # rows that are not blank
NUMBER_OR_DAY = re.compile(r"\d[\d.,:/ -]*")

FirstRows = Sequence[tuple[int, list[str]]]  # the number of each row and its cells


@dataclass(slots=True)
class Layout:
    """The row of the headings (0: there is none), their texts, and the rows to leave out."""

    number: int
    headings: list[str]
    left_out: frozenset[int] = frozenset()
    notes: list[dict[str, str]] = field(default_factory=list)

    def is_person(self, number: int) -> bool:
        """Whether a row comes below the headings and is not another row of headings."""
        return number > self.number and number not in self.left_out


def find_layout(rows: FirstRows) -> Layout:
    """The layout of a table that begins with these rows: (number, cells), none of them blank."""
    at = heading_at(rows)
    if at is None:
        width = max(len(cells) for _number, cells in rows)
        return Layout(0, [""] * width, notes=[{"key": "no_headings"}])

    number, headings = rows[at]
    second = second_headings(rows[at + 1 :], headings)
    notes = []
    if at:
        notes.append({"key": "titles_above", "row": str(number)})
    if second:
        notes.append({"key": "second_headings", "rows": ", ".join(map(str, second))})
    return Layout(number, headings, frozenset(second), notes)


def heading_at(rows: FirstRows) -> int | None:
    """The position of the row of headings; None where the table has none."""
    usual = usual_width(rows)
    candidates = before_first_person(rows, usual)
    known = [sum(is_known(cell.strip()) for cell in cells) for cells in candidates]
    if max(known, default=0) >= 2:
        return known.index(max(known))

    for at, cells in enumerate(candidates):
        is_wide = filled(cells) * 2 >= usual
        if is_wide and not any(is_value(cell) for cell in cells):
            return at
    return None


def has_headings(rows: FirstRows) -> bool:
    """Whether one of the rows names two fields or more."""
    return any(sum(is_known(cell.strip()) for cell in cells) >= 2 for _number, cells in rows)


def usual_width(rows: FirstRows) -> int:
    """How many cells most of the rows have something in, the larger number of two."""
    widths = Counter(filled(cells) for _number, cells in rows)
    return max(widths, key=lambda width: (widths[width], width))


def before_first_person(rows: FirstRows, usual: int) -> list[list[str]]:
    """The rows above the first that has an address in one of its many cells."""
    found = []
    for _number, cells in rows:
        is_person = filled(cells) * 2 >= usual and any("@" in cell for cell in cells)
        if is_person:
            break
        found.append(cells)
    return found


def second_headings(rows: FirstRows, headings: Sequence[str]) -> list[int]:
    """The numbers of the rows directly below the headings that name the columns once more."""
    found = []
    for number, cells in rows:
        if not names_columns(cells, headings):
            break
        found.append(number)
    return found


def names_columns(cells: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether a row repeats or translates the headings: no values, and two in five are known."""
    texts = [cell.strip() for cell in cells]
    if any(is_value(text) for text in texts) or filled(texts) < 2:
        return False
    same = zip(texts, headings, strict=False)
    known = [bool(text) and (is_known(text) or key(text) == key(heading)) for text, heading in same]
    return sum(known) * 5 >= filled(texts) * 2


def filled(cells: Sequence[str]) -> int:
    """How many cells have something in them."""
    return sum(bool(cell.strip()) for cell in cells)


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, a day or an address, as no heading does."""
    text = cell.strip()
    return "@" in text or bool(NUMBER_OR_DAY.fullmatch(text))
