"""Directory files: tables are read, other files end in a sentence that says what to do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.directory.columns.guess import guess
from accounts.directory.files.reading import numbered_rows, read_table
from accounts.directory.files.table import MAX_BYTES, MAX_CELL, DirectoryFileError
from accounts.directory.mapping import checked
from accounts.directory.rows.reader import Reader
from common.errors import DomainError

ROWS = [
    ["Name", "E-Mail", "Ort"],
    ["Jörg Müller", "j.m@example.com", "Köln"],
    ["Łucja Żak", "l.z@example.com", ""],
]


def csv_text(rows: Sequence[Sequence[str]] = ROWS, delimiter: str = ",", end: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + end for row in rows)


def xlsx(
    rows: Sequence[Sequence[Any]], *, before: Sequence[str] = (), hidden: Sequence[str] = ()
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title in (*hidden, *before):
        sheet = book.create_sheet(title)
        if title in hidden:
            sheet.append(["secret"])
            sheet.sheet_state = "hidden"
    sheet = book.create_sheet("People")
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(content: bytes, encoding: str = "") -> list[list[str]]:
    table = read_table(content, encoding=encoding)
    return [table.headings, *(row.cells for row in numbered_rows(table))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(delimiter: str, end: str) -> None:
    assert cells(csv_text(delimiter=delimiter, end=end).encode()) == ROWS


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_encodings_are_found_out(encoding: str) -> None:
    table = read_table(csv_text().encode(encoding))
    assert [table.headings, *(row.cells for row in table.rows())] == ROWS
    assert table.notes == []


def test_another_encoding_is_guessed_and_said_so() -> None:
    rows = [["Name", "Mail"], ["Jörg Müller", "j@example.com"]]
    table = read_table(csv_text(rows).encode("cp1252"))
    assert next(iter(table.rows())).cells[0] == "Jörg Müller"
    assert table.notes == [
        {"key": "encoding_guessed", "encoding": "cp1252", "sample": "Jörg, Müller"}
    ]


def test_the_encoding_can_be_chosen() -> None:
    rows = [["Name", "Mail"], ["Łucja Żak", "l@example.com"]]
    assert cells(csv_text(rows).encode("cp1250"), "cp1250") == rows
    with pytest.raises(DirectoryFileError, match="line 2"):
        cells(csv_text(rows).encode("cp1250"), "utf-8")
    with pytest.raises(DirectoryFileError, match="not known"):
        cells(csv_text(rows).encode(), "rot13")


def test_garbled_names_are_noticed() -> None:
    text = csv_text([["Name", "Mail"], ["Jörg Müller".encode().decode("cp1252"), "j@example.com"]])
    assert [note["key"] for note in read_table(text.encode()).notes] == ["mojibake"]


def test_excels_separator_line_is_understood() -> None:
    assert cells(("sep=;\r\n" + csv_text(delimiter=";")).encode()) == ROWS


def test_quoted_cells_may_hold_separators_and_quotes() -> None:
    assert cells(b'Name,Mail\n"King, ""Steve""",s@example.com\n')[1] == [
        'King, "Steve"',
        "s@example.com",
    ]


def test_blank_rows_are_left_out_and_numbers_stay_those_of_the_file() -> None:
    table = read_table(b"\n\nName,Mail\n,\nAnna,a@example.com\n\n")
    assert [(row.number, row.cells[0]) for row in numbered_rows(table)] == [(5, "Anna")]


def test_headings_are_made_unique() -> None:
    assert read_table(b"Name,,Name,Mail\na,b,c,d\n").headings == [
        "Name",
        "Column 2",
        "Name (2)",
        "Mail",
    ]


def test_xlsx_is_read_as_text() -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Id", "Number", "Hired", "Active", "Name"])
    sheet.append([7, 100.0, datetime(2020, 3, 31), True, " Anna "])
    sheet["A2"].number_format = "00000"
    sheet["F2"] = "=1+1"
    stream = io.BytesIO()
    book.save(stream)
    table = read_table(stream.getvalue())
    row = next(iter(table.rows()))
    assert row.cells[:5] == ["00007", "100", "2020-03-31", "TRUE", "Anna"]
    assert row.formulas == (5,)


def test_the_first_visible_sheet_with_rows_is_taken() -> None:
    table = read_table(xlsx(ROWS, before=["Cover"], hidden=["Pay"]))
    assert [table.headings, *([*row.cells, ""][:3] for row in table.rows())] == ROWS
    assert table.notes == [{"key": "sheet_chosen", "sheet": "People"}]


def test_a_sheet_with_headings_goes_before_a_cover_sheet() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["This file was made for the HR team."])
    people = book.create_sheet("Export")
    for row in ROWS:
        people.append(row)
    stream = io.BytesIO()
    book.save(stream)
    table = read_table(stream.getvalue())
    assert table.headings == ROWS[0]
    assert table.notes == [{"key": "sheet_chosen", "sheet": "Export"}]


def zipped(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return stream.getvalue()


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (301 * 1024 * 1024))
    return stream.getvalue()


def with_entities() -> bytes:
    """An Excel file whose workbook declares an entity."""
    source = zipfile.ZipFile(io.BytesIO(xlsx(ROWS)))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/workbook.xml":
                start = content.index(b"<workbook")
                content = content[:start] + b'<!DOCTYPE x [<!ENTITY a "lol">]>' + content[start:]
            archive.writestr(name, content)
    return stream.getvalue()


BAD_FILES = {
    "empty": (b"", "empty"),
    "only blanks": (b" \n\n ,,\n", "empty|one column"),
    "only a mark": (b"\xef\xbb\xbf", "empty"),
    "pdf": (b"%PDF-1.7\n\x00\x01", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00", "picture"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old kind"),
    "web page": (b"<html><body><table><tr><td>Name</td></tr></table></body></html>", "web page"),
    "web page with a mark": (b"\xef\xbb\xbf\n <!DOCTYPE html><html></html>", "web page"),
    "xml": (b'<?xml version="1.0"?><Workbook/>', "XML"),
    "json": (b'[{"name": "Anna"}]', "JSON"),
    "gzip": (b"\x1f\x8b\x08\x00\x00", "compressed"),
    "program": (b"\x7fELF\x02\x01", "program"),
    "binary": (bytes(range(256)) * 40, "not a table|encoding"),
    "zeros": (b"\x00" * 5000, "not a table|one column|empty"),
    "prose": (b"Dear all\nplease find below\n", "one column"),
    "zip": (zipped(a_dot_csv="Name,Mail"), "ZIP"),
    "opendocument": (zipped(mimetype="x", content_dot_xml="x"), "OpenDocument"),
    "cut off excel": (xlsx(ROWS)[:900], "damaged"),
    "excel without sheets": (zipped(xl__workbook_dot_xml="<x/>"), "damaged"),
    "excel with nothing in it": (xlsx([]), "empty"),
    "excel with entities": (with_entities(), "not allowed|damaged"),
    "says utf-16 and is not": (b"\xff\xfeN\x00a\x00\xd8", "Save it again|UTF-16"),
    "quote never closed": (
        b'Name,Mail\n"Anna,a@example.com\n' + b"Bert,b@example.com\n" * 40,
        "never closed",
    ),
    "too large": (b"Name,Mail\n" + b"x" * MAX_BYTES, "at most 20 MB"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_what_is_no_table_ends_in_a_sentence(kind: str) -> None:
    content, words = BAD_FILES[kind]
    with pytest.raises(DirectoryFileError, match=words):
        cells(content)


@pytest.mark.broad
def test_a_zip_bomb_is_refused_unopened() -> None:
    with pytest.raises(DirectoryFileError, match="enormous"):
        read_table(bomb())


def test_50_mb_are_refused_before_they_are_read() -> None:
    with pytest.raises(DirectoryFileError, match="50 MB"):
        read_table(b"Name,Mail\n" + b"Anna,a@example.com\n" * (50 * 1024 * 1024 // 19))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.directory.files.reading.MAX_ROWS", 2)
    with pytest.raises(DirectoryFileError, match="more than 2 rows"):
        cells(b"Name,Mail\n" + b"Anna,a@example.com\n" * 3)


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(DirectoryFileError, match="columns"):
        cells(",".join(f"c{number}" for number in range(300)).encode())
    with pytest.raises(DirectoryFileError, match="columns"):
        cells(xlsx([[f"c{number}" for number in range(300)]]))


def test_a_huge_cell_breaks_its_row_alone() -> None:
    content = f"Name,Mail\n{'x' * (MAX_CELL + 1)},a@example.com\nBert,b@example.com\n".encode()
    rows = list(numbered_rows(read_table(content)))
    assert [bool(row.broken) for row in rows] == [True, False]


def test_a_quote_inside_a_cell_breaks_its_row_alone() -> None:
    rows = list(numbered_rows(read_table(b'Name,Mail\n"An"na,a@example.com\nBert,b@example.com\n')))
    assert [bool(row.broken) for row in rows] == [True, False]


def read_everything(content: bytes) -> None:
    """All the way from bytes to people; the only error that may come is one with a sentence."""
    try:
        table = read_table(content)
        mapping = guess(
            table.headings, [row.cells for row, _n in zip(table.rows(), range(20), strict=False)]
        )
        if table.headings:
            mapping.setdefault("email", table.headings[-1])
            mapping.setdefault("name", table.headings[0])
        reader = Reader.of(table, checked(mapping, table.headings), strict_width=True)
        for person in reader.rows():
            assert person.ok or any(problem.row == person.number for problem in reader.problems)
    except DomainError as error:
        assert all(message.strip() for message in error.messages)


@pytest.mark.broad
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_raise_anything_else(content: bytes) -> None:
    read_everything(content)


CELL = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)


@pytest.mark.broad
@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(CELL, max_size=5), max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.booleans(),
)
def test_arbitrary_cells_never_raise_anything_else(
    rows: list[list[str]], delimiter: str, quoted: bool
) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [["Name", "E-Mail", "Hire Date", "Time zone", "Status", "Manager"], *rows]
    read_everything("\n".join(delimiter.join(map(cell, row)) for row in lines).encode())


@pytest.mark.broad
@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=60), st.integers(min_value=0, max_value=4000))
def test_a_damaged_excel_file_never_raises_anything_else(noise: bytes, at: int) -> None:
    whole = xlsx(ROWS)
    read_everything(whole[:at] + noise + whole[at + len(noise) :])
