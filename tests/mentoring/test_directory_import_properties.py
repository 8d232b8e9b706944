"""The import of any two files: nothing half-written, no circle, nobody gets another's address."""

from __future__ import annotations

import csv
import io

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.domain.reporting import cycles_in
from accounts.models import AddressChange, User
from mentoring.people_import.import_now import import_now
from tests.factories import UserFactory

pytestmark = pytest.mark.slow

HEAD = ["Id", "Name", "Email", "Department", "Manager ID", "Grade", "Status"]
NUMBERS = ["1", "2", "3", "4", "5"]
EMAILS = ["a@x.example", "B@x.example", "c@x.example", "d@x.example", "e@x.example"]


def mostly(usual: st.SearchStrategy[str], *odd: str) -> st.SearchStrategy[str]:
    """The usual, and one time in six something odd."""
    return st.integers(0, 5).flatmap(lambda dice: st.sampled_from(odd) if dice == 0 else usual)


def person(at: int) -> st.SearchStrategy[tuple[str, ...]]:
    """The row of the person with this place in NUMBERS and EMAILS, more or less."""
    return st.tuples(
        mostly(st.just(NUMBERS[at]), "", *NUMBERS),
        mostly(st.just(f"Person {at}"), "", "=1+1"),
        mostly(st.just(EMAILS[at]), "", "none", "hr@x.example", "new@x.example", *EMAILS),
        st.sampled_from(["", "Sales"]),
        mostly(st.sampled_from(["", *NUMBERS]), "9"),
        st.sampled_from(["", "G1", "G2"]),
        mostly(st.just("active"), "left", "?"),
    )


FILE = (
    st.permutations(range(5))
    .flatmap(lambda order: st.tuples(*(person(at) for at in order)))
    .map(list)
)
FILES = st.lists(
    st.tuples(FILE, st.integers(1, 5)).map(lambda drawn: drawn[0][: drawn[1]]),
    min_size=1,
    max_size=3,
)


def content(rows: list[tuple[str, ...]], columns: int) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(row[:columns] for row in [tuple(HEAD), *rows])
    return stream.getvalue().encode()


CONFIRMED = {"confirm_managers": True, "confirm_errors": True, "confirm_leavers": True}


def check_everything(
    before: dict[int, str],
    numbers: dict[int, str | None],
    asked: set[int],
    errors: set[int],
    rows: list[tuple[str, ...]],
) -> None:
    people = list(User.objects.values("pk", "email", "manager_id", "is_active", "employee_id"))
    assert cycles_in({person["pk"]: person["manager_id"] for person in people}) == []
    assert {
        person["pk"]: person["email"] for person in people if person["pk"] in before
    } == before, "no address changes itself"
    kept = {person["pk"]: person["employee_id"] for person in people if numbers.get(person["pk"])}
    assert kept == {pk: number for pk, number in numbers.items() if number}, (
        "nobody becomes somebody else"
    )
    waiting = (
        AddressChange.objects.filter(state="pending")
        .exclude(pk__in=asked)
        .values_list("new_email", flat=True)
    )
    assert not set(waiting) & set(before.values()), "nobody is offered the address of somebody else"
    assert set(EmailAddress.objects.values_list("email", flat=True)) <= {
        person["email"] for person in people
    }
    new = [person for person in people if person["pk"] not in before]
    good = {row[2].lower() for number, row in enumerate(rows, start=2) if number not in errors}
    assert {person["email"] for person in new} <= good, "nothing comes from a row with an error"
    assert User.objects.get(email="hr@x.example").is_active


@pytest.mark.django_db
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FILES, st.sampled_from([3, 5, 5, 7]))
def test_whatever_the_files_say(files: list[list[tuple[str, ...]]], columns: int) -> None:
    with transaction.atomic():
        UserFactory(email="hr@x.example", is_hr_admin=True, employee_id=None)
        for rows in files:
            before = dict(User.objects.values_list("pk", "email"))
            asked = set(AddressChange.objects.values_list("pk", flat=True))
            numbers = dict(User.objects.values_list("pk", "employee_id"))
            file = content(rows, columns)
            dry = import_now(content=file, dry_run=True)
            result = import_now(content=file, **CONFIRMED)
            assert result.plan.fingerprint() == dry.plan.fingerprint()
            errors = {problem.row for problem in result.plan.problems if problem.is_error}
            check_everything(before, numbers, asked, errors, rows)
            again = import_now(content=file, **CONFIRMED)
            assert again.plan.changes_nothing, again.plan.counts()
        transaction.set_rollback(True)
