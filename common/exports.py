"""Tables out of the application: CSV as a stream, and XLSX.

What somebody typed never becomes a formula.

Spreadsheets run a cell that begins with one of the characters below; a leading apostrophe makes it
text. Source: OWASP, "CSV Injection".
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

DANGEROUS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # the last four are read like the first four
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe_text(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def cell(value: Any) -> Any:
    """A value as a spreadsheet may have it: numbers and dates stay themselves, moments become ISO
    8601 with their offset.
    """
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
    """The file, line by line, in UTF-8 with the mark that Excel needs to see it."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([cell(value) for value in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(
    name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download `name`.csv, made while it is sent: `rows` may be any length."""
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
    for row in (header, *rows):
        cells = []
        for value in row:
            shown = cell(value)
            one = WriteOnlyCell(
                page, value=NOT_IN_XML.sub("", shown) if isinstance(shown, str) else shown
            )
            if isinstance(shown, str):
                one.data_type = "s"  # openpyxl would take "=..." for a formula
            cells.append(one)
        page.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def xlsx_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """A download `name`.xlsx. The whole table is in memory once, compressed."""
    return FileResponse(
        xlsx_bytes(header, rows, sheet=name),
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type=XLSX_TYPE,
    )
