"""The directory import as a whole: what it writes, that it can be repeated, and that it never writes half."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.domain import addresses, people
from accounts.enums import AddressChangeState, DirectoryState
from accounts.models import AddressChange, Company, Grade, User
from common.models import AuditEntry
from mentoring.workflows.import_now import Result, import_now
from notifications import outbox
from notifications.models import OutboxMessage
from tests.factories import PairingFactory, UserFactory

pytestmark = pytest.mark.django_db

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "hr-directory.csv"
HEAD = ["Id", "Name", "Email", "Department", "City", "Manager ID"]
BOSS = ["1", "Berta Boss", "boss@example.com", "Board", "Berlin", ""]
ANNA = ["2", "Anna Berg", "anna@example.com", "Sales", "Berlin", "1"]
CARL = ["3", "Carl Dorn", "carl@example.com", "Sales", "London", "2"]
COMPANY = [BOSS, ANNA, CARL]


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([head, *rows])
    return stream.getvalue().encode()


def run(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD, **options: Any) -> Result:
    return import_now(content=table(rows, head), **options)


def changed(row: Sequence[str], **values: str) -> list[str]:
    fields = dict(zip(["id", "name", "email", "department", "city", "manager"], row, strict=True))
    return list((fields | values).values())


def codes(result: Result) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in result.plan.problems]


def get(number: str) -> User:
    return User.objects.get(employee_id=number)


@pytest.mark.skipif(not REAL.exists(), reason="the example directory is not part of the project")
def test_the_example_directory_goes_in_as_it_is() -> None:
    result = import_now(content=REAL.read_bytes())
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
        *("America/Los_Angeles", "America/Chicago", "America/Toronto", "Europe/London", "Europe/Berlin", "UTC")
    }
    before = AuditEntry.objects.count()
    again = import_now(content=REAL.read_bytes())
    assert again.plan.changes_nothing
    assert again.plan.counts()["unchanged"] == 107
    assert AuditEntry.objects.count() == before


def test_a_company_goes_in() -> None:
    Company.objects.create(id=1, time_zone="Europe/Vienna", locale="de")
    result = run(COMPANY)
    assert (result.applied, codes(result)) == (True, [])
    carl = get("3")
    assert (carl.name, carl.department, carl.location, carl.time_zone) == ("Carl Dorn", "Sales", "London", "Europe/London")
    assert (carl.manager, carl.locale, carl.directory_state) == (get("2"), "de", DirectoryState.LISTED)
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
    fields = {outcome.entry.row.name: outcome.fields for outcome in result.plan.changed if outcome.entry}
    assert fields["Anna Berg"]["department"] == ("Sales", "Service")
    assert fields["Anna Berg"]["manager"] == ("Berta Boss", "")
    anna = get("2")
    assert (anna.department, anna.manager, anna.search_text.count("service")) == ("Service", None, 1)


def test_a_column_that_is_not_in_the_file_is_left_alone() -> None:
    run(COMPANY)
    run([[row[0], row[1], row[2]] for row in COMPANY], HEAD[:3])
    assert (get("3").department, get("3").manager, get("3").location) == ("Sales", get("2"), "London")


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
    assert run(rows_by_name, head, mapping={"manager_email": "", "manager_name": "Manager"}).plan.changes_nothing


def test_rows_come_in_any_order() -> None:
    run([CARL, ANNA, BOSS])
    assert get("3").manager == get("2")
    assert get("2").manager == get("1")


BAD = {
    "an unknown manager": ([BOSS, changed(ANNA, manager="99")], [(3, "manager_unknown")], ["1"]),
    "a circle of two": ([BOSS, changed(ANNA, manager="3"), CARL], [(3, "cycle"), (4, "cycle")], ["1"]),
    "a circle with somebody below it": (
        [BOSS, changed(ANNA, manager="3"), CARL, ["4", "Dora Eck", "dora@example.com", "", "", "3"]],
        [(3, "cycle"), (4, "cycle"), (5, "manager_out")],
        ["1"],
    ),
    "an id twice": ([BOSS, ANNA, changed(CARL, id="2", manager="1")], [(3, "same_id"), (4, "same_id")], ["1"]),
    "an address twice": (
        [BOSS, ANNA, changed(CARL, email="ANNA@example.com")],
        [(3, "same_email"), (4, "same_email")],
        ["1"],
    ),
    "a formula": ([BOSS, changed(ANNA, name="=1+1")], [(3, "formula")], ["1"]),
    "a manager who stays out": ([BOSS, changed(ANNA, email=""), CARL], [(3, "no_email"), (4, "manager_out")], ["1"]),
    "two managers of one name": (
        [["Eva Alt", "e1@example.com", ""], ["Eva Alt", "e2@example.com", ""], ["Fritz", "f@example.com", "Eva Alt"]],
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
    """Anna goes up and Berta below her; Anna's row is wrong, so that Berta below Anna would be a circle."""
    run(COMPANY)
    result = run([changed(BOSS, manager="2"), changed(ANNA, manager="", name=""), CARL], confirm_errors=True)
    assert (2, "cycle") in codes(result)
    assert get("1").manager is None


def test_naming_oneself_as_manager_means_none() -> None:
    result = run([changed(BOSS, manager="1"), ANNA, CARL])
    assert codes(result) == [(2, "own_manager")]
    assert (result.applied, get("1").manager) == (True, None)


def test_somebody_with_an_error_is_not_taken_to_have_left() -> None:
    run(COMPANY)
    result = run([BOSS, ANNA, changed(CARL, email="nonsense")], confirm_errors=True)
    assert result.plan.leaving == []
    assert get("3").is_active


def test_nobody_leaves_while_a_row_is_about_nobody_knows_whom() -> None:
    run(COMPANY)
    result = run([BOSS, ANNA, ["", "Total", "", "", "", ""]], confirm_errors=True, confirm_leavers=True)
    assert result.plan.leaving == []
    assert result.plan.notes[0] == {"key": "nobody_leaves", "rows": 1, "people": 1}


def test_leavers_are_deactivated_and_come_back() -> None:
    run(COMPANY)
    epoch = get("3").session_epoch
    stopped = run([BOSS, ANNA])
    assert (stopped.applied, stopped.stopped_by) == (False, "leavers"), "one of three is more than a tenth"
    assert run([BOSS, ANNA], confirm_leavers=True).plan.counts()["leaving"] == 1
    carl = get("3")
    assert (carl.is_active, carl.directory_state, carl.session_epoch) == (False, DirectoryState.LEFT, epoch + 1)
    assert run([BOSS, ANNA]).plan.changes_nothing
    back = run(COMPANY)
    assert back.plan.counts()["returning"] == 1
    assert (get("3").is_active, get("3").directory_state) == (True, DirectoryState.LISTED)
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"directory.imported", "person.left", "person.returned"}


def test_a_tenth_is_not_many() -> None:
    rows = [[str(number), f"Person {number}", f"p{number}@example.com", "", "", ""] for number in range(10)]
    run(rows)
    assert run(rows[1:]).applied
    assert run(rows[2:]).stopped_by == "leavers"


def test_a_part_of_the_company_makes_nobody_leave() -> None:
    run(COMPANY)
    assert run([BOSS], partial=True).plan.changes_nothing


def test_the_status_column_makes_people_leave() -> None:
    head = ["Name", "Email", "Status"]
    run([["Anna", "a@example.com", "active"], ["Bert", "b@example.com", "active"]], head)
    result = run([["Anna", "a@example.com", "active"], ["Bert", "b@example.com", "terminated"]], head, confirm_leavers=True)
    assert [person.name for person in result.plan.leaving] == ["Bert"]
    assert run([["Zoe", "z@example.com", "terminated"]], head, partial=True).plan.changes_nothing


def test_hr_admins_and_the_acting_person_stay() -> None:
    run(COMPANY)
    people.set_hr_admin(actor=None, person=get("3"), value=True)
    result = run([BOSS], actor=get("2"), confirm_leavers=True)
    assert sorted(code for _row, code in codes(result)) == ["kept_hr_admin", "kept_self"]
    assert User.objects.filter(is_active=True).count() == 3


def test_people_who_never_came_with_the_directory_do_not_leave() -> None:
    UserFactory(name="By Hand")
    assert run(COMPANY).plan.leaving == []


def test_somebody_deactivated_by_hand_stays_so() -> None:
    run(COMPANY)
    people.deactivate(actor=get("1"), person=get("3"))
    result = run([BOSS, ANNA, changed(CARL, department="Service")])
    assert codes(result) == [(4, "stays_inactive")]
    assert (get("3").is_active, get("3").department) == (False, "Service")


def test_pairs_of_leavers_pause_and_their_messages_are_cancelled() -> None:
    run(COMPANY)
    pairing = PairingFactory(mentor_enrolment__person=get("3"))
    outbox.enqueue(recipient=get("3"), kind="accounts.address_rejected", subject="s", text="t", dedupe_key="k")
    run([BOSS, ANNA], confirm_leavers=True)
    pairing.refresh_from_db()
    assert (pairing.state, pairing.paused_by_directory) == ("paused", True)
    assert not OutboxMessage.objects.filter(recipient=get("3")).exclude(state="cancelled").exists()
    assert OutboxMessage.objects.filter(recipient=pairing.mentee).exists()


@pytest.mark.parametrize("state", ["active", "offered"])
def test_a_pair_that_has_become_a_reporting_line_stops(state: str) -> None:
    run([BOSS, changed(ANNA, manager=""), CARL])
    fields = {"mentor_accepted_at": None, "mentee_accepted_at": None, "activated_at": None} if state == "offered" else {}
    pairing = PairingFactory(mentor_enrolment__person=get("3"), mentee_enrolment__person=get("1"), state=state, **fields)
    other = PairingFactory()
    run([BOSS, ANNA, CARL])
    pairing.refresh_from_db()
    other.refresh_from_db()
    assert pairing.state == {"active": "paused", "offered": "void"}[state]
    assert other.state == "active"


def test_a_changed_address_waits_to_be_confirmed() -> None:
    run(COMPANY)
    result = run([BOSS, changed(ANNA, email="Berg@example.com", department="Service"), CARL])
    anna = get("2")
    assert (anna.email, anna.department) == ("anna@example.com", "Service")
    change = AddressChange.objects.get()
    assert (change.old_email, change.new_email, change.state) == ("anna@example.com", "berg@example.com", "pending")
    assert result.plan.counts()["addresses"] == 1
    again = [BOSS, changed(ANNA, email="berg@example.com", department="Service"), CARL]
    assert run(again).plan.changes_nothing
    addresses.confirm(actor=get("1"), change=change)
    assert run(again).plan.changes_nothing


def test_a_rejected_address_is_not_asked_about_again() -> None:
    run(COMPANY)
    rows = [BOSS, changed(ANNA, email="berg@example.com"), CARL]
    run(rows)
    addresses.reject(actor=get("1"), change=AddressChange.objects.get())
    result = run(rows)
    assert result.plan.changes_nothing
    assert codes(result) == [(3, "rejected_before")]


def test_a_change_that_the_directory_takes_back_no_longer_waits() -> None:
    run(COMPANY)
    run([BOSS, changed(ANNA, email="berg@example.com"), CARL])
    run(COMPANY)
    assert AddressChange.objects.get().state == AddressChangeState.WITHDRAWN


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([BOSS, changed(ANNA, email="carl@example.com")], "address_of_other"),
        ([BOSS, ["9", "New Person", "anna@example.com", "", "", ""]], "address_has_other_id"),
        ([BOSS, ANNA, CARL, ["", "Anna Berg", "anna@example.com", "", "", ""]], "same_email"),
        ([BOSS, changed(ANNA, email="x@example.com"), ["", "Anna", "anna@example.com", "", "", ""]], "address_of_other"),
    ],
)
def test_nobody_gets_the_address_of_somebody_else(rows: list[list[str]], code: str) -> None:
    run(COMPANY)
    result = run(rows, confirm_errors=True, partial=True)
    if code == "address_of_other" and len(rows) == 3:
        code = "same_person"
    assert code in {found for _row, found in codes(result)}
    assert get("2").email == "anna@example.com"
    assert User.objects.count() == 3
    assert not AddressChange.objects.exists()


def test_somebody_known_by_address_gets_the_id() -> None:
    anna = UserFactory(email="anna@example.com", employee_id=None)
    run(COMPANY)
    assert get("2") == anna
    assert User.objects.count() == 3


def test_a_file_without_ids_goes_by_address() -> None:
    head, rows = ["Name", "Email"], [["Anna", "a@example.com"], ["Bert", "b@example.com"]]
    run(rows, head)
    assert run([["Anna Berg", "A@example.com"], rows[1]], head).plan.counts()["changed"] == 1


def test_people_keep_the_time_zone_they_chose_until_they_move() -> None:
    run(COMPANY)
    User.objects.filter(employee_id="3").update(time_zone="Asia/Tokyo", last_login=datetime(2026, 1, 1, tzinfo=UTC))
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
    run(COMPANY)
    top = Grade.objects.order_by("-rank").first()
    people.edit_by_hr(actor=get("1"), person=get("3"), employee_id="3", grade=top, email="carl@example.com")
    assert run(COMPANY).plan.changes_nothing
    assert get("3").grade == top


def test_a_moved_tree_moves_the_grades_that_came_from_it() -> None:
    run(COMPANY)
    run([BOSS, ANNA, changed(CARL, manager="1")])
    assert get("3").grade == get("2").grade


def test_somebody_alone_gets_no_grade_from_the_tree() -> None:
    run([*COMPANY, ["4", "Lone Wolf", "lone@example.com", "", "", ""]])
    assert get("4").grade is None


def test_hire_dates_and_excel_files() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Employee ID", "First name", "Last name", "Work Email", "Hire date", "Manager ID"])
    book.active.append([1, "Berta", "Boss", "b@example.com", datetime(2001, 2, 3), None])
    book.active.append([2.0, "Anna", "Berg", "a@example.com", None, 1])
    book.active.append([3, "=A1", "Berg", "c@example.com", None, 1])
    stream = io.BytesIO()
    book.save(stream)
    result = import_now(content=stream.getvalue(), confirm_errors=True)
    assert codes(result) == [(4, "formula")]
    assert (get("1").hired_on, get("2").manager) == (date(2001, 2, 3), get("1"))


def big(count: int) -> bytes:
    return table(
        [
            [f"E{number}", f"First{number} Last{number % 97}", f"p{number}@example.com", f"D{number % 9}", "Berlin",
             f"E{(number - 1) // 7}" if number else ""]
            for number in range(count)
        ]
    )  # fmt: skip


def test_the_number_of_queries_does_not_follow_the_number_of_people(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(45):
        assert import_now(content=big(3_000)).applied
    User.objects.update(department="old")
    with django_assert_max_num_queries(30):
        assert import_now(content=big(3_000)).plan.counts()["changed"] == 3_000
    with django_assert_max_num_queries(12):
        assert import_now(content=big(3_000)).plan.changes_nothing


@pytest.mark.slow
def test_20_000_people_need_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20 + 20 * 6):
        assert import_now(content=big(20_000)).applied
    assert User.objects.count() == 20_000


def test_somebody_who_changes_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.domain import directory_apply
    from mentoring.workflows import directory_import

    run(COMPANY)
    plain = directory_import.apply_plan

    def meanwhile(*args: Any, **options: Any) -> list[int]:
        User.objects.filter(employee_id="2").update(preferred_name="Anni")
        return plain(*args, **options)

    monkeypatch.setattr(directory_import, "apply_plan", meanwhile)
    with pytest.raises(directory_apply.StaleError):
        run([BOSS, changed(ANNA, department="Service"), CARL])


def command(*args: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("import_people", *args, stdout=out, stderr=io.StringIO())
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_imports_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(table(COMPANY))
    code, text = command(str(file), "--dry-run")
    assert (code, "3 new" in text, "dry run" in text, User.objects.count()) == (0, True, True, 0)
    code, text = command(str(file), "--json")
    said = json.loads(text)
    assert (code, said["applied"], said["counts"]["new"], said["mapping"]["employee_id"]) == (0, True, 3, "Id")
    assert json.loads(command(str(file), "--json")[1])["counts"]["unchanged"] == 3


def test_the_command_stops_with_1(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(table([BOSS, changed(ANNA, manager="99")]))
    code, text = command(str(file), "--json")
    said = json.loads(text)
    assert (code, said["stopped_by"], said["problems"][0]["code"]) == (1, "errors", "manager_unknown")
    assert not User.objects.exists()
    assert command(str(file), "--skip-errors")[0] == 0
    assert command(str(file), "--json", "--map", "shoe=Size")[0] == 1
    with pytest.raises(CommandError, match="FIELD=HEADING"):
        command(str(file), "--map", "nonsense")
    with pytest.raises(CommandError, match="can’t be read"):
        command(str(tmp_path / "missing.csv"))


def test_the_command_takes_columns_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(table([["Anna Berg", "a@example.com", "Blue"]], ["Wer", "Wohin", "Team"]))
    assert command(str(file), "--map", "name=Wer", "email=Wohin", "department=")[0] == 0
    assert User.objects.get().department == ""
