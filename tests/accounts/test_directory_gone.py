"""Who has left is read from the column that tells it, and the preview says where none does."""

from __future__ import annotations

import pytest

from accounts.directory.notes import in_words
from mentoring.people_import.import_now import Result, import_now

pytestmark = pytest.mark.django_db

# Columns beside those of id, name and address, with a line for each of three people: "yes" in the
# last place of those who have left.
GONE = {
    "a status without leavers stands first": """\
Status,Employment Status
Active,Active
Active,On Leave
Active,Terminated *""",
    "kinds of work are no states": """\
Employment Status,State of Employment
Full-time,Active
Part-time,Active
Full-time,Terminated *""",
    "an account is active, the person is not": """\
Active,Worker Status
Yes,Active
Yes,Active
Yes,Retired *""",
    "French": """\
Statut
Actif
Congé parental
Sorti *""",
    "Spanish": """\
Estado
Activo
De alta
Baja *""",
    "Italian": """\
Stato
In forza
Aspettativa
Cessato *""",
    "Dutch": """\
Dienstverband
In dienst
Ouderschapsverlof
Uit dienst *""",
    "a heading nobody knows": """\
Beschäftigungslage
Aktiv
Elternzeit
Ausgeschieden *""",
    "Employment State": """\
Employment State
Active
FMLA
Inactive *""",
    "kinds of leave": """\
Status
LWOP
LTD - Long Term
Deceased *""",
    "Oracle": """\
Assignment Status Type
ACTIVE_PROCESS
SUSPEND_NO_PROCESS
INACTIVE *""",
    "Oracle, without payroll": """\
Assignment Status
ACTIVE_NO_PROCESS
SUSPEND_PROCESS
INACTIVE_PROCESS *""",
    "PeopleSoft": """\
EMPL_STATUS
A
P
R *""",
    "PeopleSoft HR": """\
HR_STATUS
A
A
I *""",
    "SAP": """\
STAT2
3
1
0 *""",
    "SAP, retired": """\
STAT2
3
3
2 *""",
    "Active Directory": """\
userAccountControl
512
66048
66050 *""",
    "Active Directory with a further flag": """\
userAccountControl
512
262656
8389122 *""",
    "true and false in one letter": """\
Active
t
t
f *""",
    "a mark for those who work here": """\
Aktiv
x
x
 *""",
    "another mark for those who work here": """\
Aktiv
✓
✓
 *""",
    "a mark for those who have left": """\
Ausgeschieden


x *""",
    "a sparse column of last days": """\
Contract End Date,Termination Date
2099-12-31,
2099-12-31,
2099-12-31,2020-01-31 *""",
    "Leaver Date": """\
Leaver Date


31.01.2020 *""",
    "Beendigungsdatum": """\
Beendigungsdatum
31.12.9999

31.01.2020 *""",
    "a day under a word for leaving": """\
Ende des Arbeitsverhältnisses


31.01.2020 *""",
    "a day of leaving under a state": """\
Terminated


2020-01-31 *""",
    "times of Windows": """\
accountExpires
0
9223372036854775807
132232608000000000 *""",
}


def file_of(columns: str) -> tuple[bytes, set[str]]:
    """A file with these columns, and the ids of those who work here."""
    heading, *rows = columns.splitlines()
    lines, here = [f"Employee ID,Name,Email,{heading}"], set()
    for number, row in enumerate(rows, start=1):
        cells = row.removesuffix("*").strip(" ") if "," not in row else row.removesuffix(" *")
        lines.append(f"{number},Person N{number},p{number}@x.example,{cells}")
        if not row.endswith("*"):
            here.add(str(number))
    return "\n".join(lines).encode(), here


def preview(content: bytes) -> Result:
    """What an import would do."""
    return import_now(content=content, dry_run=True, confirm_managers=True)


def notes(result: Result) -> str:
    """All notes in words."""
    return "\n".join(in_words(note) for note in result.plan.notes)


@pytest.mark.parametrize("columns", GONE.values(), ids=GONE)
def test_nobody_who_has_left_becomes_active(columns: str) -> None:
    content, here = file_of(columns)
    result = preview(content)
    assert {outcome.values["employee_id"] for outcome in result.plan.new} == here
    assert [problem.code for problem in result.plan.problems if problem.is_error] == []


@pytest.mark.parametrize(
    "columns",
    [
        "Department\nSales\nSales\nSales",
        "Employment Status\nFull-time\nPart-time\nIntern",
        "Status\n\n\n",
        "Statut\nCadre\nNon cadre\nCadre",
        "Benefit Status\nActive\nActive\nTerminated",
    ],
)
def test_the_preview_says_where_no_column_tells_who_has_left(columns: str) -> None:
    content, _here = file_of(columns)
    result = preview(content)
    assert len(result.plan.new) == result.plan.rows
    assert "No column tells who has left" in notes(result)


def test_the_preview_says_nothing_where_a_column_tells_it() -> None:
    content, _here = file_of("Status\nActive\nActive\nActive")
    assert "who has left" not in notes(preview(content))


@pytest.mark.parametrize(
    ("columns", "unused"),
    [
        (
            "Status,Account Enabled\nActive,True\nTerminated,True\nActive,False",
            "“Account Enabled” (1)",
        ),
        ("Status,Exit Date\nActive,2020-01-01\nActive,\nTerminated,", ""),
        (
            "Termination Date,Contract End Date\n2020-01-01,\n,2020-01-01\n,2020-01-02",
            "“Contract End Date” (2)",
        ),
        ("Status,Lage\nActive,Active\nTerminated,Active\nActive,Terminated", "“Lage” (1)"),
        ("Status,Lage\nActive,Active\nTerminated,Active\nActive,Active", ""),
    ],
)
def test_the_preview_names_unused_columns_that_say_who_has_left(columns: str, unused: str) -> None:
    content, _here = file_of(columns)
    said = notes(preview(content))
    assert (unused in said) if unused else ("not used" not in said)


def test_what_an_unknown_heading_and_empty_cells_were_taken_for_is_said() -> None:
    content, _here = file_of("Lage\nActive\n\nTerminated")
    said = notes(preview(content))
    assert "“Lage” tell who has left (rows: 1)" in said
    assert "“Lage” is empty in some rows (1)" in said
    content, _here = file_of("Aktiv\nx\n\nx")
    assert "“Aktiv” has a mark for people who work here" in notes(preview(content))


def test_a_state_in_other_letters_is_an_error() -> None:
    content, _here = file_of("Status\nActive\nActive\nУволен")
    result = preview(content)
    assert [problem.code for problem in result.plan.problems if problem.is_error] == ["bad_status"]


QUESTIONS = {
    "Leaver Flag": ["N", "Y"],
    "Terminated (Y/N)": ["N", "Y"],
    "Is the employee terminated?": ["No", "Yes"],
    "No longer active": ["No", "Yes"],
    "Still Employed": ["Yes", "No"],
    "Active Employee Indicator": ["1", "0"],
    "Archived": ["", "Archived"],
    "Account Status": ["Enabled", "Disabled"],
    "Beschäftigungsende am": ["", "01.02.2020"],
    "ENDDA": ["99991231", "20200131"],
    "Separation Effective Date": ["", "2020-01-31"],
    "employeeLeaveDateTime": ["", "2020-01-31T00:00:00Z"],
}


@pytest.mark.parametrize(("heading", "cells"), QUESTIONS.items(), ids=QUESTIONS)
def test_a_question_or_a_day_under_further_headings_tells_who_has_left(
    heading: str, cells: list[str]
) -> None:
    content, _here = file_of("\n".join([heading, *cells]))
    plan = preview(content).plan
    assert [outcome.values["employee_id"] for outcome in plan.new] == ["1"]
    assert plan.problems == []


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("On Leave", ["No", "Yes"]),
        ("Full Time", ["No", "Yes"]),
        ("Notice Given", ["No", "Yes"]),
        ("Active Union Member", ["No", "Yes"]),
        ("Left-handed", ["No", "Yes"]),
        ("Visa End Date", ["2020-01-01", "2020-01-01"]),
        ("Elternzeit bis", ["2020-01-01", "2020-01-01"]),
        ("Kündigungsfrist", ["3 Monate", "3 Monate"]),
    ],
)
def test_other_questions_and_days_say_nothing_about_leaving(heading: str, cells: list[str]) -> None:
    content, _here = file_of("\n".join([heading, *cells]))
    assert len(preview(content).plan.new) == 2


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Austrittsgrund", ["", "Kündigung durch AN"]),
        ("Termination Reason", ["", "Better offer"]),
        ("Unbekannt", ["", "2020-01-31"]),
    ],
)
def test_columns_that_may_tell_who_has_left_are_named(heading: str, cells: list[str]) -> None:
    content, _here = file_of("\n".join([heading, *cells]))
    said = notes(preview(content))
    assert f"If one of these columns tells it, choose it as status or last day: “{heading}”" in said


def test_unused_days_ask_no_question_about_their_order() -> None:
    text = "Termination Date,Contract End Date\n2020-01-01,03/04/2020\n2020-01-01,05/04/2020"
    content, _here = file_of(text)
    assert preview(content).plan.unclear_date == ""
