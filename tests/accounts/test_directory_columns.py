"""Which column is which field: headings, cells, and what managers' cells match."""

from __future__ import annotations

import pytest

from accounts.directory.columns.chain import with_nearest_manager
from accounts.directory.columns.guess import guess
from accounts.directory.columns.headings import fields_named
from accounts.directory.columns.layout import find_layout
from accounts.directory.files.reading import read_table

HEAD = ["Id", "Name", "Email"]


def chosen(headings: list[str], *rows: list[str]) -> dict[str, str]:
    """{field: heading}, with an id, a name and an address in front."""
    people = [[str(n), f"Person N{n}", f"p{n}@x.example", *row] for n, row in enumerate(rows, 1)]
    mapping = guess([*HEAD, *headings], people)
    return {field: heading for field, heading in mapping.items() if heading not in HEAD}


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Job Title (Employment Profile)", "job_title"),
        ("Work Contact: Work Email (Personal Profile)", "email"),
        ("Employee Name (Last Suffix, First MI)", "name"),
        ("Last name, First name", "name"),
        ("Home Department Description", "department"),
        ("Kurztext Planstelle", "job_title"),
        ("Reports To Position ID", "manager_id"),
        ("Manager (Employee ID)", "manager_id"),
        ("Austritt", "left_on"),
        ("Lifecycle status", "status"),
        ("Employee #", "employee_id"),
    ],
)
def test_a_heading_names_its_field_also_with_words_around_it(heading: str, field: str) -> None:
    named = fields_named(heading)
    assert max(named, key=named.__getitem__) == field


@pytest.mark.parametrize(
    "heading",
    [
        "Matrix Manager",
        "HR Manager",
        "Manager Level",
        "Is Manager",
        "Manager since",
        "Number of reports to manager",
        "Private Email",
        "Shoe size",
    ],
)
def test_other_headings_name_nothing(heading: str) -> None:
    assert fields_named(heading) == {}


@pytest.mark.parametrize(
    ("headings", "rows", "mapping"),
    [
        (["State"], [["BY"], ["NW"]], {}),
        (["State"], [["active"], ["left"]], {"status": "State"}),
        (["Title"], [["Ms."], ["Dr."]], {}),
        (["Title"], [["Engineer"], ["Clerk"]], {"job_title": "Title"}),
        (["Team", "Abteilung"], [["", "Sales"], ["", "IT"]], {"department": "Abteilung"}),
        (["Team", "Abteilung"], [["Red", ""], ["Blue", ""]], {"department": "Team"}),
        (["Department", "Department Name"], [["10", "IT"]], {"department": "Department Name"}),
        (["Dept Code", "Dept"], [["10", "IT"]], {"department": "Dept"}),
        (["Cost Center", "Division"], [["CC-100", "IT"]], {"department": "Division"}),
        (["Enabled"], [["True"], ["False"]], {"status": "Enabled"}),
        (["Termd"], [["0"], ["1"]], {"status": "Termd"}),
        (["Termination Date"], [[""], [""]], {"left_on": "Termination Date"}),
        (["Status"], [["married"], ["single"]], {"status": "Status"}),
    ],
)
def test_cells_decide_what_a_column_is(
    headings: list[str], rows: list[list[str]], mapping: dict[str, str]
) -> None:
    assert chosen(headings, *rows) == mapping


@pytest.mark.parametrize(
    ("heading", "cells", "field"),
    [
        ("Manager", ["", "1"], "manager_id"),
        ("Manager", ["", "p1@x.example"], "manager_email"),
        ("Manager", ["", "N1, Person"], "manager_name"),
        ("Manager", ["", "CN=Person N1,OU=Users,DC=x"], "manager_name"),
        ("Manager ID", ["", "Person N1 (1)"], "manager_name"),
        ("Manager Name", ["", "1"], "manager_id"),
        ("Vorgesetzter (Kürzel)", ["", "1"], "manager_id"),
        ("Zuständige Führungskraft", ["", "Person N1"], "manager_name"),
    ],
)
def test_a_column_of_managers_is_known_by_whom_it_matches(
    heading: str, cells: list[str], field: str
) -> None:
    assert chosen([heading], *[[cell] for cell in cells]) == {field: heading}


def test_managers_may_refer_to_any_column_of_people() -> None:
    rows = [["AX1", ""], ["AX2", "AX1"], ["AX3", "AX2"]]
    assert chosen(["Kürzel", "Manager"], *rows) == {
        "manager_id": "Manager",
        "person_key": "Kürzel",
    }


def test_numbers_that_are_the_same_by_accident_are_not_what_managers_refer_to() -> None:
    counted = [["1", "1"], ["2", "9"], ["3", "2"]]
    assert "person_key" not in chosen(["Row", "Manager ID"], *counted)
    desks = [["2", ""], ["1", "1"], ["3", "2"], ["9", "9"]]
    assert "person_key" not in chosen(["Desk", "Manager ID"], *desks)


def test_an_address_of_the_manager_is_not_that_of_the_person() -> None:
    rows = [["1", "Anna", "b@x.example"], ["2", "Bert", "c@x.example"]]
    assert "email" not in guess(["Id", "Name", "Vorgesetzter E-Mail"], rows)


LEVELS = ["Name", "Email", "Manager - Level 01", "Manager - Level 02", "Manager - Level 03"]


@pytest.mark.parametrize(
    ("rows", "nearest"),
    [
        (["A B,,,", "C D,A B,,", "E F,C D,A B,"], ["", "A B", "C D"]),
        (["A B,,,", "C D,A B,,", "E F,A B,C D,"], ["", "A B", "C D"]),
        (["A B,A B,,", "C D,A B,C D,", "E F,A B,C D,E F"], ["", "A B", "C D"]),
        (["C D,A B,Z Z,", "E F,C D,Z Z,", "G H,E F,Z Z,"], ["A B", "C D", "E F"]),
        (["C D,Z Z,A B,", "E F,Z Z,C D,", "G H,Z Z,E F,"], ["A B", "C D", "E F"]),
    ],
    ids=["nearest first", "top first", "with oneself", "top outside, last", "top outside, first"],
)
def test_a_chain_of_managers_ends_with_the_nearest(rows: list[str], nearest: list[str]) -> None:
    lines = [f"{row.partition(',')[0]},m@x.example,{row.partition(',')[2]}" for row in rows]
    table = read_table("\n".join([",".join(LEVELS), *lines]).encode())
    assert table.headings[-1] == "Manager - Level 01 … (nearest)"
    assert [row.cells[-1] for row in table.rows()] == nearest


def test_a_chain_that_may_be_read_both_ways_is_left_out_and_said() -> None:
    text = "\n".join([",".join(LEVELS), "E F,e@x.example,C D,A B,"])
    table = read_table(text.encode())
    assert table.headings == LEVELS
    assert [note["key"] for note in table.notes] == ["chain_unclear"]
    assert "manager_name" not in guess(table.headings, [row.cells for row in table.rows()])


def test_a_table_without_a_chain_stays_as_it_is() -> None:
    table = read_table(b"Name,Email,Manager Level\nA B,a@x.example,3\n")
    assert with_nearest_manager(table, fills_short_rows=False) is table


@pytest.mark.parametrize(
    ("rows", "number", "left_out"),
    [
        ([["Name", "Email"], ["A B", "a@x.example"]], 1, []),
        ([["Report"], ["As of", "2026-11-30"], ["Name", "Email"], ["A", "a@x.example"]], 3, []),
        ([["by hr@x.example"], ["Id", "Name", "Email"], ["1", "A", "a@x.example"]], 2, []),
        ([["Name", "Email"], ["Name", "E-Mail"], ["A B", "a@x.example"]], 1, [2]),
        ([["Id", "Title", "Email"], ["1", "Manager", ""], ["2", "X", "x@x.example"]], 1, []),
        ([["Imię", "Adres"], ["A B", "a@x.example"]], 1, []),
        ([["A B", "a@x.example"], ["C D", "c@x.example"]], 0, []),
        ([["1", "A B", "2020-01-01"], ["2", "C D", "2020-01-02"]], 0, []),
    ],
    ids=[
        "first row",
        "titles",
        "address above",
        "twice",
        "no address",
        "unknown words",
        "none",
        "numbers",
    ],
)
def test_the_row_of_headings_is_found(
    rows: list[list[str]], number: int, left_out: list[int]
) -> None:
    layout = find_layout(list(enumerate(rows, start=1)))
    assert (layout.number, sorted(layout.left_out)) == (number, left_out)
