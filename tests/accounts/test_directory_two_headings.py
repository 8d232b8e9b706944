"""Headings in two rows are read together, and nothing else is."""

from __future__ import annotations

import pytest

from accounts.directory.columns.layout import find_layout
from mentoring.people_import.import_now import import_now

PERSON = ["1", "Ines", "Roth", "ines@x.example", "2", "Karl Mai"]


@pytest.mark.parametrize(
    ("rows", "headings"),
    [
        (
            [
                ["Employee", "", "", "Manager", ""],
                ["ID", "Name", "Email", "ID", "Name"],
                ["1", "Ines Roth", "i@x.example", "", ""],
            ],
            ["Employee: ID", "Employee: Name", "Email", "Manager: ID", "Manager: Name"],
        ),
        (
            [
                ["", "", "", "Supervisor", ""],
                ["ID", "Name", "Email", "ID", "Email"],
                ["1", "Ines Roth", "i@x.example", "", ""],
            ],
            ["ID", "Name", "Email", "Supervisor: ID", "Supervisor: Email"],
        ),
        (
            [
                ["ID", "Name", "", "Email", "Manager", ""],
                ["", "First", "Last", "", "ID", "Name"],
                PERSON,
            ],
            ["ID", "First", "Last", "Email", "Manager: ID", "Manager: Name"],
        ),
        (
            [
                ["ID", "Name", "", "Email", "Manager", ""],
                ["ID", "First", "Last", "Email", "ID", "Name"],
                PERSON,
            ],
            ["ID", "First", "Last", "Email", "Manager: ID", "Manager: Name"],
        ),
        (
            [
                ["Headcount report"],
                ["Person", "", "", "", "Vorgesetzter", ""],
                ["Nr", "Vorname", "Nachname", "E-Mail", "Nr", "Name"],
                PERSON,
            ],
            [
                "Person: Nr",
                "Vorname",
                "Nachname",
                "E-Mail",
                "Vorgesetzter: Nr",
                "Vorgesetzter: Name",
            ],
        ),
    ],
    ids=["groups", "one group", "parts", "merged cells", "below a title"],
)
def test_two_rows_of_headings_are_one(rows: list[list[str]], headings: list[str]) -> None:
    layout = find_layout(list(enumerate(rows, start=1)))
    assert layout.headings == headings
    assert layout.number == len(rows) - 1
    assert "two_headings" in [note["key"] for note in layout.notes]


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["Headcount report", "Confidential"],
            ["Name", "Email", "Manager"],
            ["A", "a@x.example", ""],
        ],
        [["Managers"], ["Name", "Email", "Manager"], ["A", "a@x.example", ""]],
        [
            ["Name", "Email", "Manager"],
            ["Nom", "Courriel", "Responsable"],
            ["A", "a@x.example", ""],
        ],
        [["Name", "Email", ""], ["A B", "", "Manager"], ["C D", "c@x.example", ""]],
    ],
    ids=["titles", "one title", "translation", "a person"],
)
def test_titles_translations_and_people_are_no_second_row(rows: list[list[str]]) -> None:
    layout = find_layout(list(enumerate(rows, start=1)))
    assert "two_headings" not in [note["key"] for note in layout.notes]


@pytest.mark.django_db
def test_managers_below_a_group_of_their_own_are_found() -> None:
    text = """\
Employee,,,Manager,
ID,Name,Email,ID,Name
1,Ines Roth,ines@x.example,,
2,Karl Mai,karl@x.example,1,Ines Roth
"""
    plan = import_now(content=text.encode(), dry_run=True).plan
    assert plan.manager_warning is None
    assert (plan.managers_named, plan.managers_found) == (1, 1)
    assert [outcome.values["name"] for outcome in plan.new] == ["Ines Roth", "Karl Mai"]
