"""Leavers of an import and what follows from it, changed reporting lines, and addresses."""

from __future__ import annotations

import pytest

from accounts.domain import addresses, hr_admins, people
from accounts.enums import AddressChangeState, DirectoryState
from accounts.models import AddressChange, User
from common.models import AuditEntry
from notifications import outbox
from notifications.models import OutboxMessage
from tests.factories import PairingFactory, UserFactory
from tests.mentoring.directory import ANNA, BOSS, CARL, COMPANY, changed, codes, get, run

pytestmark = pytest.mark.django_db


def test_somebody_with_an_error_is_not_taken_to_have_left() -> None:
    run(COMPANY)
    result = run([BOSS, ANNA, changed(CARL, email="nonsense")], confirm_errors=True)
    assert result.plan.leaving == []
    assert get("3").is_active


def test_nobody_leaves_while_a_row_is_about_nobody_knows_whom() -> None:
    run(COMPANY)
    result = run(
        [BOSS, ANNA, ["", "Somebody", "", "", "", ""]], confirm_errors=True, confirm_leavers=True
    )
    assert result.plan.leaving == []
    assert {"key": "nobody_leaves", "rows": 1, "people": 1} in result.plan.notes


def test_leavers_are_deactivated_and_come_back() -> None:
    run(COMPANY)
    epoch = get("3").session_epoch
    stopped = run([BOSS, ANNA])
    assert (stopped.applied, stopped.stopped_by) == (False, "leavers"), (
        "one of three is more than a tenth"
    )
    assert run([BOSS, ANNA], confirm_leavers=True).plan.counts()["leaving"] == 1
    carl = get("3")
    assert (carl.is_active, carl.directory_state, carl.session_epoch) == (
        False,
        DirectoryState.LEFT,
        epoch + 1,
    )
    assert run([BOSS, ANNA]).plan.changes_nothing
    back = run(COMPANY)
    assert back.plan.counts()["returning"] == 1
    assert (get("3").is_active, get("3").directory_state) == (True, DirectoryState.LISTED)
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {
        "directory.imported",
        "person.left",
        "person.returned",
    }


def test_a_tenth_is_not_many() -> None:
    rows = [
        [str(number), f"Person {number}", f"p{number}@example.com", "", "", ""]
        for number in range(10)
    ]
    run(rows)
    assert run(rows[1:]).applied
    assert run(rows[2:]).stopped_by == "leavers"


def test_a_part_of_the_company_makes_nobody_leave() -> None:
    run(COMPANY)
    assert run([BOSS], partial=True).plan.changes_nothing


def test_the_status_column_makes_people_leave() -> None:
    head = ["Name", "Email", "Status"]
    run([["Anna", "a@example.com", "active"], ["Bert", "b@example.com", "active"]], head)
    result = run(
        [["Anna", "a@example.com", "active"], ["Bert", "b@example.com", "terminated"]],
        head,
        confirm_leavers=True,
    )
    assert [person.name for person in result.plan.leaving] == ["Bert"]
    assert run([["Zoe", "z@example.com", "terminated"]], head, partial=True).plan.changes_nothing


def test_hr_admins_and_the_acting_person_stay() -> None:
    run(COMPANY)
    hr_admins.set_hr_admin(actor=None, person=get("3"), value=True)
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
    outbox.enqueue(
        recipient=get("3"), kind="accounts.address_rejected", subject="s", text="t", dedupe_key="k"
    )
    run([BOSS, ANNA], confirm_leavers=True)
    pairing.refresh_from_db()
    assert (pairing.state, pairing.paused_by_directory) == ("paused", True)
    assert not OutboxMessage.objects.filter(recipient=get("3")).exclude(state="cancelled").exists()
    assert OutboxMessage.objects.filter(recipient=pairing.mentee).exists()


@pytest.mark.parametrize("state", ["active", "offered"])
def test_a_pair_that_has_become_a_reporting_line_stops(state: str) -> None:
    run([BOSS, changed(ANNA, manager=""), CARL])
    fields = (
        {"mentor_accepted_at": None, "mentee_accepted_at": None, "activated_at": None}
        if state == "offered"
        else {}
    )
    pairing = PairingFactory(
        mentor_enrolment__person=get("3"), mentee_enrolment__person=get("1"), state=state, **fields
    )
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
    assert (change.old_email, change.new_email, change.state) == (
        "anna@example.com",
        "berg@example.com",
        "pending",
    )
    assert result.plan.counts()["addresses"] == 1
    again = [BOSS, changed(ANNA, email="berg@example.com", department="Service"), CARL]
    assert run(again).plan.changes_nothing
    addresses.confirm(actor=UserFactory(is_hr_admin=True), change=change)
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
        (
            [
                BOSS,
                changed(ANNA, email="x@example.com"),
                ["", "Anna", "anna@example.com", "", "", ""],
            ],
            "address_of_other",
        ),
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
