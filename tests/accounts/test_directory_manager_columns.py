"""Columns of managers under unknown headings, in distinguished names, without zeros, and wrong."""

from __future__ import annotations

import pytest

from accounts.directory.notes import in_words
from mentoring.people_import.import_now import Result, import_now

pytestmark = pytest.mark.django_db

CHAIN = {"Ines Roth": "", "Karl Mai": "Ines Roth", "Eva Lang": "Karl Mai"}
FOUND = {
    "Leader": """\
Employee ID,Name,Email,Leader
1,Ines Roth,ines@x.example,
2,Karl Mai,karl@x.example,Ines Roth
3,Eva Lang,eva@x.example,Karl Mai
""",
    "Linienvorgesetzter": """\
Personalnummer;Name;E-Mail;Linienvorgesetzter
1;Ines Roth;ines@x.example;
2;Karl Mai;karl@x.example;Ines Roth
3;Eva Lang;eva@x.example;Karl Mai
""",
    "a compound word": """\
Personalnummer;Name;E-Mail;Stellvertretender Vorgesetzter;Direktvorgesetzte/r
1;Ines Roth;ines@x.example;Eva Lang;
2;Karl Mai;karl@x.example;Eva Lang;Ines Roth
3;Eva Lang;eva@x.example;Ines Roth;Karl Mai
""",
    "French": """\
Matricule;Nom;Prénom;Courriel;Supérieur hiérarchique
1;Roth;Ines;ines@x.example;
2;Mai;Karl;karl@x.example;Roth Ines
3;Lang;Eva;eva@x.example;Mai Karl
""",
    "Dutch": """\
Personeelsnummer;Achternaam;Voornaam;E-mailadres;Leidinggevende
1;Roth;Ines;ines@x.example;
2;Mai;Karl;karl@x.example;Ines Roth
3;Lang;Eva;eva@x.example;Karl Mai
""",
    "whether somebody is a manager": """\
Employee ID,Name,Email,People Manager,Manager
1,Ines Roth,ines@x.example,Yes,
2,Karl Mai,karl@x.example,Yes,Ines Roth
3,Eva Lang,eva@x.example,No,Karl Mai
""",
    "a common name that is the login": """\
DisplayName,mail,SamAccountName,Manager
Ines Roth,ines@x.example,iroth,
Karl Mai,karl@x.example,kmai,"CN=iroth,OU=Users,DC=x"
Eva Lang,eva@x.example,elang,"CN=kmai,OU=Users,DC=x"
""",
    "a common name that is the login, beside an id": """\
EmployeeID,DisplayName,mail,SamAccountName,Manager
1,Ines Roth,ines@x.example,IRoth,
2,Karl Mai,karl@x.example,KMai,"CN=iroth,OU=Users,DC=x"
3,Eva Lang,eva@x.example,ELang,"CN=kmai,OU=Users,DC=x"
""",
    "a common name that is the id": """\
EmployeeID,DisplayName,mail,Manager
E1,Ines Roth,ines@x.example,
E2,Karl Mai,karl@x.example,"CN=E1,OU=Users,DC=x"
E3,Eva Lang,eva@x.example,"CN=E2,OU=Users,DC=x"
""",
    "ids without zeros": """\
Employee ID,Name,Email,Manager ID
000071,Ines Roth,ines@x.example,
000072,Karl Mai,karl@x.example,71
000073,Eva Lang,eva@x.example,72
""",
    "ids with zeros": """\
Employee ID,Name,Email,Manager ID
71,Ines Roth,ines@x.example,
72,Karl Mai,karl@x.example,00071
73,Eva Lang,eva@x.example,00072
""",
    "names in two columns": """\
Employee ID,First Name,Last Name,Email,Manager First Name,Manager Last Name
1,Ines,Roth,ines@x.example,,
2,Karl,Mai,karl@x.example,Ines,Roth
3,Eva,Lang,eva@x.example,Karl,Mai
""",
    "names in two columns below a heading": """\
Employee,,,Email,Supervisor,
ID,First name,Last name,,First name,Last name
1,Ines,Roth,ines@x.example,,
2,Karl,Mai,karl@x.example,Ines,Roth
3,Eva,Lang,eva@x.example,Karl,Mai
""",
    "job titles under the clearer heading": """\
Employee ID,Name,Email,Job Title,Manager,Reports To
1,Ines Roth,ines@x.example,CEO,,
2,Karl Mai,karl@x.example,Head of Sales,CEO,Ines Roth
3,Eva Lang,eva@x.example,Clerk,Head of Sales,Karl Mai
""",
}


def preview(text: str) -> Result:
    """What the import of a file would do."""
    return import_now(content=text.encode(), dry_run=True)


def managers_in(result: Result) -> dict[str, str]:
    """{name: manager's name} of the people that an import brings."""
    names = {outcome.node: outcome.values["name"] for outcome in result.plan.new}
    return {
        outcome.values["name"]: names.get(outcome.values.get("manager"), "")
        for outcome in result.plan.new
    }


def codes(result: Result) -> list[tuple[int, str]]:
    """The errors of the rows."""
    return [(problem.row, problem.code) for problem in result.plan.problems if problem.is_error]


def notes(result: Result) -> str:
    """All notes in words."""
    return "\n".join(in_words(note) for note in result.plan.notes)


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_managers_are_found(text: str) -> None:
    result = preview(text)
    assert codes(result) == []
    assert managers_in(result) == CHAIN
    assert result.plan.manager_warning is None


@pytest.mark.parametrize("kind", ["ids without zeros", "ids with zeros"])
def test_ids_that_differ_in_zeros_are_said(kind: str) -> None:
    assert "differ from people’s ids in the zeros in front (rows: 2;" in notes(preview(FOUND[kind]))


def test_ids_without_zeros_that_fit_two_people_are_not_unique() -> None:
    result = preview("""\
Employee ID,Name,Email,Manager ID
000071,Ines Roth,ines@x.example,
71,Karl Mai,karl@x.example,
000073,Eva Lang,eva@x.example,71
000074,Tim Alt,tim@x.example,73
""")
    assert codes(result) == [(4, "manager_not_unique"), (5, "manager_out")]


def test_ids_without_zeros_do_not_lead_past_somebody_who_has_left() -> None:
    result = preview("""\
Employee ID,Name,Email,Status,Manager ID
000071,Ines Roth,ines@x.example,Left,
0071,Karl Mai,karl@x.example,Active,
000073,Eva Lang,eva@x.example,Active,71
""")
    assert codes(result) == [(4, "manager_not_unique")]


def test_ids_that_match_exactly_are_not_compared_without_zeros() -> None:
    result = preview("""\
Employee ID,Name,Email,Manager ID
000071,Ines Roth,ines@x.example,
71,Karl Mai,karl@x.example,000071
73,Eva Lang,eva@x.example,71
""")
    assert managers_in(result) == CHAIN
    assert "without zeros" not in notes(result)


def test_job_titles_in_the_column_of_managers_are_named_as_such() -> None:
    result = preview("""\
Employee ID,Name,Email,Job Title,Manager
1,Ines Roth,ines@x.example,CEO,
2,Karl Mai,karl@x.example,Head of Sales,CEO
3,Eva Lang,eva@x.example,Clerk,Head of Sales
""")
    assert codes(result) == [(3, "manager_is_title"), (4, "manager_is_title")]
    assert result.plan.manager_warning is not None


def test_unknown_columns_with_people_are_named_where_no_manager_is_known() -> None:
    result = preview("""\
Employee ID,Name,Email,Zeichnet frei,Buddy
1,Ines Roth,ines@x.example,,Eva Lang
2,Karl Mai,karl@x.example,Ines Roth,Eva Lang
3,Eva Lang,eva@x.example,Karl Mai,Ines Roth
""")
    warning = result.plan.manager_warning
    assert warning is not None
    assert "These columns name people of the file: Zeichnet frei." in in_words(warning)


def test_whether_somebody_is_a_manager_names_nobody() -> None:
    text = FOUND["whether somebody is a manager"]
    assert "People Manager" not in notes(preview(text))
    alone = "\n".join(line.rpartition(",")[0] for line in text.splitlines())
    warning = preview(alone).plan.manager_warning
    assert warning == {"key": "no_managers"}
