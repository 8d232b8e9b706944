"""Where the headings of a table are: below titles, above translations, or nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.directory.columns.headings import is_known, key
from accounts.directory.columns.two_rows import (
    HeadingRows,
    filled,
    is_value,
    names_groups,
    names_parts,
    two_in_one,
)

LOOKED_AT = 40  # rows that are not blank

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

    top = headings_in_two_rows(rows, at) or one_row(rows[at])
    below = [row for row in rows[at + 1 :] if row[0] > top.last]
    second = second_headings(below, top.headings)
    has_titles = top.first > rows[0][0]
    notes = notes_about_layout(top, second, has_titles=has_titles)
    return Layout(top.last, top.headings, frozenset(second), notes)


def one_row(row: tuple[int, list[str]]) -> HeadingRows:
    """The headings in a single row."""
    number, headings = row
    return HeadingRows(number, number, headings)


def notes_about_layout(
    top: HeadingRows, second: Sequence[int], *, has_titles: bool
) -> list[dict[str, str]]:
    """What the preview says about the rows around the headings."""
    notes: list[dict[str, str]] = []
    if top.first != top.last:
        notes.append({"key": "two_headings", "rows": f"{top.first}–{top.last}"})
    if has_titles:
        notes.append({"key": "titles_above", "row": str(top.first)})
    if second:
        notes.append({"key": "second_headings", "rows": ", ".join(map(str, second))})
    return notes


def headings_in_two_rows(rows: FirstRows, at: int) -> HeadingRows | None:
    """The headings where the row above or below the one at this position belongs to them."""
    number, headings = rows[at]
    if at:
        above, groups = rows[at - 1]
        if names_groups(groups, headings):
            return HeadingRows(above, number, two_in_one(groups, headings))
    if at + 1 < len(rows):
        below, parts = rows[at + 1]
        if names_parts(headings, parts):
            return HeadingRows(number, below, two_in_one(headings, parts))
    return None


def heading_at(rows: FirstRows) -> int | None:
    """The position of the row of headings; None where the table has none."""
    usual = usual_width(rows)
    candidates = before_first_person(rows, usual)
    known = list(map(known_headings, candidates))
    if max(known, default=0) >= 2:
        return known.index(max(known))

    for at, cells in enumerate(candidates):
        is_wide = filled(cells) * 2 >= usual
        if is_wide and not any(map(is_value, cells)):
            return at
    return None


def known_headings(cells: Sequence[str]) -> int:
    """How many cells name a field."""
    return sum(is_known(cell.strip()) for cell in cells)


def has_headings(rows: FirstRows) -> bool:
    """Whether one of the rows names two fields or more."""
    return any(known_headings(cells) >= 2 for _number, cells in rows)


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
    if any(map(is_value, cells)) or filled(cells) < 2:
        return False
    known = 0
    for cell, heading in zip(cells, headings, strict=False):
        text = cell.strip()
        if text and (is_known(text) or key(text) == key(heading)):
            known += 1
    return known * 5 >= filled(cells) * 2
