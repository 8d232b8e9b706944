"""Excel files that hold more than they show: bombs, merged cells, hidden rows."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest

from accounts.directory.files.parts import MOST
from accounts.directory.files.reading import numbered_rows, read_table
from accounts.directory.files.table import DirectoryFileError
from accounts.directory.notes import in_words

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"
ROWS = [["Id", "Name", "Email"], ["1", "Anna", "a@x.example"], ["2", "Bo", "b@x.example"]]
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(name: str, text: str) -> bytes:
    """An Excel file in which one part says something else."""
    source = zipfile.ZipFile(io.BytesIO(workbook()))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.namelist():
            if part != name:
                archive.writestr(part, source.read(part))
        archive.writestr(name, text)
    return stream.getvalue()


def sheet(rows: str, after: str = "") -> bytes:
    text = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return with_part("xl/worksheets/sheet1.xml", text)


def strings(items: str) -> bytes:
    return with_part("xl/sharedStrings.xml", f'<sst xmlns="{SPREADSHEET}">{items}</sst>')


HEAD = (
    '<row><c t="inlineStr"><is><t>Name</t></is></c><c t="inlineStr"><is><t>Mail</t></is></c></row>'
)
BOMBS = {
    "cells in one row": lambda: sheet(HEAD + "<row>" + "<c/>" * 12_000 + "</row>"),
    "cells in many rows": lambda: sheet(HEAD + ("<row>" + "<c/>" * 1_000 + "</row>") * 30),
    "empty rows": lambda: sheet(HEAD + "<row/>" * 12_000),
    "unknown elements": lambda: sheet(HEAD + "<x/>" * 12_000),
    "attributes": lambda: sheet(
        HEAD + "<row " + " ".join(f'a{n}=""' for n in range(100_000)) + "/>"
    ),
    "cells behind blanks": lambda: with_part(
        "xl/worksheets/sheet1.xml",
        " " * 300
        + f'<worksheet xmlns="{SPREADSHEET}"><sheetData><row>{"<c/>" * 12_000}</row></sheetData>'
        + "</worksheet>",
    ),
    "merged cells": lambda: sheet(HEAD, "<mergeCells>" + '<mergeCell ref="A2:A9"/>' * 12_000),
    "shared texts": lambda: strings("<si/>" * 12_000),
    "one shared text": lambda: strings("<si><t>" + "x" * 2_000_000 + "</t></si>"),
    "parts of a text": lambda: strings(("<si>" + "<r><t>x</t></r>" * 9_000 + "</si>") * 5),
    "formats": lambda: with_part(
        "xl/styles.xml",
        f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs>{"<xf/>" * 70_000}</cellXfs></styleSheet>',
    ),
    "formulas": lambda: sheet(
        HEAD
        + f'<row><c r="A2"><f t="shared" ref="A2:A9" si="0">1{"+1" * 4_000}</f></c></row>'
        + '<row><c><f t="shared" si="0"/></c></row>' * 4_000
    ),
}


@pytest.mark.broad
@pytest.mark.parametrize("kind", BOMBS)
def test_a_small_file_cannot_hold_enormous_tables(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, limit in MOST.items():
        monkeypatch.setitem(MOST, name, limit // 10)
    monkeypatch.setitem(MOST, "cells", 20_000)
    monkeypatch.setitem(MOST, "outside", 10_000)
    content = BOMBS[kind]()
    assert len(content) < 2_000_000
    tracemalloc.start()
    with pytest.raises(DirectoryFileError, match="more than a directory"):
        list(numbered_rows(read_table(content)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


def test_the_size_that_a_sheet_claims_does_not_matter() -> None:
    text = HEAD + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    claimed = f'<dimension ref="A1:XFD1048576"/><sheetData>{text}</sheetData>'
    content = with_part(
        "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{SPREADSHEET}">{claimed}</worksheet>'
    )
    assert list(read_table(content).rows()) == []


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_merged_cell_says_the_same_in_each_of_its_rows() -> None:
    book = openpyxl.Workbook()
    for row in [["Plant", "Name", "Mail"], ["South", "A", "a"], ["", "B", "b"], ["", "C", "c"]]:
        book.active.append(row)
    book.active.append([None, "D", "d"])
    book.active.merge_cells("A2:A4")
    table = read_table(saved(book))
    assert [row.cells[0] for row in table.rows()] == ["South", "South", "South", ""]
    assert "merged" in in_words(table.notes[0])


@pytest.mark.broad
def test_a_long_merged_cell_makes_no_rows() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Plant", "Name"])
    book.active.append(["South", "A"])
    book.active.merge_cells("A2:A9000")
    assert len(list(read_table(saved(book)).rows())) == 1


def test_hidden_rows_are_read_and_said() -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    table = read_table(saved(book))
    assert len(list(table.rows())) == 2
    assert "row" in in_words(table.notes[0])
    assert "3" in in_words(table.notes[0])


def test_merged_and_hidden_of_a_file() -> None:
    path = CASES / "21x-merged-and-hidden.xlsx"
    if not path.exists():
        pytest.skip("the files of other systems are not here")
    table = read_table(path.read_bytes())
    assert [row.cells[3] for row in table.rows()] == ["Plant South"] * 3 + ["Plant North"]
    assert [note["key"] for note in table.notes] == ["merged_cells", "hidden_rows"]
