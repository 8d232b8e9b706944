"""Wherever people stand one below the other, they stand in the order of their surnames."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.models.people import normalise
from accounts.search import find_people
from programs.models import Program
from tests.factories import (
    EnrolmentFactory,
    GradeFactory,
    PairingFactory,
    ProgramFactory,
    ProgramStaffFactory,
    UserFactory,
)
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
IN_ORDER = [
    "Zoë Abel",
    "Xaver von der Leyen",
    "Sinéad Oak Meyer-Lang",
    "Wim O’Brien",
    "Jo Östberg",
    "Bo Van Dam",
    "Al Zimm",
]


def named_people(**fields: object) -> list[User]:
    """People of these names, made in the order of their first names."""
    people = {}
    for name in sorted(IN_ORDER):
        people[name] = UserFactory(name=name, department="Oak", **fields)
        normalise(people[name]).save()
    return [people[name] for name in IN_ORDER]


def order_on(client: Client, url: str) -> list[str]:
    """The names as they follow each other on a page or in a download, each once."""
    response = client.get(url)
    parts = response.streaming_content if response.streaming else [response.content]
    text = b"".join(parts).decode("utf-8-sig")  # type: ignore[arg-type]
    assert response.status_code == 200, url
    at = {name: text.find(name) for name in IN_ORDER}
    return sorted((name for name in IN_ORDER if at[name] >= 0), key=at.__getitem__)


@pytest.fixture
def program() -> Program:
    made: Program = ProgramFactory()
    return made


@pytest.fixture
def hr(as_user: AsUser) -> Client:
    admin = UserFactory(is_hr_admin=True, name="Mo Middle")
    normalise(admin).save()
    return as_user(admin)


@pytest.mark.parametrize("name", ["people_list", "people_export", "hr_admin_list"])
def test_people_of_the_company(name: str, hr: Client) -> None:
    named_people(is_hr_admin=True)
    assert order_on(hr, reverse(f"accounts:{name}")) == IN_ORDER


@pytest.mark.parametrize(
    "name",
    [
        "programs:enrolment_list",
        "programs:enrolment_export",
        "meetings:pairing_list",
        "meetings:pairing_export",
    ],
)
def test_people_and_pairs_of_a_program(name: str, hr: Client, program: Program) -> None:
    for person in sorted(named_people(), key=lambda one: one.name):
        mentor = EnrolmentFactory(program=program, person=person)
        PairingFactory(
            program=program,
            mentor=person,
            mentor_enrolment=mentor,
            mentee_enrolment=EnrolmentFactory(program=program, role="mentee"),
        )
    assert order_on(hr, reverse(name, args=[program.public_id])) == IN_ORDER


def test_staff_of_a_program(hr: Client, program: Program) -> None:
    for person in sorted(named_people(), key=lambda one: one.name):
        ProgramStaffFactory(program=program, person=person)
    assert order_on(hr, reverse("programs:program_staff", args=[program.public_id])) == IN_ORDER


def test_whom_to_invite(hr: Client) -> None:
    low = GradeFactory(rank=1)
    program = ProgramFactory(mentor_max_grade=low, mentee_min_grade=GradeFactory(rank=5))
    named_people(grade=low)
    url = reverse("programs:invite", args=[program.public_id])
    assert order_on(hr, f"{url}?role=mentor") == IN_ORDER


def test_those_found_by_name() -> None:
    people = named_people(preferred_name="Sam")
    assert find_people("sam").people == people
