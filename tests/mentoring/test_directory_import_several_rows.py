"""A worker with several positions or contracts has several rows, and is one person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from accounts.directory.problems import worded
from accounts.models import User
from tests.mentoring.directory import BOSS, COMPANY, codes, get, run

pytestmark = pytest.mark.django_db
SECOND = ["2", "Anna Maria Berg", "anna@example.com", "Board", "Berlin", "1"]


def test_the_first_row_counts_and_what_differs_is_reported() -> None:
    result = run([*COMPANY, SECOND])
    assert (result.applied, result.plan.error_rows) == (True, 0)
    assert get("2").department == "Sales"
    assert get("3").manager == get("2")
    problem = worded(result.plan.problems[0].as_json())
    assert (problem["row"], problem["is_error"]) == (3, False)
    assert "Rows 3, 5 are about one person" in problem["problem"]
    assert "Department: Sales / Board" in problem["problem"]
    assert "Name: Anna Berg / Anna Maria Berg" in problem["problem"]


def test_a_manager_with_several_rows_is_found_by_name() -> None:
    head = ["Id", "Name", "Email", "Department", "Manager"]
    rows = [
        ["1", "Boss, Berta", "boss@example.com", "Board", ""],
        ["1", "Boss, Berta", "boss@example.com", "Sales", ""],
        ["2", "Berg, Anna", "anna@example.com", "Sales", "Berta Boss"],
    ]
    result = run(rows, head)
    assert result.applied
    assert get("2").manager == get("1")


def test_the_same_row_twice_is_said() -> None:
    result = run([*COMPANY, BOSS])
    assert codes(result) == [(2, "several_rows")]
    assert result.applied


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["2", "Zoe Falk", "anna@example.com", "Board", "Berlin", "1"], "same_id"),
        (["2", "Anna Berg", "other@example.com", "Board", "Berlin", "1"], "same_id"),
        (["4", "Anna Berg", "anna@example.com", "Board", "Berlin", "1"], "same_email"),
    ],
)
def test_rows_that_may_be_two_people_stay_out(row: Sequence[str], code: str) -> None:
    result = run([*COMPANY, row])
    assert {(3, code), (5, code)} <= set(codes(result))
    assert not result.applied


def test_000771_and_771_are_two_people() -> None:
    boss = ["000771", "Berta Boss", "boss@example.com", "Board", "Berlin", ""]
    anna = ["771", "Anna Berg", "anna@example.com", "Sales", "Berlin", "000771"]
    result = run([boss, anna])
    assert result.applied
    assert codes(result) == [(2, "similar_id"), (3, "similar_id")]
    assert get("771").manager == get("000771")
    assert User.objects.filter(employee_id__in=["771", "000771"]).count() == 2
    lost = run([["771", *boss[1:]]], partial=True)
    assert not lost.applied
    new = run([["0771", "Carl Dorn", "carl@example.com", "Sales", "Berlin", ""]], partial=True)
    assert (2, "similar_id") in codes(new)


@pytest.mark.parametrize("number", ["1.000", "1,000", "1 000", "1’000"])
def test_an_id_with_separators_and_one_without_are_two_people(number: str) -> None:
    boss = ["1000", "Berta Boss", "boss@example.com", "Board", "Berlin", ""]
    anna = [number, "Anna Berg", "anna@example.com", "Sales", "Berlin", "1000"]
    carl = ["1", "Carl Dorn", "carl@example.com", "Sales", "Berlin", "1000"]
    result = run([boss, anna, carl])
    assert result.applied
    assert codes(result) == [(2, "similar_id"), (3, "similar_id")]
    assert get("1").name == "Carl Dorn"
    assert get(number).manager == get("1000")


def test_a_manager_is_found_by_each_of_their_positions() -> None:
    head = ["Id", "Position ID", "Name", "Email", "Reports To Position ID"]
    rows = [
        ["1", "P-10", "Berta Boss", "boss@example.com", ""],
        ["1", "P-11", "Berta Boss", "boss@example.com", ""],
        ["2", "P-12", "Anna Berg", "anna@example.com", "P-11"],
        ["3", "P-13", "Carl Dorn", "carl@example.com", "P-10"],
    ]
    assert run(rows, head).applied
    assert get("2").manager == get("3").manager == get("1")
