"""From an uploaded file to a table: what kind of file is it, and is it one that can be read?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.columns.chain import with_nearest_manager
from accounts.directory.columns.departments import with_deepest_part
from accounts.directory.columns.manager_name_parts import with_whole_names_of_managers
from accounts.directory.files.sheet import read_sheet
from accounts.directory.files.table import (
    MAX_BYTES,
    MAX_ROWS,
    DirectoryFileError,
    RawRow,
    Table,
    empty_file,
)
from accounts.directory.files.text import read_text

SAVE_AS = gettext_lazy("Export the directory from your HR system as CSV or XLSX and upload that.")
# How files begin that are no tables: the beginning, and what the file is.
OTHER_FILES = [
    (b"%PDF", gettext_lazy("This is a PDF, not a table.")),
    (b"\x89PNG", gettext_lazy("This is a picture, not a table.")),
    (b"\xff\xd8\xff", gettext_lazy("This is a picture, not a table.")),
    (b"GIF8", gettext_lazy("This is a picture, not a table.")),
    (b"\x1f\x8b", gettext_lazy("This is a compressed file. Unpack it first.")),
    (b"Rar!", gettext_lazy("This is a compressed file. Unpack it first.")),
    (b"7z\xbc\xaf", gettext_lazy("This is a compressed file. Unpack it first.")),
    (b"\x7fELF", gettext_lazy("This is a program, not a table.")),
    (b"MZ", gettext_lazy("This is a program, not a table.")),
    (b"SQLite format", gettext_lazy("This is a database, not a table.")),
    (b"{\\rtf", gettext_lazy("This is a text document, not a table.")),
    (b"BEGIN:VCARD", gettext_lazy("These are address cards, not a table.")),
]
WEB_PAGES = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta", b"<div")
JSON = (b"[{", b'{"', b"{\n", b"{\r\n", b"[\n", b"[\r\n", b"{ ", b"[ {")
BLANKS = b"\xef\xbb\xbf \t\r\n"  # a byte order mark among them
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_table(content: bytes, *, encoding: str = "") -> Table:
    """The table in a CSV or XLSX file. DirectoryFileError, with what to do, for everything else."""
    check_length(len(content))
    start = content[:2048].lstrip(BLANKS)
    if not start and not content.strip(BLANKS):
        raise empty_file()
    if content.startswith(ZIP):
        return with_columns_of_series(read_sheet(content), fills_short_rows=True)
    refuse_other_files(start, content)
    refuse_markup(start)
    return with_columns_of_series(read_text(content, encoding), fills_short_rows=False)


def with_columns_of_series(table: Table, *, fills_short_rows: bool) -> Table:
    """The table with the columns that are made of several: nearest managers, deepest parts."""
    for add_column in (with_nearest_manager, with_deepest_part, with_whole_names_of_managers):
        table = add_column(table, fills_short_rows=fills_short_rows)
    return table


def refuse_other_files(start: bytes, content: bytes) -> None:
    """DirectoryFileError for kinds of files that are no tables."""
    if content.startswith(OLD_EXCEL):
        raise DirectoryFileError(
            _(
                "This is an Excel file of the old kind (.xls) or one with a password. Save it as "
                "XLSX without one, or as CSV."
            )
        )
    for beginning, what in OTHER_FILES:
        is_text = beginning == b"MZ" and b"\x00" not in content[:512]  # a heading such as "MZ-Nr"
        if start.startswith(beginning) and not is_text:
            raise DirectoryFileError(f"{what} {SAVE_AS}")


def check_length(size: int) -> None:
    """DirectoryFileError for a file beyond the limit."""
    if size > MAX_BYTES:
        raise DirectoryFileError(
            _(
                "The file has %(size)d MB; at most %(max)d MB are read. Export only the columns "
                "that are needed "
                "(name, e-mail address, employee id, manager, department, place), without "
                "pictures or other sheets."
            )
            % {"size": -(-size // 1024**2), "max": MAX_BYTES // 1024**2}
        )


def refuse_markup(start: bytes) -> None:
    """DirectoryFileError for web pages, XML and JSON, which some systems call Excel files."""
    text = start[:512].replace(b"\x00", b"").lower()
    if text.startswith(WEB_PAGES):
        raise DirectoryFileError(
            _(
                "This is a web page, not a table, whatever its name says. Open it in a "
                "spreadsheet program and save it as XLSX."
            )
        )
    if text.startswith((b"<?xml", b"<!doctype", b"<workbook")):
        raise DirectoryFileError(_("This is an XML file, not a table.") + f" {SAVE_AS}")
    if text.startswith(JSON):
        raise DirectoryFileError(_("This is a JSON file, not a table.") + f" {SAVE_AS}")


def numbered_rows(table: Table) -> Iterator[RawRow]:
    """The rows that are not blank. DirectoryFileError beyond the limit of rows."""
    count = 0
    for row in table.rows():
        is_blank = not row.broken and not any(cell.strip() for cell in row.cells)
        if is_blank:
            continue
        count += 1
        if count > MAX_ROWS:
            raise too_many_rows()
        yield row


def too_many_rows() -> DirectoryFileError:
    """What to say about a file with too many people."""
    return DirectoryFileError(
        _(
            "The file has more than %(max)s rows. Leave out people who have left, or "
            "other companies’ people."
        )
        % {"max": f"{MAX_ROWS:,}"}
    )
