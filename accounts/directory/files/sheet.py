"""Reading XLSX files: row by row, with formulas recognised, and without trusting the ZIP inside."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from openpyxl.xml import DEFUSEDXML

from accounts.directory.columns.layout import (
    LOOKED_AT,
    FirstRows,
    Layout,
    find_layout,
    has_headings,
)
from accounts.directory.files.parts import Part, read_parts
from accounts.directory.files.table import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_UNPACKED,
    DirectoryFileError,
    RawRow,
    Table,
    empty_file,
    too_long,
    trimmed,
    unique_headings,
)

MAX_PARTS = 5_000  # files inside
MAX_BLANK_ROWS = 5_000  # this many blank rows in a row: the rest is formatting, not people
WHOLE_UP_TO = 1e15  # a larger floating-point number is not exact
NUMBERS_WITH_ZEROS = re.compile(r"^0{2,20}$")


@dataclass(slots=True)
class ExcelFile:
    """An Excel file with what was counted in its parts."""

    content: bytes
    parts: dict[str, Part]

    def part_of(self, sheet: Any) -> Part:
        """What was counted in a sheet."""
        name = sheet._worksheet_path  # noqa: SLF001 - the only way from a sheet to its part
        return self.parts.get(name, Part())


def read_sheet(content: bytes) -> Table:
    """The table on the visible sheet with people. DirectoryFileError when there is none."""
    check_archive(content)
    file = ExcelFile(content, counted_parts(content))
    with opened(file) as book:
        visible = visible_sheets(book)
        beginnings = {title: beginning_of(file, book[title]) for title in visible}
        title = sheet_of_people(beginnings)
        table = table_of(file, title, beginnings[title])
        table.notes += notes_about_part(file.part_of(book[title]))
    if len(visible) > 1:
        table.notes.append({"key": "sheet_chosen", "sheet": title})
    return table


def visible_sheets(book: Any) -> list[str]:
    """The names of the visible sheets, one for each part of the file."""
    titles: dict[str, str] = {}
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            titles.setdefault(sheet._worksheet_path, sheet.title)  # noqa: SLF001 - as above
    return list(titles.values())


def beginning_of(file: ExcelFile, sheet: Any) -> FirstRows:
    """The first rows with anything in them."""
    return [(row.number, row.cells) for row in islice(sheet_rows(file, sheet), LOOKED_AT)]


def sheet_of_people(beginnings: Mapping[str, FirstRows]) -> str:
    """The first sheet with headings that are known, or else the first with anything on it.

    DirectoryFileError when there is none.
    """
    filled = [title for title, rows in beginnings.items() if rows]
    if not filled:
        raise empty_file()
    return next((title for title in filled if has_headings(beginnings[title])), filled[0])


def table_of(file: ExcelFile, title: str, first: FirstRows) -> Table:
    """The table that begins with the `first` rows. DirectoryFileError when it is too wide."""
    layout = find_layout(first)
    headings = layout.headings
    if len(headings) > MAX_COLUMNS:
        raise DirectoryFileError(
            _("The sheet has more than %(max)d columns. Leave out those that are not needed.")
            % {"max": MAX_COLUMNS}
        )
    rows = rows_of(file, title, layout)
    return Table(headings=unique_headings(headings), rows=rows, notes=layout.notes, is_slow=True)


def rows_of(file: ExcelFile, title: str, layout: Layout) -> Callable[[], Iterator[RawRow]]:
    """A function that goes through the rows below the headings, opening the file anew each time."""

    def rows() -> Iterator[RawRow]:
        with opened(file) as book:
            for row in sheet_rows(file, book[title]):
                if layout.is_person(row.number):
                    yield row

    return rows


def notes_about_part(part: Part) -> list[dict[str, str]]:
    """What to say of merged cells and hidden rows."""
    notes = []
    merged = sum(len(ranges) for ranges in part.merged.values())
    if merged:
        notes.append({"key": "merged_cells", "count": str(merged)})
    if part.hidden_rows:
        rows = ", ".join(part.first_hidden)
        notes.append({"key": "hidden_rows", "count": str(part.hidden_rows), "rows": rows})
    return notes


def counted_parts(content: bytes) -> dict[str, Part]:
    """The parts of the file. DirectoryFileError where it is damaged or holds too much."""
    try:
        return read_parts(content)
    except DirectoryFileError:
        raise
    except Exception as error:  # whatever a damaged file makes of zipfile
        raise damaged() from error


def check_archive(content: bytes) -> None:
    """DirectoryFileError unless the ZIP is whole, an Excel file, and of a sensible size inside."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged() from error
    check_kind({file.filename for file in files})

    unpacked = sum(file.file_size for file in files)
    if unpacked > MAX_UNPACKED or len(files) > MAX_PARTS:
        raise DirectoryFileError(
            _(
                "This Excel file unpacks to an enormous size. Save the sheet with the directory "
                "as CSV."
            )
        )


def check_kind(names: set[str]) -> None:
    """DirectoryFileError unless the files inside are those of an Excel file."""
    if "mimetype" in names and "content.xml" in names:
        raise DirectoryFileError(
            _("This is an OpenDocument file. Save it as XLSX or CSV and upload that.")
        )
    if not any(name.startswith("xl/") for name in names):
        raise DirectoryFileError(
            _(
                "This is a ZIP archive, not a table. Unpack it and upload the CSV or XLSX file "
                "inside."
            )
        )


@contextmanager
def opened(file: ExcelFile) -> Iterator[Any]:
    """The workbook, closed at the end of the block. DirectoryFileError where it is damaged."""
    book = open_book(file.content)
    try:
        yield book
    except DirectoryFileError:
        raise
    except Exception as error:  # whatever a damaged file makes of openpyxl
        raise damaged() from error
    finally:
        book.close()


def open_book(content: bytes) -> Any:
    """The workbook, read-only.

    XML entities are refused: openpyxl takes defusedxml where it is installed, and it must be.
    """
    if not DEFUSEDXML:  # pragma: no cover - a broken installation
        raise RuntimeError(
            "defusedxml is missing or switched off: XLSX files cannot be read safely."
        )
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it leaves out
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=False, keep_links=False
            )
    except DefusedXmlException as error:
        raise DirectoryFileError(
            _("This Excel file contains XML that is not allowed. Save it as CSV and upload that.")
        ) from error
    except Exception as error:  # whatever a damaged file makes of openpyxl
        raise damaged() from error


def sheet_rows(file: ExcelFile, sheet: Any) -> Iterator[RawRow]:
    """The rows with anything in them. A merged cell says the same in each of its rows."""
    sheet.reset_dimensions()  # some exporters write a wrong size
    merged = MergedCells(file.part_of(sheet).merged)
    blank = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = row[: MAX_COLUMNS + 1]
            texts = [as_text(cell) for cell in cells]
            if any(texts):
                blank = 0
                merged.fill(number, texts)
                yield row_of(number, texts, cells)
                continue
            blank += 1
            if blank > MAX_BLANK_ROWS:
                return


class MergedCells:
    """Fills the rows of merged cells, of which only the first one has the text."""

    def __init__(self, ranges: Mapping[int, Sequence[tuple[int, int]]]) -> None:
        """`ranges` are {first row: [(column, last row)]}."""
        self.ranges = ranges
        self.open: dict[int, tuple[int, str]] = {}  # column -> last row, text

    def fill(self, number: int, texts: list[str]) -> None:
        """Fill the empty cells of a row. The rows must come in order."""
        for column, (last, text) in list(self.open.items()):
            if number > last:
                del self.open[column]
                continue
            texts += [""] * (column - len(texts))
            texts[column - 1] = texts[column - 1] or text

        for column, last in self.ranges.get(number, ()):
            if column <= len(texts):
                self.open[column] = (last, texts[column - 1])


def row_of(number: int, texts: list[str], cells: Sequence[Any]) -> RawRow:
    """A row of the sheet; `broken` where a cell is too long."""
    row = RawRow(number=number, cells=trimmed(texts))
    row.formulas = formulas_in(cells)
    if any(len(text) > MAX_CELL for text in texts):
        row.cells = [text[:MAX_CELL] for text in row.cells]
        row.broken = too_long()
    return row


def formulas_in(cells: Sequence[Any]) -> tuple[int, ...]:
    """The positions of formulas, and of the errors that they give."""
    return tuple(at for at, cell in enumerate(cells) if cell.data_type in {"f", "e"})


def as_text(cell: Any) -> str:
    """A cell as text: 100.0 as "100", 7 shown as "0007" as such, dates in ISO form."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value[: MAX_CELL + 1].strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_as_text(value, getattr(cell, "number_format", "") or "")
    if isinstance(value, date):
        return day_as_text(value)
    return str(value).strip()


def day_as_text(day: date) -> str:
    """A day in ISO form, with the time where there is one."""
    if not isinstance(day, datetime):
        return day.isoformat()
    is_whole_day = day.time() == time()
    return day.date().isoformat() if is_whole_day else day.isoformat(" ")


def number_as_text(number: float, shown_as: str) -> str:
    """A number as text; `shown_as` is the number format of its cell."""
    is_whole = isinstance(number, int) or (number.is_integer() and abs(number) < WHOLE_UP_TO)
    if not is_whole:
        return str(number)
    text = str(int(number))
    if NUMBERS_WITH_ZEROS.match(shown_as):
        return text.zfill(len(shown_as))
    return text


def damaged() -> DirectoryFileError:
    """What to say about an Excel file that cannot be opened."""
    return DirectoryFileError(
        _("This Excel file is damaged or protected. Save it again without a password, or as CSV.")
    )
