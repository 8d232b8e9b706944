"""Inviting by filter and by a list of addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from notifications.models import OutboxMessage
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, GradeFactory, UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
QUERIES = 11


def url_of(program: Program, name: str = "invite", query: str = "") -> str:
    """The address of the page."""
    return reverse(f"programs:{name}", args=[program.public_id]) + query


@pytest.mark.parametrize("rows", [1, 3])
def test_invite_takes_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_num_queries: Any
) -> None:
    program = make.enrolling()
    for _ in range(rows):
        UserFactory(grade=GradeFactory(rank=1))
    client = as_user(make.hr())
    with django_assert_num_queries(QUERIES):
        response = client.get(url_of(program, query="?max_grade="))
    assert response.context["total"] == rows + 1  # and the HR admin


def test_invite_shows_who_and_sends_to_exactly_these(as_user: AsUser) -> None:
    program = make.enrolling()
    UserFactory(name="Ada", grade=GradeFactory(rank=1), department="Outlet")
    UserFactory(name="Somebody in Legal", grade=GradeFactory(rank=1), department="Legal")
    client, url = as_user(make.hr()), url_of(program, query="?department=Outlet")
    page = client.get(url)
    assert (
        "Ada" in page.text
        and "Somebody in Legal" not in page.text
        and "1 person would be invited" in page.text
    )
    assert not Enrolment.objects.exists()  # looking changes nothing
    assert client.post(url, {"total": "1"}).headers["Location"] == url_of(program, "enrolment_list")
    assert Enrolment.objects.get().person.name == "Ada"
    assert client.post(url, {"total": "1"}).status_code == 422  # sent twice: nobody is left
    assert OutboxMessage.objects.count() == 1


def test_invite_asks_again_when_it_would_be_others_now(as_user: AsUser) -> None:
    program = make.enrolling()
    UserFactory(grade=GradeFactory(rank=1))
    response = as_user(make.hr()).post(url_of(program), {"total": "7"})
    assert response.status_code == 422 and "changed meanwhile" in response.text
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("name", ["invite", "invite_list"])
def test_a_draft_says_what_to_do_first(name: str, as_user: AsUser) -> None:
    program = make.draft()
    UserFactory(grade=GradeFactory(rank=1))
    client = as_user(make.hr())
    page = client.get(url_of(program, name))
    assert "Enrolment is not open yet" in page.text and "Invite these" not in page.text
    response = client.post(url_of(program), {"total": "2"})
    assert response.status_code == 422 and not Enrolment.objects.exists()


def test_list_says_line_by_line_what_cannot_be_used(as_user: AsUser) -> None:
    program, client = make.enrolling(), as_user(make.hr())
    UserFactory(name="Ada", email="ada@example.com", grade=GradeFactory(rank=1))
    UserFactory(email="gone@example.com", is_active=False)
    UserFactory(email="nograde@example.com", grade=None)
    inside = EnrolmentFactory(program=program)
    lines = [
        "Ada Berg <ADA@example.com>,",
        "",
        "just words",
        "ada@example.com",
        "who@example.com",
        "gone@example.com",
        "nograde@example.com",
        inside.person.email,
    ]
    data = {"addresses": "\n".join(lines)}
    page = client.post(url_of(program, "invite_list"), data)
    problems = {item["line"]: item["problem"] for item in page.context["checked"].problems}
    assert problems == {
        3: "no e-mail address in this line",
        4: "is here twice",
        5: "nobody in the directory has this address",
        6: "has left the company",
        7: "outside the grades or departments of this program",
        8: "is in the program already",
    }
    assert page.status_code == 200 and [row["person"].name for row in page.context["rows"]] == [
        "Ada"
    ]
    assert Enrolment.objects.count() == 1  # checking invites nobody
    assert client.post(url_of(program, "invite_list"), {**data, "send": "1"}).status_code == 303
    assert Enrolment.objects.filter(person__email="ada@example.com").exists()


def test_list_asks_for_a_side_where_the_grade_leaves_it_open(as_user: AsUser) -> None:
    program = make.enrolling(mentor_max_grade=None, mentee_min_grade=None)
    UserFactory(email="ada@example.com")
    client, url = as_user(make.hr()), url_of(program, "invite_list")
    page = client.post(url, {"addresses": "ada@example.com", "send": "1"})
    assert "could be on either side" in page.text and not Enrolment.objects.exists()
    assert (
        client.post(
            url, {"addresses": "ada@example.com", "send": "1", "role": "mentee"}
        ).status_code
        == 303
    )
    assert Enrolment.objects.get().role == "mentee"


def test_an_empty_list_is_an_error_at_its_field(as_user: AsUser) -> None:
    response = as_user(make.hr()).post(url_of(make.enrolling(), "invite_list"), {"addresses": ""})
    assert response.status_code == 422 and "Paste at least one address" in response.text
