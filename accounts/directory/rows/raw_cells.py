"""Cells as they are in the file, and how often each text is in a column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from accounts.directory.columns.contents import Column, columns_of
from accounts.directory.files.cleaning import clean_text
from accounts.directory.files.table import RawRow
from accounts.directory.values.cells import EMPTY

LOOKED_AT = 2_000  # rows
Together = Counter[tuple[str, ...]]


def cell_at(raw: RawRow, position: int) -> str:
    """A cell as it is in the file, "" where the row is shorter."""
    return raw.cells[position].strip() if position < len(raw.cells) else ""


@dataclass(slots=True)
class TextCounts:
    """How often each text is in some columns, as it is written, "" for empty cells.

    `columns` are these counts by heading; `together` counts the combinations of the texts in
    further columns.
    """

    columns: dict[str, Counter[str]]
    together: Together = field(default_factory=Counter)

    @classmethod
    def of(
        cls, rows: Iterable[RawRow], positions: Mapping[str, int], together: Sequence[int]
    ) -> TextCounts:
        """Count in one pass. `positions` are those of single columns, by heading."""
        counts = cls({heading: Counter() for heading in positions})
        counted = [(counts.columns[heading], at) for heading, at in positions.items()]
        for raw in rows:
            if raw.broken:
                continue
            for column, at in counted:
                column[cell_at(raw, at)] += 1
            if together:
                counts.together[tuple(cell_at(raw, at) for at in together)] += 1
        return counts

    def cleaned(self, heading: str) -> Counter[str]:
        """The counts of a column, by texts without what nobody can see."""
        found: Counter[str] = Counter()
        for text, count in self.columns[heading].items():
            found[text_or_empty(text)] += count
        return found

    def cleaned_together(self) -> Together:
        """The counts of combinations, by texts without what nobody can see."""
        found: Together = Counter()
        for texts, count in self.together.items():
            found[tuple(map(text_or_empty, texts))] += count
        return found


def first_columns(headings: Sequence[str], rows: Iterable[RawRow]) -> list[Column]:
    """The columns with the cells of the first rows."""
    first_rows = islice(rows, LOOKED_AT)
    return columns_of(headings, (list(map(clean_text, raw.cells)) for raw in first_rows))


def text_or_empty(cell: str) -> str:
    """A cell without what nobody can see; "" for "n/a" and the like."""
    text = clean_text(cell)
    return "" if text.lower() in EMPTY else text
