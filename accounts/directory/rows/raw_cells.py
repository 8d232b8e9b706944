"""Cells as they are in the file, and how often each text is in a column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import islice

from accounts.directory.columns.contents import Column, columns_of
from accounts.directory.files.cleaning import clean
from accounts.directory.files.table import RawRow
from accounts.directory.rows.cells import EMPTY

LOOKED_AT = 2_000  # rows
Together = Counter[tuple[str, ...]]


def cell_at(raw: RawRow, position: int) -> str:
    """A cell as it is in the file, "" where the row is shorter."""
    return raw.cells[position].strip() if position < len(raw.cells) else ""


def count_together(rows: Iterable[RawRow], positions: Sequence[int]) -> Together:
    """How often each combination of texts is in these columns, "" for empty cells. One pass."""
    written: Together = Counter()
    for raw in rows if positions else ():
        if not raw.broken:
            written[tuple(cell_at(raw, position) for position in positions)] += 1

    found: Together = Counter()
    for texts, count in written.items():
        found[tuple(map(cleaned_text, texts))] += count
    return found


def of_each_column(together: Together, headings: Collection[str]) -> dict[str, Counter[str]]:
    """{heading: how often each text is in its column}; `headings` in the order of the texts."""
    found: dict[str, Counter[str]] = {heading: Counter() for heading in headings}
    for texts, count in together.items():
        for heading, text in zip(headings, texts, strict=True):
            found[heading][text] += count
    return found


def first_columns(headings: Sequence[str], rows: Iterable[RawRow]) -> list[Column]:
    """The columns with the cells of the first rows."""
    first_rows = islice(rows, LOOKED_AT)
    return columns_of(headings, map(clean_cells, first_rows))


def clean_cells(raw: RawRow) -> list[str]:
    """The cells of a row without what nobody can see."""
    return [clean(cell)[0] for cell in raw.cells]


@lru_cache(maxsize=5_000)
def cleaned_text(cell: str) -> str:
    """A cell without what nobody can see; "" for "n/a" and the like."""
    text = clean(cell)[0]
    return "" if text.lower() in EMPTY else text
