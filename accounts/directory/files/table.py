"""The table that any directory file is read into, and what may be wrong with a file as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.directory.files.cleaning import clean
from common.errors import DomainError

UNNAMED = "Column"  # followed by its number: a column without a heading
MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 200
# no cell of a directory is longer; a longer one is a quotation mark that is never closed
MAX_CELL = 2_000
MAX_UNPACKED = 300 * 1024 * 1024  # of an Excel file, which is a ZIP: more is a trap


class DirectoryFileError(DomainError):
    """The file as a whole cannot be read: what is wrong and what to do."""


def empty_file() -> DirectoryFileError:
    """What to say about a file without anything in it."""
    return DirectoryFileError(
        _("The file is empty. Export the directory again, with its headings in the first row.")
    )


def too_long() -> str:
    """What to say about a row with a cell longer than MAX_CELL."""
    return _("A cell of this row is longer than %(max)d characters. Shorten it.") % {
        "max": MAX_CELL
    }


@dataclass(slots=True)
class RawRow:
    """A row of the file.

    `number` counts as spreadsheet programs do: the headings are row 1. `formulas` are the positions
    of cells that hold a formula. `broken` says why the row itself cannot be read.
    """

    number: int
    cells: list[str]
    formulas: tuple[int, ...] = ()
    broken: str = ""


@dataclass(slots=True)
class Table:
    """Headings and a way to go through the rows, once or several times.

    `notes` are keys with parameters for the preview. `is_slow`: each time takes long, and all rows
    fit into memory.
    """

    headings: list[str]
    rows: Callable[[], Iterator[RawRow]]
    notes: list[dict[str, str]] = field(default_factory=list)
    is_slow: bool = False


def unique_headings(cells: list[str]) -> list[str]:
    """Headings without blanks around them, each once.

    An empty one becomes "Column 3", a second "Name" becomes "Name (2)".
    """
    headings: list[str] = []
    seen: dict[str, int] = {}
    for position, cell in enumerate(cells, start=1):
        heading = clean(cell)[0][:100] or f"{UNNAMED} {position}"
        times = seen.get(heading, 0) + 1
        seen[heading] = times
        if times > 1:
            heading = f"{heading} ({times})"
        headings.append(heading)
    return headings


def trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end, of which spreadsheet programs write many."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]
