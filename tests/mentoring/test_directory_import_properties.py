"""Whatever two files say one after the other: nothing half-written, no circle, nobody's address taken, and repeatable."""

from __future__ import annotations

import csv
import io

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.domain.reporting import cycles_in
from accounts.models import User
from mentoring.workflows.import_now import import_now
from tests.factories import UserFactory

HEAD = ["Id", "Name", "Email", "Department", "Manager ID", "Grade", "Status"]
ID = st.sampled_from(["", "1", "2", "3", "4", "5"])
ROW = st.tuples(
    ID,
    st.sampled_from(["Anna", "Bert", "Carl", "", "=1+1"]),
    st.sampled_from(["a@x.example", "B@x.example", "b@x.example", "c@x.example", "d@x.example", "hr@x.example", "", "none"]),
    st.sampled_from(["", "Sales"]),
    ID | st.just("9"),
    st.sampled_from(["", "G1", "G2"]),
    st.sampled_from(["active", "left", "?"]),
)
FILES = st.lists(st.lists(ROW, min_size=1, max_size=7), min_size=1, max_size=3)


def content(rows: list[tuple[str, ...]], columns: int) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(row[:columns] for row in [tuple(HEAD), *rows])
    return stream.getvalue().encode()


def check_everything(before: dict[int, str], errors: set[int], rows: list[tuple[str, ...]]) -> None:
    people = list(User.objects.values("pk", "email", "manager_id", "is_active", "employee_id"))
    assert cycles_in({person["pk"]: person["manager_id"] for person in people}) == []
    assert {person["pk"]: person["email"] for person in people if person["pk"] in before} == before, "no address changes itself"
    assert set(EmailAddress.objects.values_list("email", flat=True)) <= {person["email"] for person in people}
    new = [person for person in people if person["pk"] not in before]
    good = {row[2].lower() for number, row in enumerate(rows, start=2) if number not in errors}
    assert {person["email"] for person in new} <= good, "nothing comes from a row with an error"
    assert User.objects.get(email="hr@x.example").is_active


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES, st.integers(3, 7))
def test_whatever_the_files_say(files: list[list[tuple[str, ...]]], columns: int) -> None:
    with transaction.atomic():
        UserFactory(email="hr@x.example", is_hr_admin=True, employee_id=None)
        for rows in files:
            before = dict(User.objects.values_list("pk", "email"))
            file = content(rows, columns)
            dry = import_now(content=file, dry_run=True)
            result = import_now(content=file, confirm_errors=True, confirm_leavers=True)
            assert result.plan.fingerprint() == dry.plan.fingerprint()
            errors = {problem.row for problem in result.plan.problems if problem.is_error}
            check_everything(before, errors, rows)
            again = import_now(content=file, confirm_errors=True, confirm_leavers=True)
            assert again.plan.changes_nothing, again.plan.counts()
        transaction.set_rollback(True)
