"""Cells as people and systems leave them: what cannot be seen, and what a program has changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accounts.directory.files.reading import read_table
from accounts.directory.problems import worded
from accounts.directory.rows.person_row import PersonRow
from accounts.directory.rows.reader import Reader
from mentoring.people_import.steps import guess_columns, is_text
from tests.support.types import At

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
        ("770001,0", "770001"),
        ("770001,00", "770001,00"),
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


@pytest.mark.parametrize(
    "number", ["1.000", "1,000", "1.00", "1,00", "12.000", "1.000.000", "1 000", "1'000", "1.0.0"]
)
def test_an_id_with_separators_is_never_cut(number: str) -> None:
    rows, _said = read(
        [number, "Anna", "a@x.example", "", ""],
        ["1", "Bo", "b@x.example", "", number],
    )
    assert [row.employee_id for row in rows] == [number, "1"]
    assert rows[1].managers == (("id", number),)


def test_keys_of_people_are_read_as_the_ids_of_managers_are() -> None:
    rows, _said = read(
        ["1", "Anna", "a@x.example", "50070001.0", ""],
        ["2", "Bo", "b@x.example", "50070002.0", "50070001"],
        head=["Id", "Name", "Email", "Position ID", "Reports To Position ID"],
    )
    assert [row.person_key for row in rows] == ["50070001", "50070002"]


def hex_of(text: str) -> str:
    return f"X'{text.encode().hex()}'"


def test_the_hexadecimal_cells_of_csvde_are_read() -> None:
    manager = "CN=Röth\\, Ines,OU=People,DC=x"
    rows, said = read(["1", hex_of("Jürgen Böhm"), "a@x.example", hex_of("Büro"), hex_of(manager)])
    row = rows[0]
    assert (row.name, row.department, row.managers) == ("Jürgen Böhm", "Büro", (("name", manager),))
    assert said == []


def test_hexadecimal_cells_that_are_no_text_are_errors_but_for_keys() -> None:
    rows, said = read(
        ["X'fffe00'", "Anna", "a@x.example", "", ""],
        ["2", "X'fffe00'", "b@x.example", "", ""],
    )
    assert (rows[0].employee_id, rows[0].ok, rows[1].ok) == ("X'fffe00'", True, False)
    assert said == ["A letter was lost (�)."]


@pytest.mark.parametrize("cell", ["1.23457E+11", "7,70001e+05", "7E+05"])
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
        ("anna\u00a0berg@x.example", "U+00A0 after “anna” (No-Break Space)"),
        ("anna\u202fberg@x.example", "U+202F after “anna” (Narrow No-Break Space)"),
        ("an\u200bna berg@x.example", "U+0020 after “anna” (Space)"),
        ("anna\uff20x.example", "U+FF20 after “anna” (Fullwidth Commercial At)"),
        ("anna@x\uff0eexample", "U+FF0E after “anna@x” (Fullwidth Full Stop)"),
        ("anna@c\u0430se.example", "U+0430 after “anna@c” (Cyrillic Small Letter A)"),
        ("anna@case.ex\u03b1mple", "U+03B1 after “anna@case.ex” (Greek Small Letter Alpha)"),
        ("anna@\u0430\u0440\u0440.example", "U+0430 after “anna@” (Cyrillic Small Letter A)"),
        ("j\u00fcrgen@x.example", "U+00FC after “j” (Latin Small Letter U With Diaeresis)"),
        ("a..b@m\u00fcller.example", "“a..b@müller.example” is not an e-mail address."),
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


@pytest.mark.parametrize("address", ["anna@müller.example", "anna@почта.example", "a@例え.example"])
def test_a_domain_may_have_letters_of_one_script(address: str) -> None:
    rows, said = read(["1", "Anna", address, "", ""])
    assert (rows[0].email, said) == (address, [])


def test_zero_width_characters_in_an_address_are_removed_and_reported() -> None:
    rows, said = read(["1", "Anna", "an\u200bna@x\u2060.example\ufeff", "", ""])
    assert rows[0].email == "anna@x.example"
    assert "U+200B after “an”" in said[0]


@pytest.mark.parametrize("column", [0, 1, 3])
def test_letters_that_look_like_others_are_reported(column: int) -> None:
    cells = ["A12", "Anna Berg", "a@x.example", "Plant", ""]
    cells[column] = cells[column].replace("A", "\u0410").replace("a", "\u0430")
    _rows, said = read(cells)
    assert len(said) == 1
    assert "CYRILLIC" in said[0].upper()


def test_names_of_other_scripts_are_not_reported() -> None:
    rows, said = read(["1", "Анна Берг", "a@x.example", "β-Team", ""])
    assert (rows[0].name, said) == ("Анна Берг", [])


STATES = ["Employee ID", "Name", "Email", "Status", "Last day"]
NOT_OVER = "The status says “{0}”, but the last day {1} is not over."


@pytest.mark.parametrize(
    ("status", "last_day", "gone", "words"),
    [
        ("Gekündigt", "2027-03-31", False, NOT_OVER.format("Gekündigt", "2027-03-31")),
        ("Resigned", "31.03.2027", False, NOT_OVER.format("Resigned", "2027-03-31")),
        ("Terminated", "2026-11-30", False, NOT_OVER.format("Terminated", "2026-11-30")),
        ("Terminated", "2026-11-29", True, ""),
        ("Terminated", "31.12.9999", True, ""),
        ("Terminated", "", True, ""),
        ("Terminated", "31.12.2O26", False, "“31.12.2O26” is not a date that we can read."),
        ("Active", "2027-03-31", False, ""),
        ("Active", "2026-10-31", False, "The last day 2026-10-31 is over, but"),
        ("", "2027-03-31", False, ""),
        ("", "2026-10-31", True, ""),
        (
            "gekündigt zum 31.03.2027",
            "",
            False,
            NOT_OVER.format("gekündigt zum 31.03.2027", "2027-03-31"),
        ),
        ("ausgeschieden zum 31.10.2026", "", True, ""),
    ],
)
def test_whoever_has_given_notice_is_here_until_the_last_day(
    status: str, last_day: str, gone: bool, words: str, at: At
) -> None:
    at(datetime(2026, 11, 30, 12, tzinfo=UTC))
    others = [[str(n), "Bo", f"b{n}@x.example", "Active", "2030-01-31"] for n in range(2, 6)]
    rows, said = read(["1", "Anna", "a@x.example", status, last_day], *others, head=STATES)
    assert rows[0].gone is gone
    assert len(said) == bool(words)
    assert all(text.startswith(words) for text in said)


@pytest.mark.parametrize(
    ("written", "name", "gone"),
    [
        ("Jane Doe (On Leave)", "Jane Doe", False),
        ("Doe, Jane (On Leave)", "Jane Doe", False),
        ("Jane Doe [C] (On Leave)", "Jane Doe [C]", False),
        ("Jane Doe (Terminated)", "Jane Doe", True),
        ("Jane Doe - Terminated", "Jane Doe", True),
        ("Jane Doe (Terminated 10/31/2026)", "Jane Doe", True),
        ("Jane Doe (in Elternzeit)", "Jane Doe", False),
        ("Jane Doe (ausgeschieden)", "Jane Doe", True),
        ("Jane Doe [Inactive]", "Jane Doe", True),
        ("Jane Doe (former Meier)", "Jane Doe (former Meier)", False),
        ("Jane Doe (Contractor)", "Jane Doe (Contractor)", False),
        ("Jane Doe (No)", "Jane Doe (No)", False),
        ("Jane Doe (Finance)", "Jane Doe (Finance)", False),
        ("Jane Doe (1)", "Jane Doe (1)", False),
        ("Jane Doe [C]", "Jane Doe [C]", False),
    ],
)
def test_a_state_behind_a_name_is_a_state(written: str, name: str, gone: bool) -> None:
    rows, said = read(["1", written, "a@x.example", "", ""])
    assert (rows[0].name, rows[0].gone) == (name, gone)
    assert bool(said) is ("Jane" in name and name.endswith(("Doe", "[C]")) and written != name)
    assert all(text.startswith("A text behind the name was read as the status") for text in said)


def test_states_behind_names_are_said_once_and_tell_who_has_left() -> None:
    rows = [[str(n), f"Jane D{n} (Terminated)", f"j{n}@x.example", "", ""] for n in range(3)]
    _people, said = read(*rows)
    assert said == [
        "A text behind the name was read as the status (cells: 3). First: “Terminated”."
    ]


def test_a_status_goes_before_a_state_behind_the_name_and_both_are_shown() -> None:
    rows, said = read(["1", "Jane Doe (Terminated)", "a@x.example", "Active", ""], head=STATES)
    assert (rows[0].name, rows[0].gone) == ("Jane Doe", False)
    assert said == ["“Terminated” behind the name and the status “Active” say different things."]
