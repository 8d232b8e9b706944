"""The directory import as a whole: what it writes, what it leaves, and that it can be repeated."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from allauth.account.models import EmailAddress

from accounts.domain import people
from accounts.enums import DirectoryState
from accounts.models import Company, Grade, User
from common.models import AuditEntry
from mentoring.people_import.import_now import import_now
from tests.factories import UserFactory
from tests.mentoring.directory import ANNA, BOSS, CARL, COMPANY, HEAD, changed, codes, get, run

pytestmark = pytest.mark.django_db

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "hr-directory.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the example directory is not part of the project")
def test_the_example_directory_goes_in_as_it_is() -> None:
    result = import_now(content=REAL.read_bytes(), grades_by_depth=True)
    assert result.applied
    assert result.plan.counts()["new"] == 107
    assert not result.plan.problems
    assert User.objects.filter(is_active=True).count() == 107
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 107
    assert list(Grade.objects.order_by("-rank").values_list("name", flat=True)) == [
        "Level 1 (top)",
        "Level 2",
        "Level 3",
        "Level 4",
    ]
    assert User.objects.get(department="").name == "Kimberely Grant"
    assert User.objects.get(employee_id="206").manager.name == "Shelley Higgins"
    assert set(User.objects.values_list("time_zone", flat=True)) == {
        *(
            "America/Los_Angeles",
            "America/Chicago",
            "America/Toronto",
            "Europe/London",
            "Europe/Berlin",
            "UTC",
        )
    }
    before = AuditEntry.objects.count()
    again = import_now(content=REAL.read_bytes())
    assert again.plan.changes_nothing
    assert again.plan.counts()["unchanged"] == 107
    assert AuditEntry.objects.count() == before


def test_a_company_goes_in() -> None:
    Company.objects.create(id=1, time_zone="Europe/Vienna", locale="de")
    result = run(COMPANY, grades_by_depth=True)
    assert (result.applied, codes(result)) == (True, [])
    carl = get("3")
    assert (carl.name, carl.department, carl.location, carl.time_zone) == (
        "Carl Dorn",
        "Sales",
        "London",
        "Europe/London",
    )
    assert (carl.manager, carl.locale, carl.directory_state) == (
        get("2"),
        "de",
        DirectoryState.LISTED,
    )
    assert not carl.has_usable_password()
    assert (carl.sort_key, list(User.objects.search("dor"))) == ("dorn carl", [carl])
    assert (carl.grade.name, carl.grade_is_derived) == ("Level 3", True)
    assert get("1").grade.rank > get("2").grade.rank > carl.grade.rank
    assert AuditEntry.objects.filter(verb="directory.imported").count() == 1


def test_a_second_time_changes_nothing() -> None:
    run(COMPANY)
    before = list(User.objects.order_by("pk").values())
    result = run(COMPANY)
    assert result.plan.changes_nothing
    assert result.plan.counts()["unchanged"] == 3
    assert list(User.objects.order_by("pk").values()) == before


def test_a_dry_run_writes_nothing() -> None:
    result = run(COMPANY, dry_run=True)
    assert (result.applied, result.plan.counts()["new"], User.objects.count()) == (False, 3, 0)
    assert not Grade.objects.exists()


def test_only_what_differs_is_written() -> None:
    run(COMPANY)
    result = run([BOSS, changed(ANNA, department="Service", manager=""), CARL])
    fields = {
        outcome.entry.row.name: outcome.fields for outcome in result.plan.changed if outcome.entry
    }
    assert fields["Anna Berg"]["department"] == ("Sales", "Service")
    assert fields["Anna Berg"]["manager"] == ("Berta Boss", "")
    anna = get("2")
    assert (anna.department, anna.manager) == ("Service", None)


def test_a_column_that_is_not_in_the_file_is_left_alone() -> None:
    run(COMPANY)
    run([[row[0], row[1], row[2]] for row in COMPANY], HEAD[:3])
    assert (get("3").department, get("3").manager, get("3").location) == (
        "Sales",
        get("2"),
        "London",
    )


def test_an_empty_cell_empties_the_field() -> None:
    run(COMPANY)
    run([BOSS, ANNA, changed(CARL, department="")])
    assert get("3").department == ""


def test_managers_are_found_by_address_and_by_name() -> None:
    head = ["Name", "Email", "Manager"]
    rows = [["Berta Boss", "b@example.com", ""], ["Anna Berg", "a@example.com", "b@example.com"]]
    run(rows, head, mapping={"manager_name": "", "manager_email": "Manager"})
    assert User.objects.get(email="a@example.com").manager.name == "Berta Boss"
    rows[1][2], rows_by_name = "Boss, Berta (77)", rows
    assert run(
        rows_by_name, head, mapping={"manager_email": "", "manager_name": "Manager"}
    ).plan.changes_nothing


def test_rows_come_in_any_order() -> None:
    run([CARL, ANNA, BOSS])
    assert get("3").manager == get("2")
    assert get("2").manager == get("1")


BAD = {
    "an unknown manager": ([BOSS, changed(ANNA, manager="99")], [(3, "manager_unknown")], ["1"]),
    "a circle of two": (
        [BOSS, changed(ANNA, manager="3"), CARL],
        [(3, "cycle"), (4, "cycle")],
        ["1"],
    ),
    "a circle with somebody below it": (
        [
            BOSS,
            changed(ANNA, manager="3"),
            CARL,
            ["4", "Dora Eck", "dora@example.com", "", "", "3"],
        ],
        [(3, "cycle"), (4, "cycle"), (5, "manager_out")],
        ["1"],
    ),
    "an id twice": (
        [BOSS, ANNA, changed(CARL, id="2", manager="1")],
        [(3, "same_id"), (4, "same_id")],
        ["1"],
    ),
    "an address twice": (
        [BOSS, ANNA, changed(CARL, email="ANNA@example.com")],
        [(3, "same_email"), (4, "same_email")],
        ["1"],
    ),
    "a formula": ([BOSS, changed(ANNA, name="=1+1")], [(3, "formula")], ["1"]),
    "a manager who stays out": (
        [BOSS, changed(ANNA, email=""), CARL],
        [(3, "no_email"), (4, "manager_out")],
        ["1"],
    ),
    "two managers of one name": (
        [
            ["Eva Alt", "e1@example.com", ""],
            ["Eva Alt", "e2@example.com", ""],
            ["Fritz", "f@example.com", "Eva Alt"],
        ],
        [(4, "manager_not_unique")],
        None,
    ),
    "a row that is too short": ([BOSS, ANNA[:4]], [(3, "too_few_cells")], ["1"]),
}


@pytest.mark.parametrize("kind", BAD)
def test_wrong_rows_stay_out_entirely(kind: str) -> None:
    rows, problems, applied = BAD[kind]
    head = HEAD if applied else ["Name", "Email", "Manager"]
    stopped = run(rows, head)
    assert (stopped.applied, stopped.stopped_by, codes(stopped)) == (False, "errors", problems)
    assert not User.objects.exists()
    result = run(rows, head, confirm_errors=True)
    assert result.applied
    if applied:
        assert list(User.objects.order_by("pk").values_list("employee_id", flat=True)) == applied
    assert result.plan.error_rows == len({row for row, _code in problems})


def test_a_circle_through_people_who_are_here_is_found() -> None:
    run(COMPANY)
    result = run([changed(BOSS, manager="3"), ANNA, CARL], confirm_errors=True)
    assert codes(result) == [(2, "cycle"), (3, "cycle"), (4, "cycle")]
    assert get("1").manager is None


def test_a_circle_that_an_error_would_close_is_found() -> None:
    """Anna goes up and Berta below her; Anna's row is wrong, so that Berta below Anna would be a
    circle.
    """
    run(COMPANY)
    result = run(
        [changed(BOSS, manager="2"), changed(ANNA, manager="", name=""), CARL], confirm_errors=True
    )
    assert (2, "cycle") in codes(result)
    assert get("1").manager is None


def test_naming_oneself_as_manager_means_none() -> None:
    result = run([changed(BOSS, manager="1"), ANNA, CARL])
    assert codes(result) == [(2, "own_manager")]
    assert (result.applied, get("1").manager) == (True, None)


def test_somebody_known_by_address_gets_the_id() -> None:
    anna = UserFactory(email="anna@example.com", employee_id=None)
    run(COMPANY)
    assert get("2") == anna
    assert User.objects.count() == 3


def test_a_file_without_ids_is_matched_by_address() -> None:
    head, rows = ["Name", "Email"], [["Anna", "a@example.com"], ["Bert", "b@example.com"]]
    run(rows, head)
    assert run([["Anna Berg", "A@example.com"], rows[1]], head).plan.counts()["changed"] == 1


def test_people_keep_the_time_zone_they_chose_until_they_move() -> None:
    run(COMPANY)
    User.objects.filter(employee_id="3").update(
        time_zone="Asia/Tokyo", last_login=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert run(COMPANY).plan.changes_nothing
    run([BOSS, ANNA, changed(CARL, city="Toronto")])
    assert get("3").time_zone == "America/Toronto"


def test_grades_of_the_file_are_taken() -> None:
    head = [*HEAD, "Grade"]
    rows = [[*BOSS, "G9"], [*ANNA, "G5"], [*CARL, "G2"]]
    result = run(rows, head)
    assert list(Grade.objects.values_list("name", flat=True)) == ["G2", "G5", "G9"]
    assert (get("3").grade.name, get("3").grade_is_derived) == ("G2", False)
    assert "new_grades" in [note["key"] for note in result.plan.notes]
    assert run(rows, head).plan.changes_nothing
    assert run(COMPANY).plan.changes_nothing, "a file without grades takes none away"


def test_a_grade_given_by_hand_stays() -> None:
    run(COMPANY, grades_by_depth=True)
    top = Grade.objects.order_by("-rank").first()
    people.edit_by_hr(
        actor=get("1"), person=get("3"), employee_id="3", grade=top, email="carl@example.com"
    )
    assert run(COMPANY).plan.changes_nothing
    assert get("3").grade == top


def test_a_moved_tree_moves_the_grades_that_came_from_it() -> None:
    run(COMPANY, grades_by_depth=True)
    run([BOSS, ANNA, changed(CARL, manager="1")])
    assert get("3").grade == get("2").grade


def test_somebody_alone_gets_no_grade_from_the_tree() -> None:
    lone = ["4", "Lone Wolf", "lone@example.com", "", "", ""]
    run([*COMPANY, lone], grades_by_depth=True)
    assert get("4").grade is None


def test_hire_dates_and_excel_files() -> None:
    book = openpyxl.Workbook()
    book.active.append(
        ["Employee ID", "First name", "Last name", "Work Email", "Hire date", "Manager ID"]
    )
    book.active.append([1, "Berta", "Boss", "b@example.com", datetime(2001, 2, 3), None])
    book.active.append([2.0, "Anna", "Berg", "a@example.com", None, 1])
    book.active.append([3, "=A1", "Berg", "c@example.com", None, 1])
    stream = io.BytesIO()
    book.save(stream)
    result = import_now(content=stream.getvalue(), confirm_errors=True)
    assert codes(result) == [(4, "formula")]
    assert (get("1").hired_on, get("2").manager) == (date(2001, 2, 3), get("1"))


def test_a_text_that_differs_only_in_its_composition_has_not_changed() -> None:
    run([BOSS, changed(ANNA, department="Büro")])
    User.objects.filter(employee_id="2").update(department="Bu\u0308ro")
    plan = run([BOSS, changed(ANNA, department="Büro")], dry_run=True).plan
    assert (plan.changed, plan.unchanged) == ([], 2)
