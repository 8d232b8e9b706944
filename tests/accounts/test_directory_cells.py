"""Cells as people and systems leave them: what cannot be seen, and what a program has changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from accounts.directory.files.reading import read_table
from accounts.directory.problems import worded
from accounts.directory.rows.person_row import PersonRow
from accounts.directory.rows.reader import Reader
from mentoring.people_import.steps import guess_columns, is_text

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"
HEAD = ["Id", "Name", "Email", "Department", "Manager ID"]


def read_content(content: bytes) -> tuple[list[PersonRow], list[str]]:
    """The people of a file, and what is said about its rows."""
    table = read_table(content)
    reader = Reader.of(table, guess_columns(table), strict_width=is_text(content))
    rows = list(reader.rows())
    return rows, [
        str(worded(problem.as_json())["problem"]) for problem in sorted(reader.problems, key=by_row)
    ]


def by_row(problem: object) -> int:
    return problem.row  # type: ignore[attr-defined, no-any-return]


def read(*rows: Sequence[str], head: Sequence[str] = HEAD) -> tuple[list[PersonRow], list[str]]:
    stream = io.StringIO()
    csv.writer(stream).writerows([head, *rows])
    return read_content(stream.getvalue().encode())


def case(name: str) -> tuple[list[PersonRow], list[str]]:
    path = CASES / name
    if not path.exists():
        pytest.skip("the files of other systems are not here")
    return read_content(path.read_bytes())


INVISIBLE = ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200e", "\u202e", "\x07", "\u3164"]


@pytest.mark.parametrize("character", INVISIBLE)
@pytest.mark.parametrize("at", ["{0}x{1}", "x{1}{0}", "x{0}{1}"])
def test_what_cannot_be_seen_is_removed_and_reported(character: str, at: str) -> None:
    def hide(text: str) -> str:
        return at.format(character, text)

    rows, said = read([hide("7"), hide("y Z"), hide("a@x.example"), hide("Plant"), hide("8")])
    row = rows[0]
    assert (row.employee_id, row.name, row.email, row.department, row.managers) == (
        "x7",
        "xy Z",
        "xa@x.example",
        "xPlant",
        (("id", "x8"),),
    )
    code = f"U+{ord(character):04X}"
    assert len(said) == len(HEAD)
    assert all(code in text for text in said)


def test_each_column_is_reported_once_with_the_first_cell_in_it() -> None:
    rows = [["1", f"A\u200bnna {letter}", f"{letter}@x.example", "", ""] for letter in "abc"]
    _people, said = read(*rows)
    assert said == [
        "Line breaks or invisible characters were removed (cells: 3). First: U+200B after “A”."
    ]


@pytest.mark.parametrize(
    "name",
    [
        "علی\u200cرضا کریمی",  # a joiner of Persian
        "ක්\u200dරිස්ටි පෙරේරා",  # one of Sinhala
        "\u200fדנה לוי",
        "Müller-Łoś",
        "O’Neil",
        "max_x Muster",
    ],
)
def test_marks_that_scripts_need_stay(name: str) -> None:
    rows, said = read(["1", name, "a@x.example", "", ""])
    assert (rows[0].name, said) == (name, [])


def test_line_breaks_become_blanks() -> None:
    rows, said = read(["1_x000D_", "Anna\r\n Berg", "a@x.example", "Plant_x000D_\n2_x000D_", ""])
    row = rows[0]
    assert (row.employee_id, row.name, row.department) == ("1", "Anna Berg", "Plant 2")
    assert len(said) == 3


def test_byte_order_marks_of_joined_files_are_no_part_of_a_cell() -> None:
    text = '\ufeff\ufeff"Id",Name,Email\n1,Anna,a@x.example\n\ufeff"2",Bert,b@x.example\n'
    rows, said = read_content(text.encode())
    assert [row.employee_id for row in rows] == ["1", "2"]
    assert said == []


def test_a_control_character_alone_makes_no_file_unreadable() -> None:
    rows, _said = read(["1", "Anna", "a@x.example", "Sales\x0b", ""], ["2", "Bo", "b@x.example"])
    assert rows[0].department == "Sales"


def test_texts_are_composed() -> None:
    rows, said = read(["1", "Ju\u0308rgen", "a@x.example", "Bu\u0308ro", ""])
    assert (rows[0].name, rows[0].department, said) == ("Jürgen", "Büro", [])


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("770001.0", "770001"),
        ("770001,00", "770001"),
        ("'000771", "000771"),
        ('="000771"', "000771"),
        ("000771", "000771"),
        ("771", "771"),
        ("1.5", "1.5"),
        ("A.0", "A.0"),
    ],
)
def test_ids_are_read_as_they_were_before_a_spreadsheet_program(cell: str, number: str) -> None:
    rows, said = read([cell, "Anna", "a@x.example", "", cell])
    assert (rows[0].employee_id, rows[0].managers, said) == (number, (("id", number),), [])


@pytest.mark.parametrize("cell", ["1.23457E+11", "7,70001e+05"])
def test_a_shortened_id_is_an_error(cell: str) -> None:
    rows, said = read([cell, "Anna", "a@x.example", "", ""])
    assert not rows[0].ok
    assert cell in said[0]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("\u0430nna@x.example", "U+0430 at the beginning (Cyrillic Small Letter A)"),
        ("anna\u2010b@x.example", "U+2010 after “anna” (Hyphen)"),
        ("anna berg@x.example", "U+0020 after “anna”"),
        ("anna@x.example;b@x.example", "U+003B after “anna@x.example”"),
        ("anna", "“anna” is not an e-mail address."),
    ],
)
def test_an_address_is_shown_with_what_is_wrong_in_it(address: str, words: str) -> None:
    rows, said = read(["1", "Anna", address, "", ""])
    assert not rows[0].ok
    assert words in said[0]


def test_invisible_characters_of_a_file() -> None:
    rows, said = case("05-invisible.csv")
    assert [(row.employee_id, row.name, row.email, row.managers) for row in rows] == [
        ("770041", "Greta Voss", "greta.voss@case.example", ()),
        ("770042", "Ben Adeyemi", "ben.adeyemi@case.example", (("id", "770041"),)),
        ("770043", "Lia Contos", "lia.contos@case.example", (("id", "770041"),)),
        ("770044", "Otto Weiss", "otto.weiss@case.example", (("id", "770042"),)),
    ]
    assert any("U+200B after “770041”" in text for text in said)


def test_carriage_returns_of_spreadsheets() -> None:
    rows, _said = case("10-x000D.xlsx")
    assert [(row.employee_id, row.email, row.job_title, row.department) for row in rows] == [
        ("770101", "lena.fuchs@case.example", "Lead Engineer", "Plant 2"),
        ("770102", "milo.fuchs@case.example", "Engineer", "Plant 2"),
    ]
    assert case("10b-x000D-silent.xlsx")[0][0].employee_id == "770105"


def test_composed_and_decomposed_files_say_the_same() -> None:
    composed, decomposed = case("07a-composed.csv")[0], case("07b-decomposed.csv")[0]
    assert composed == decomposed


def test_a_year_far_ahead_is_an_error() -> None:
    rows, said = case("09b-two-digit-years.csv")
    assert [row.hired_on for row in rows] == [
        date(1965, 6, 15),
        date(1968, 6, 20),
        date(1971, 6, 21),
        None,
    ]
    assert said == ["“21/06/2071” is more than a year ahead."]


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("03-oracle-dates.csv", [date(2013, 6, 17), date(2015, 9, 21), date(1999, 1, 13)]),
        ("09c-german-months.csv", [date(2019, 3, 1), date(2020, 10, 15)]),
        ("09d-serials.csv", [date(2020, 1, 1)] * 3),
        ("09a-day-first-unclear.csv", [None] * 3),
    ],
)
def test_dates_of_files(name: str, days: list[date | None]) -> None:
    rows, said = case(name)
    assert ([row.hired_on for row in rows], said) == (days, [])


def test_zones_of_a_file() -> None:
    rows, said = case("17-zones.csv")
    assert said == []
    assert [row.time_zone for row in rows] == [
        "Europe/Kyiv",
        "Europe/Kyiv",
        "Asia/Kolkata",
        "America/Los_Angeles",
        "America/New_York",
        "America/New_York",
        "Europe/Berlin",
        "Europe/Berlin",
        "America/New_York",
        "Europe/London",
        "America/Mexico_City",
        "Africa/Cairo",
        "Australia/Darwin",
        "America/Regina",
    ]
