"""Tables for spreadsheets that cannot bite."""

from __future__ import annotations

import csv
import io
import itertools
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from common import exports

ATTACKS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    '=HYPERLINK("https://evil.example","x")',
]


def read_csv(header: list[Any], rows: list[list[Any]]) -> list[list[str]]:
    response = exports.csv_response("people", header, rows)
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(text, newline="")))


def read_xlsx(header: list[Any], rows: list[list[Any]]) -> list[list[Any]]:
    page = load_workbook(exports.xlsx_bytes(header, rows)).active
    assert page is not None
    return [list(row) for row in page.iter_rows()]


@pytest.mark.parametrize("text", ATTACKS)
def test_csv_cell_never_begins_with_what_starts_a_formula(text: str) -> None:
    for row in read_csv([text], [[text]]):
        assert row[0].startswith("'")
        assert row[0].replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", ATTACKS)
def test_xlsx_cell_is_never_a_formula(text: str) -> None:
    for row in read_xlsx([text], [[text]]):
        assert row[0].data_type == "s"
        assert str(row[0].value).startswith("'")


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2),
        max_size=5,
    )
)
def test_csv_can_be_read_back_and_is_safe(rows: list[list[str]]) -> None:
    rows = [[text.replace("\x00", "") for text in row] for row in rows]
    read = read_csv(["a", "b"], rows)[1:]
    assert [[text.replace("'", "") for text in row] for row in read] == [
        [text.replace("'", "") for text in row] for row in rows
    ]
    assert not any(text.startswith(exports.DANGEROUS) for row in read for text in row)


SPLITTERS = [';" ', ";", "\t", "\r\n", "\n", "\r", "|", "\x0b", "\u2028", "; ", ';"', ";\u00a0"]


@pytest.mark.parametrize("splitter", SPLITTERS)
@pytest.mark.parametrize("text", ATTACKS)
def test_a_formula_inside_a_text_stays_text_where_a_spreadsheet_splits(
    splitter: str, text: str
) -> None:
    safe = exports.safe_text(f"fine{splitter}{text}")
    for piece in re.split(r"[;|\t\r\n\x0b\u2028]", safe):
        assert not piece.lstrip('" \u00a0').startswith(("=", "+", "-", "@", "＝"))


@given(st.text(st.sampled_from("=+-@;|\t\r\n \u2028\"'ab"), max_size=12))
def test_no_piece_of_a_text_is_ever_a_formula(text: str) -> None:
    safe = exports.safe_text(text)
    assert safe.replace("'", "") == text.replace("'", "")
    for piece in re.split(r"[;|\t\r\n\u2028]", safe):
        assert not piece.lstrip('" ').startswith(("=", "+", "-", "@"))


def test_every_text_is_quoted_so_that_no_separator_inside_it_splits_it() -> None:
    response = exports.csv_response("people", ["name", "points"], [["Anna; Ben", 5]])
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    assert text.splitlines() == ['"name","points"', '"Anna; Ben",5']


VALUES = [
    (None, ""),
    (True, "yes"),
    (-5, "-5"),
    (Decimal("-1.50"), "-1.50"),
    (date(2027, 3, 1), "2027-03-01"),
    (datetime(2027, 3, 1, 9, 30, tzinfo=UTC), "2027-03-01T09:30+00:00"),
    (["de", "en"], "de, en"),
    (["=1", "x"], "'=1, x"),
    ("Müller", "Müller"),
]


@pytest.mark.parametrize(("value", "shown"), VALUES, ids=str)
def test_csv_shows_values_plainly(value: Any, shown: str) -> None:
    assert read_csv(["x"], [[value, "end"]])[1] == [shown, "end"]


def test_xlsx_keeps_numbers_and_dates() -> None:
    (_, row) = read_xlsx(["n", "d", "t"], [[-5, date(2027, 3, 1), "control\x0b character"]])
    assert row[0].value == -5
    assert row[1].value.date() == date(2027, 3, 1)
    assert row[2].value == "control character"


def test_csv_is_streamed() -> None:
    """An endless table can be begun."""
    response = exports.csv_response("endless", ["n"], ([number] for number in itertools.count()))
    lines = itertools.islice(iter(response.streaming_content), 5)  # type: ignore[arg-type]
    assert b"".join(lines).decode("utf-8-sig") == '"n"\r\n0\r\n1\r\n2\r\n'


def test_downloads_have_their_names() -> None:
    assert (
        exports.csv_response("päirs", [], []).headers["Content-Disposition"]
        == "attachment; filename*=utf-8''p%C3%A4irs.csv"
    )
    response = exports.xlsx_response("people: all?", ["a"], [["b"]])
    assert response.headers["Content-Type"] == exports.XLSX_TYPE
    assert "people" in response.headers["Content-Disposition"]
