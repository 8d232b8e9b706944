"""What headings and cells mean."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.directory.columns.guess import guess
from accounts.directory.files.reading import read_table
from accounts.directory.mapping import checked
from accounts.directory.problems import ERRORS, WARNINGS, Problem, worded
from accounts.directory.rows.person_row import PersonRow
from accounts.directory.rows.reader import Reader
from accounts.domain.names import search_text, sort_key
from common.errors import DomainError

EXPORTS = {
    "Workday": (
        [
            "Employee ID",
            "Legal First Name",
            "Legal Last Name",
            "Primary Work Email",
            "Business Title",
            "Supervisory Organization",
            "Work Location",
            "Management Level",
            "Manager ID",
            "Hire Date",
            "Worker Status",
        ],
        {
            "employee_id",
            "first_name",
            "last_name",
            "email",
            "job_title",
            "department",
            "location",
            "grade",
            "manager_id",
            "hired_on",
            "status",
        },
    ),
    "BambooHR": (
        [
            "Employee #",
            "First Name",
            "Last Name",
            "Work Email",
            "Job Title",
            "Department",
            "Division",
            "Location",
            "Reporting to",
            "Hire Date",
            "Status",
        ],
        {
            "employee_id",
            "first_name",
            "last_name",
            "email",
            "job_title",
            "department",
            "location",
            "manager_name",
            "hired_on",
            "status",
        },
    ),
    "SAP SuccessFactors": (
        [
            "USERID",
            "FIRSTNAME",
            "LASTNAME",
            "EMAIL",
            "TITLE",
            "DEPARTMENT",
            "LOCATION",
            "MANAGER",
            "HIREDATE",
            "TIMEZONE",
            "STATUS",
        ],
        {
            "employee_id",
            "first_name",
            "last_name",
            "email",
            "job_title",
            "department",
            "location",
            "manager_name",
            "time_zone",
            "hired_on",
            "status",
        },
    ),
    "Personio": (
        [
            "Personalnummer",
            "Vorname",
            "Nachname",
            "E-Mail",
            "Position",
            "Abteilung",
            "Standort",
            "Vorgesetzter",
            "Einstellungsdatum",
            "Status",
        ],
        {
            "employee_id",
            "first_name",
            "last_name",
            "email",
            "job_title",
            "department",
            "location",
            "manager_name",
            "hired_on",
            "status",
        },
    ),
    "Entra ID": (
        [
            "displayName",
            "userPrincipalName",
            "givenName",
            "surname",
            "jobTitle",
            "department",
            "city",
            "country",
            "employeeId",
            "accountEnabled",
        ],
        {
            "email",
            "first_name",
            "last_name",
            "job_title",
            "department",
            "city",
            "country",
            "employee_id",
            "status",
        },
    ),
    "by hand": (
        ["Name", "E-Mail-Adresse", "Führungskraft", "Stufe"],
        {"name", "email", "manager_name", "grade"},
    ),
    "by hand, two names": (
        ["Name", "Vorname", "Mail", "Personalnr."],
        {"last_name", "first_name", "email", "employee_id"},
    ),
}


@pytest.mark.parametrize("system", EXPORTS)
def test_headings_of_common_systems_are_known(system: str) -> None:
    headings, fields = EXPORTS[system]
    found = guess(headings)
    assert set(found) == fields
    assert checked(found, headings)


PARAMETERS = ["cells", "headings", "why", "max", "rows", "who", "id", "other", "chain", "name"]
PARAMETERS += ["what", "count"]


def test_every_code_has_words() -> None:
    for code in {**ERRORS, **WARNINGS}:
        params = dict.fromkeys(
            [
                "cells",
                "headings",
                "why",
                "max",
                "rows",
                "who",
                "id",
                "other",
                "chain",
                "name",
                "what",
                "count",
                "used",
            ],
            "x",
        )
        said = worded(Problem(1, code, "c", "v", params).as_json())
        assert said["problem"]
        assert said["advice"]
        assert "%(" not in said["problem"] + said["advice"]


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["1", "2", "2"], "manager_id"),
        (["a@x.de", "b@x.de", ""], "manager_email"),
        (["Anna B", "Bert C", ""], "manager_name"),
    ],
)
def test_a_manager_column_is_known_by_its_cells(cells: list[str], field: str) -> None:
    rows = [[str(number), f"n{number}@x.de", "Name", cell] for number, cell in enumerate(cells)]
    assert guess(["Id", "Email", "Name", "Manager"], rows)[field] == "Manager"


def test_addresses_are_found_by_their_cells() -> None:
    assert guess(["Name", "Kontakt"], [["Anna", "anna@example.com"]])["email"] == "Kontakt"


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"name": "Name"}, "e-mail addresses"),
        ({"email": "Mail"}, "names"),
        ({"email": "Mail", "name": "Mail"}, "twice"),
        ({"email": "Post", "name": "Name"}, "no column"),
        ({"email": "Mail", "shoe": "Name"}, "not a field"),
    ],
)
def test_columns_that_cannot_work_are_refused(mapping: dict[str, str], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        checked(mapping, ["Name", "Mail"])


def read(
    line: str, headings: str = "Id,Name,Email,Hired on,Time zone,Status,Grade,Manager ID"
) -> tuple[PersonRow, list[str]]:
    table = read_table(f"{headings}\n{line}\n".encode())
    reader = Reader.of(table, guess(table.headings), strict_width=True)
    return next(iter(reader.rows())), [problem.code for problem in reader.problems]


GOOD = "1,Anna Berg,a@example.com,2020-01-31,Europe/Berlin,active,G1,2"


def test_a_good_row_is_read() -> None:
    row, problems = read(GOOD)
    assert problems == []
    assert (row.employee_id, row.name, row.email, row.hired_on) == (
        "1",
        "Anna Berg",
        "a@example.com",
        date(2020, 1, 31),
    )
    assert (row.time_zone, row.grade, row.managers, row.gone) == (
        "Europe/Berlin",
        "G1",
        (("id", "2"),),
        False,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1,Anna,,,,,,", "no_email"),
        ("1,Anna,anna,,,,,", "bad_email"),
        ("1,Anna,a@b,,,,,", "bad_email"),
        ("1,,a@example.com,,,,,", "no_name"),
        ("1,!!!,a@example.com,,,,,", "no_name"),
        ("1,Anna,a@example.com,soon,,,,", "bad_date"),
        ("1,Anna,a@example.com,0020-01-01,,,,", "bad_date"),
        ("1,Anna,a@example.com,,Middle Earth,,,", "bad_time_zone"),
        ("1,Anna,a@example.com,,,maybe,,", "bad_status"),
        ("=1+1,Anna,a@example.com,,,,,", "formula"),
        ('1,"=HYPERLINK(""http://x"")",a@example.com,,,,,', "formula"),
        ("1,@SUM(1),a@example.com,,,,,", "formula"),
        ("1,+cmd|' /C calc'!A0,a@example.com,,,,,", "formula"),
        ("#REF!,Anna,a@example.com,,,,,", "excel_error"),
        ("1.23457E+11,Anna,a@example.com,,,,,", "shortened_id"),
        ("1,J�rg,a@example.com,,,,,", "lost_letter"),
        (f"1,{'x' * 201},a@example.com,,,,,", "too_long"),
        (f"{'x' * 65},Anna,a@example.com,,,,,", "too_long"),
        ("1,Anna", "too_few_cells"),
        ("1,Anna,a@example.com,,,,,,more", "too_many_cells"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said(line: str, code: str) -> None:
    row, problems = read(line)
    assert code in problems
    assert not row.ok


def test_errors_in_columns_that_are_not_read_do_not_matter() -> None:
    row, problems = read("Anna,a@example.com,=1+1", "Name,Email,Bonus")
    assert row.ok
    assert problems == []


@pytest.mark.parametrize("nothing", ["-", "–", "n/a", "#N/A", "NULL", "(none)"])
def test_words_for_an_empty_cell_are_read_as_empty(nothing: str) -> None:
    row, problems = read(f"1,Anna,a@example.com,,,,{nothing},{nothing}")
    assert problems == []
    assert (row.grade, row.managers) == ("", ())


def test_somebody_may_be_called_null() -> None:
    row, _problems = read("1,Null,n@example.com", "Id,Last name,Email")
    assert row.name == "Null"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Active", False),
        ("aktiv", False),
        ("TRUE", False),
        ("On Leave", False),
        ("Terminated", True),
        ("Ausgeschieden", True),
        ("FALSE", True),
        ("Terminated - Voluntary", True),
        ("", False),
    ],
)
def test_the_status_says_who_has_left(text: str, gone: bool) -> None:
    row, problems = read(f"1,Anna,a@example.com,,,{text},,")
    assert (row.gone, problems) == (gone, [])


def test_names_with_a_comma_are_turned_round() -> None:
    assert read('"King, Steven",s@example.com', "Name,Email")[0].name == "Steven King"


def test_names_are_sorted_and_searched_without_accents() -> None:
    assert sort_key("Anna Maria Müller") == "muller anna maria"
    assert sort_key("Łukasz Żółć") == "zolc lukasz"
    assert search_text("Jörg Groß", "j.g@example.com").split() == [
        "jorg",
        "gross",
        "j",
        "g",
        "example",
        "com",
        "joerg",
    ]
