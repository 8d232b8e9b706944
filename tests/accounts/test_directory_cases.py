"""Files of HR systems, with the people, managers and departments that a person reads from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.directory.values.name_order import surname_comes_first, with_comma
from accounts.models import User
from common.errors import DomainError
from mentoring.people_import.import_now import Result, import_now
from tests.accounts.directory_systems import SYSTEMS

pytestmark = pytest.mark.django_db

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"
# {file: {employee id: (name, department, manager's name)}}, of those who work there.
PEOPLE: dict[str, dict[str, tuple[str, str, str]]] = {
    "02-state-is-a-province.csv": {
        "770011": ("Petra Vance", "", ""),
        "770012": ("Owen Lindqvist", "", "Petra Vance"),
        "770013": ("Dina Farouk", "", "Owen Lindqvist"),
    },
    "02b-title-of-courtesy.csv": {
        "770211": ("Ada Court", "", ""),
        "770212": ("Bob Court", "", ""),
    },
    "03-oracle-dates.csv": {
        "770021": ("Maren Holt", "90", ""),
        "770022": ("Jules Pereira", "90", "Maren Holt"),
        "770023": ("Aiko Mori", "90", "Maren Holt"),
    },
    "04-leavers-in-words.csv": {
        "770031": ("Nora J Abel", "Production", ""),
        "770034": ("Mina Cho", "Production", "Nora J Abel"),
        "770035": ("Eva Dorn", "Production", "Nora J Abel"),
        "770036": ("Paul Ekman", "Production", "Nora J Abel"),
    },
    "04b-without-manager-id.csv": {
        "770031": ("Nora J Abel", "Production", ""),
        "770034": ("Mina Cho", "Production", "Nora J Abel"),
        "770035": ("Eva Dorn", "Production", "Nora J Abel"),
        "770036": ("Paul Ekman", "Production", "Nora J Abel"),
    },
    "05-invisible.csv": {
        "770041": ("Greta Voss", "", ""),
        "770042": ("Ben Adeyemi", "", "Greta Voss"),
        "770043": ("Lia Contos", "", "Greta Voss"),
        "770044": ("Otto Weiss", "", "Ben Adeyemi"),
    },
    "05b-invisible-id-only.csv": {
        "770045": ("Greta Voss", "", ""),
        "770046": ("Ben Adeyemi", "", "Greta Voss"),
    },
    "07a-composed.csv": {
        "770061": ("Jürgen Böhm", "Büro für Qualität", ""),
        "770062": ("Zoë Núñez", "Büro für Qualität", "Jürgen Böhm"),
    },
    "07b-decomposed.csv": {
        "770061": ("Jürgen Böhm", "Büro für Qualität", ""),
        "770062": ("Zoë Núñez", "Büro für Qualität", "Jürgen Böhm"),
    },
    "07c-mixed-departments.csv": {
        "770063": ("Ann Ott", "Büro", ""),
        "770064": ("Bob Utt", "Büro", ""),
    },
    "08a-title-above.csv": {
        "770071": ("Yara Klein", "", ""),
        "770072": ("Hugo Ferro", "", "Yara Klein"),
    },
    "08c-title-above.xlsx": {
        "770073": ("Yara Klein", "", ""),
        "770074": ("Hugo Ferro", "", "Yara Klein"),
    },
    "10b-x000D-silent.xlsx": {"770105": ("Milo Fuchs", "Plant 2", "")},
    "21x-merged-and-hidden.xlsx": {
        "770201": ("Ana Merge", "Plant South", ""),
        "770202": ("Bo Merge", "Plant South", ""),
        "770203": ("Cy Merge", "Plant South", ""),
        "770204": ("Di Hidden", "Plant North", ""),
    },
    "hris-01a_workday_extract.csv": {
        "1001898": ("Jane Smith", "CC100 Research", ""),
        "1001899": ("Omar Haddad", "CC100 Research", "Jane Smith"),
        "1002001": ("Lena Vogt", "CC100 Research", "Omar Haddad"),
        "CW-00017": ("Ada Kern", "CC100 Research", "Omar Haddad"),
    },
    "hris-01d_workday_chain_only.csv": {
        "1001898": ("Jane Smith", "CC100 Research", ""),
        "1001899": ("Omar Haddad", "CC100 Research", "Jane Smith"),
        "1002001": ("Lena Vogt", "CC100 Research", "Omar Haddad"),
        "CW-00017": ("Ada Kern", "CC100 Research", "Omar Haddad"),
    },
    "hris-02_successfactors_udf.csv": {
        "100001": ("Ines Roth", "Sales (50012)", ""),
        "100002": ("Karl Mai", "Sales (50012)", "Ines Roth"),
        "100004": ("Tom Uhl", "Sales (50012)", "Karl Mai"),
    },
    "hris-03_bamboohr_report.csv": {
        "14": ("Ines Roth", "Executive", ""),
        "Acc001": ("Karl Mai", "Finance", "Ines Roth"),
        "15": ("Eva Lang", "Finance", "Karl Mai"),
    },
    "hris-05_hibob_people.csv": {
        "1": ("Ines Roth", "Board", ""),
        "2": ("Karl Mai", "Finance", "Ines Roth"),
        "3": ("Eva Lang", "Finance", "Karl Mai"),
    },
    "hris-07_adp_wfn_census.csv": {
        "KSY211756": ("Ines Roth", "Executive", ""),
        "KSY211757": ("Karl Mai", "Finance", "Ines Roth"),
        "KSY211758": ("Eva Lang", "Finance", "Karl Mai"),
    },
    "hris-11_sap_hcm_de.csv": {
        "00001001": ("Ines Röth", "Vorstand", ""),
        "00001002": ("Dr. Karl Mai", "Finanzen", "Ines Röth"),
    },
    "hris-13_cultureamp_template.csv": {"1": ("Ines Roth", "Board", "")},
}


def content_of(name: str) -> bytes:
    if not CASES.exists():
        pytest.skip("the files of HR systems are not here")
    return (CASES / name).read_bytes()


def imported(content: bytes) -> Result:
    """Import a file; managers that are missing are confirmed, and unclear dates are day first."""
    confirmed: dict[str, Any] = {"confirm_managers": True, "confirm_leavers": True}
    result = import_now(content=content, **confirmed)
    if result.stopped_by == "dates":
        result = import_now(content=content, date_order="day", **confirmed)
    return result


def people() -> dict[str, tuple[str, str, str]]:
    """{employee id: (name, department, manager's name)} of everybody who works here."""
    return {
        person.employee_id or "": (person.name, person.department, manager_of(person))
        for person in User.objects.filter(is_active=True).select_related("manager")
    }


def manager_of(person: User) -> str:
    return person.manager.name if person.manager else ""


@pytest.mark.parametrize("name", PEOPLE)
def test_a_file_has_the_people_whom_a_person_reads_from_it(name: str) -> None:
    result = imported(content_of(name))
    assert result.applied, [problem.as_json() for problem in result.plan.problems]
    assert people() == PEOPLE[name]


@pytest.mark.parametrize(
    "name",
    [
        "02b-title-of-courtesy.csv",
        "07c-mixed-departments.csv",
        "17-zones.csv",
        "21x-merged-and-hidden.xlsx",
    ],
)
def test_a_file_without_managers_says_so(name: str) -> None:
    result = import_now(content=content_of(name))
    assert result.stopped_by == "managers"
    assert result.plan.manager_warning == {"key": "no_managers"}
    assert not User.objects.exists()


def test_a_file_without_headings_says_what_to_do() -> None:
    with pytest.raises(DomainError) as refused:
        import_now(content=content_of("08e-no-headings-utf16-tabs.csv"))
    said = " ".join(refused.value.messages)
    assert "no row of headings" in said
    assert "e-mail addresses" in said


@pytest.mark.parametrize(
    ("heading", "rows", "surname_first"),
    [
        ("Name", [("Röth Ines", "ines.roeth@x.example"), ("Mai Karl", "k.mai@x.example")], True),
        ("Name", [("Mai Dr. Karl", "kmai@x.example")], True),
        ("Name", [("Ines Röth", "ines.roeth@x.example"), ("Mai Karl", "mai.k@x.example")], False),
        ("Name", [("Roth Ines", "info@x.example")], False),
        ("Nachname Vorname", [("Roth Ines", "info@x.example")], True),
        ("Name", [], False),
    ],
)
def test_addresses_and_headings_tell_the_order_of_names(
    heading: str, rows: list[tuple[str, str]], surname_first: bool
) -> None:
    assert surname_comes_first(heading, rows) is surname_first


@pytest.mark.parametrize(
    ("name", "turned"),
    [
        ("Mai Karl", "Mai, Karl"),
        ("Mai Dr. Karl", "Mai, Dr. Karl"),
        ("von der Au Anna Maria", "von der Au, Anna Maria"),
        ("Roth, Ines", "Roth, Ines"),
        ("Plato", "Plato"),
    ],
)
def test_a_comma_is_put_behind_the_family_name(name: str, turned: str) -> None:
    assert with_comma(name) == turned


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_export_has_the_people_whom_a_person_reads_from_it(system: str) -> None:
    export = SYSTEMS[system]
    result = imported(export.text.encode())
    assert result.applied, [problem.as_json() for problem in result.plan.problems]
    assert result.plan.manager_warning is None
    found = User.objects.filter(is_active=True).select_related("manager")
    assert {
        person.email.partition("@")[0]: (person.name, person.department, manager_of(person))
        for person in found
    } == export.people
