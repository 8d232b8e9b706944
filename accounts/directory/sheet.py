"""Reading XLSX files: row by row, formulas recognised, and no trust in what the ZIP inside
promises.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from openpyxl.xml import DEFUSEDXML

from accounts.directory.table import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_UNPACKED,
    DirectoryFileError,
    RawRow,
    Table,
    trimmed,
    unique_headings,
)

MAX_BLANK_ROWS = 5_000  # this many blank rows in a row: the rest is formatting, not people
NUMBERS_WITH_ZEROS = re.compile(r"^0{2,20}$")


def read_sheet(content: bytes) -> Table:
    """The table on the first visible sheet that is not empty.

    DirectoryFileError when there is none.
    """
    check_size(content)
    book = open_book(content)
    try:
        visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for title in visible:
            first = next(sheet_rows(book[title]), None)
            if first is None:
                continue
            headings = trimmed(first.cells)
            check_width(len(headings))
            notes = [{"key": "sheet_chosen", "sheet": title}] if len(visible) > 1 else []
            return Table(
                headings=unique_headings(headings),
                rows=rows_of(content, title, first.number),
                notes=notes,
            )
    except DirectoryFileError:
        raise
    except Exception as error:
        raise damaged() from error
    finally:
        book.close()
    raise DirectoryFileError(
        _("The file is empty. Export the directory again, with its headings in the first row.")
    )


def check_width(columns: int) -> None:
    """DirectoryFileError for a sheet that is too wide."""
    if columns > MAX_COLUMNS:
        raise DirectoryFileError(
            _("The sheet has more than %(max)d columns. Leave out those that are not needed.")
            % {"max": MAX_COLUMNS}
        )


def rows_of(content: bytes, title: str, heading_row: int) -> Any:
    """A function that goes through the rows below the headings, opening the file anew each time."""

    def rows() -> Iterator[RawRow]:
        book = open_book(content)
        try:
            for row in sheet_rows(book[title]):
                if row.number > heading_row:
                    yield row
        except (DirectoryFileError, GeneratorExit):
            raise
        except Exception as error:
            raise damaged() from error
        finally:
            book.close()

    return rows


def check_size(content: bytes) -> None:
    """DirectoryFileError unless the ZIP is whole, is an Excel file, and unpacks to a sensible
    size.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            names = {info.filename for info in infos}
            unpacked = sum(info.file_size for info in infos)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged() from error
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
    if unpacked > MAX_UNPACKED or len(infos) > 5_000:
        raise DirectoryFileError(
            _(
                "This Excel file unpacks to an enormous size. Save the sheet with the directory "
                "as CSV."
            )
        )


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
            warnings.simplefilter(
                "ignore"
            )  # openpyxl warns of styles and extensions that it leaves out
            return openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=False, keep_links=False
            )
    except DefusedXmlException as error:
        raise DirectoryFileError(
            _("This Excel file contains XML that is not allowed. Save it as CSV and upload that.")
        ) from error
    except Exception as error:  # whatever a damaged file makes of openpyxl
        raise damaged() from error


def sheet_rows(sheet: Any) -> Iterator[RawRow]:
    """The rows with anything in them."""
    sheet.reset_dimensions()  # some exporters write a wrong size
    blank = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            texts = [as_text(cell) for cell in cells]
            if not any(texts):
                blank += 1
                if blank > MAX_BLANK_ROWS:
                    return
                continue
            blank = 0
            formulas = tuple(
                position for position, cell in enumerate(cells) if cell.data_type in {"f", "e"}
            )
            broken = ""
            if any(len(text) > MAX_CELL for text in texts):
                broken = _("A cell of this row is longer than %(max)d characters. Shorten it.") % {
                    "max": MAX_CELL
                }
                texts = [text[:MAX_CELL] for text in texts]
            yield RawRow(number=number, cells=trimmed(texts), formulas=formulas, broken=broken)


def as_text(cell: Any) -> str:
    """A cell as text: 100.0 as "100", 7 shown as "0007" as such, dates in ISO form."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        shown = getattr(cell, "number_format", "") or ""
        return str(value).zfill(len(shown)) if NUMBERS_WITH_ZEROS.match(shown) else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def damaged() -> DirectoryFileError:
    """What to say about an Excel file that cannot be opened."""
    return DirectoryFileError(
        _("This Excel file is damaged or protected. Save it again without a password, or as CSV.")
    )
