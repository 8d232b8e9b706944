"""Addresses, departments and names are read from columns of many systems and languages."""

from __future__ import annotations

import pytest

from accounts.directory.columns.guess import guess
from accounts.directory.notes import in_words
from accounts.directory.values.addresses import address_in
from accounts.models import User
from mentoring.people_import.import_now import Result, import_now

pytestmark = pytest.mark.django_db


def imported(*lines: str, dry_run: bool = False) -> Result:
    """Import these lines; missing managers are confirmed."""
    content = "\n".join(lines).encode()
    return import_now(content=content, dry_run=dry_run, confirm_managers=True)


def notes(result: Result) -> str:
    """All notes in words."""
    return "\n".join(in_words(note) for note in result.plan.notes)


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("Email,Work Email", "ines@home.example,ines@x.example"),
        ("Work Email,Email", "ines@x.example,ines@home.example"),
        ("Email,Email (Work)", "ines@home.example,ines@x.example"),
        ("E-Mail,Geschäftliche E-Mail", "ines@home.example,ines@x.example"),
        ("Email,Login", "ines@gmail.com,ines@x.example"),
        ("E-Mail,UserPrincipalName", "ines@web.de,ines@x.example"),
        ("Email,Email - Personal", "ines@x.example,ines@home.example"),
        ("Emergency Contact Email,Email", "mum@home.example,ines@x.example"),
        ("Email", "Ines Roth <ines@x.example>"),
        ("Email", "Ines Roth (ines@x.example)"),
        ("Email", "SMTP:ines@x.example"),
        ("proxyAddresses", "smtp:i.roth@old.example;SMTP:ines@x.example"),
        ("Email", "mailto:ines@x.example"),
    ],
)
def test_the_address_for_work_is_taken(headings: str, cells: str) -> None:
    imported(f"Employee ID,Name,{headings}", f"1,Ines Roth,{cells}")
    assert User.objects.get().email == "ines@x.example"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a@x.example", "a@x.example"),
        ("A@X.example", "a@x.example"),
        ('"Roth, Ines" <a@x.example>', "a@x.example"),
        ("Ines Roth <mailto:a@x.example>", "a@x.example"),
        ("smtp:b@x.example,SMTP:a@x.example,x500:/o=x", "a@x.example"),
        ("a@x.example; b@x.example", "a@x.example; b@x.example"),
        ("Ines Roth", "ines roth"),
    ],
)
def test_an_address_is_found_in_what_is_around_it(text: str, address: str) -> None:
    assert address_in(text) == address


def test_managers_are_found_by_addresses_with_names() -> None:
    imported(
        "Name,Email,Manager Email",
        "Ines Roth,Ines Roth <ines@x.example>,",
        "Karl Mai,Karl Mai <karl@x.example>,Ines Roth <ines@x.example>",
    )
    assert User.objects.get(name="Karl Mai").manager == User.objects.get(name="Ines Roth")


def test_the_preview_says_where_addresses_look_private() -> None:
    result = imported("Name,Email", "Ines Roth,ines@gmail.com", "Karl Mai,k@gmx.de", dry_run=True)
    assert "Most addresses in “Email” look private" in notes(result)


DEPARTMENTS = {
    "Odoo": ("Department/Complete Name", ["Board", "Board / Finance"]),
    "Odoo, shown": ("Department/Display Name", ["Board", "Finance"]),
    "levels": (
        "Supervisory Organization - Level 01,Supervisory Organization - Level 02",
        ["Board,", "Board,Finance"],
    ),
    "levels of another system": ("Org Unit Level 1,Org Unit Level 2", ["Board,", "Board,Finance"]),
    "a word among others": ("Sub-Department (EMEA)", ["Board", "Finance"]),
    "unknown words around": ("Zugeordnete Abteilung 2026", ["Board", "Finance"]),
    "of one letter": ("Abteilung", ["F", "F"]),
    "Dutch": ("Afdeling", ["Board", "Finance"]),
    "Italian": ("Reparto", ["Board", "Finance"]),
}


@pytest.mark.parametrize(("headings", "cells"), DEPARTMENTS.values(), ids=DEPARTMENTS)
def test_departments_are_recognised(headings: str, cells: list[str]) -> None:
    rows = [f"{at},Person N{at},p{at}@x.example,{row}" for at, row in enumerate(cells)]
    imported(f"Employee ID,Name,Email,{headings}", *rows)
    found = {person.department.rpartition(" / ")[2] for person in User.objects.all()}
    assert found == ({"F"} if cells == ["F", "F"] else {"Board", "Finance"})


def test_parts_of_the_company_that_are_not_used_are_named() -> None:
    result = imported("Name,Email,Department,Division", "A B,a@x.example,Sales,EMEA", dry_run=True)
    assert "“Division”" in notes(result)
    result = imported("Name,Email,Department", "A B,a@x.example,Sales", dry_run=True)
    assert "parts of the company" not in notes(result)


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        ("Nom,Prénom", ["Roth,Ines", "Mai,Karl"]),
        ("Nom,Prénoms", ["Ines Roth,", "Karl Mai,"]),
        ("Achternaam,Voornaam", ["Roth,Ines", "Mai,Karl"]),
        ("Cognome,Nome", ["Roth,Ines", "Mai,Karl"]),
        ("Apellidos,Nombre", ["Roth,Ines", "Mai,Karl"]),
        ("Nome", ["Ines Roth", "Karl Mai"]),
        ("Nombre", ["Ines Roth", "Karl Mai"]),
        ("Naam", ["Ines Roth", "Karl Mai"]),
        ("Nom et prénom", ["Roth Ines", "Mai Karl"]),
        ("Nom de famille,Prénom usuel", ["Roth,Ines", "Mai,Karl"]),
        ("Imię,Nazwisko", ["Ines,Roth", "Karl,Mai"]),
        ("Name,Surname", ["Ines,Roth", "Karl,Mai"]),
        ("Name,Surname", ["Ines Roth,Roth", "Karl Mai,Mai"]),
        ("Legal Name - First Name,Legal Name - Last Name", ["Ines,Roth", "Karl,Mai"]),
        (
            "Preferred Name - First Name,Legal Name - First Name,Legal Name - Last Name",
            ["Ina,Ines,Roth", "Charlie,Karl,Mai"],
        ),
        (
            "Emergency Contact - First Name,Emergency Contact - Last Name,First Name,Last Name",
            ["Mum,Roth,Ines,Roth", "Dad,Mai,Karl,Mai"],
        ),
        (
            "Emergency Contact - First Name,Emergency Contact Name,Name",
            ["Mum,Mum Roth,Ines Roth", "Dad,Dad Mai,Karl Mai"],
        ),
    ],
)
def test_names_are_read_in_other_languages_and_orders(headings: str, rows: list[str]) -> None:
    lines = [f"p{at}@x.example,{row}" for at, row in enumerate(rows)]
    imported(f"Email,{headings}", *lines)
    assert {person.name for person in User.objects.all()} == {"Ines Roth", "Karl Mai"}


def test_a_home_address_is_no_place_of_work() -> None:
    assert "city" not in guess(
        ["Name", "Email", "Home Address - City"], [["A", "a@x.example", "X"]]
    )


def test_the_preview_says_where_names_have_one_word() -> None:
    result = imported("Email,Nachname,Anrede", "i@x.example,Roth,Ines", "k@x.example,Mai,Karl")
    assert "Most names in “Nachname” have one word" in notes(result)
