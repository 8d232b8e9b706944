"""Exports of tables: CSV as a stream, and XLSX. What somebody typed never becomes a formula.

Spreadsheets evaluate a cell that begins with one of the characters below; a leading apostrophe
makes it text. Source: OWASP, "CSV Injection". A spreadsheet may also split a text at a semicolon
(German Excel), a tab or a line break, quoted or not, so what follows one of those is treated alike.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

# The last four are full-width forms, which spreadsheets read like the first four.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where a spreadsheet may begin a new cell inside a text, and a character that starts a formula.
SPLITS = r";|\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
FORMULA_START = re.compile(
    rf"(?:^|(?<=[{SPLITS}]))(?P<space>(?:[^\S{SPLITS}]|\")*)(?=[=+\-@＝＋－＠])"
)
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """A file whose write() returns the text."""

    def write(self, text: str) -> str:
        return text


def safe_text(text: str) -> str:
    """The text, with an apostrophe wherever a spreadsheet would begin to evaluate it."""
    inside = FORMULA_START.sub(r"\g<space>'", text)
    return f"'{inside}" if inside.startswith(DANGEROUS) else inside


def cell(value: Any) -> Any:
    """A value for a spreadsheet: numbers and dates as they are, moments as ISO 8601 with offset."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, int | float | Decimal | date):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return safe_text(", ".join(str(item) for item in value))
    return safe_text("" if value is None else str(value))


def csv_lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file line by line, in UTF-8 with the byte order mark that Excel needs."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC)
    yield "\ufeff"
    yield writer.writerow([cell(value) for value in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(
    name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download `name`.csv, streamed: `rows` may have any length."""
    response = StreamingHttpResponse(
        csv_lines(header, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    return response


def xlsx_bytes(
    header: Sequence[Any], rows: Iterable[Sequence[Any]], *, sheet: str = "Upstream"
) -> io.BytesIO:
    """A workbook with one sheet; no cell of it is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet)[:31])
    page.freeze_panes = "A2"

    def xlsx_cell(value: Any) -> Any:
        shown = cell(value)
        if not isinstance(shown, str):
            return WriteOnlyCell(page, value=shown)
        text_cell = WriteOnlyCell(page, value=NOT_IN_XML.sub("", shown))
        text_cell.data_type = "s"  # openpyxl would take "=..." for a formula
        return text_cell

    for row in (header, *rows):
        page.append([xlsx_cell(value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def xlsx_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """A download `name`.xlsx. The whole table is held in memory, compressed."""
    return FileResponse(
        xlsx_bytes(header, rows, sheet=name),
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type=XLSX_TYPE,
    )
