"""Inviting by filter and by a list of addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from notifications.models import OutboxMessage
from programs.domain.pasted import check_lines
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, GradeFactory, ProgramStaffFactory, UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
QUERIES = 13


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
    data = {"people": "\n".join(lines)}
    page = client.post(url_of(program, "invite_list"), data)
    problems = {item.line: item.problem for item in page.context["checked"].problems}
    assert problems == {
        3: "nobody in the directory is called so",
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
    page = client.post(url, {"people": "ada@example.com", "send": "1"})
    assert "could be on either side" in page.text and not Enrolment.objects.exists()
    assert (
        client.post(url, {"people": "ada@example.com", "send": "1", "role": "mentee"}).status_code
        == 303
    )
    assert Enrolment.objects.get().role == "mentee"


def test_an_empty_list_is_an_error_at_its_field(as_user: AsUser) -> None:
    response = as_user(make.hr()).post(url_of(make.enrolling(), "invite_list"), {"people": ""})
    assert response.status_code == 422 and "Paste at least one address or name" in response.text


def test_single_people_can_be_left_out_and_invited_after_all(as_user: AsUser) -> None:
    program, client = make.enrolling(), as_user(make.hr(grade=None))
    low = GradeFactory(rank=1)
    ada, bo = UserFactory(name="Ada", grade=low), UserFactory(name="Bo", grade=low)
    page = client.get(url_of(program))
    assert f"?out={ada.public_id}#rows" in page.text
    url = url_of(program, query=f"?role=mentor&out={ada.public_id}&out=nonsense")
    page = client.get(url)
    assert [row["person"] for row in page.context["rows"]] == [bo]
    assert "Left out by you:" in page.text and "1 mail leaves" in page.text
    assert f'value="{ada.public_id}"' in page.text  # the filter keeps it
    [(_person, back)] = page.context["left_out"]
    again = client.get(url_of(program) + back.removesuffix("#rows"))
    assert [row["person"] for row in again.context["rows"]] == [ada, bo]
    assert client.post(url, {"total": "1"}).status_code == 303
    assert [row.person for row in Enrolment.objects.all()] == [bo]


def test_staff_are_left_out_and_can_be_invited_by_name(as_user: AsUser) -> None:
    program, client = make.enrolling(), as_user(make.hr(grade=None))
    dana = UserFactory(name="Dana Kurz", email="dana@example.com", grade=GradeFactory(rank=1))
    ProgramStaffFactory(program=program, person=dana, role="safe_contact")
    page = client.get(url_of(program))
    assert page.context["total"] == 0
    assert "Dana Kurz (Safe contact)" in page.text
    by_name = url_of(program, "invite_person")
    assert by_name in page.text
    page = client.post(url_of(program, "invite_list"), {"people": "dana@example.com"})
    assert "invite them by name if you mean it" in page.text and not page.context["rows"]
    assert client.post(by_name, {"person": "kurz dana"}).status_code == 303
    assert Enrolment.objects.get().person == dana
    page = client.post(by_name, {"person": "kurz dana"})
    assert page.status_code == 422 and "is in the program already" in page.text


@pytest.mark.parametrize(
    ("juniors", "seniors", "words"),
    [
        (6, 0, "no seniors yet"),
        (9, 3, "9 juniors for 3 seniors"),
        (3, 9, "9 seniors for 3 juniors"),
        (4, 0, ""),
        (7, 5, ""),
    ],
)
def test_sides_out_of_balance_are_said_before_sending(
    juniors: int, seniors: int, words: str, as_user: AsUser
) -> None:
    program = make.enrolling(mentors_label="juniors", mentees_label="seniors")
    client = as_user(make.hr(grade=None))
    people = UserFactory.create_batch(juniors, grade=GradeFactory(rank=1))
    people += UserFactory.create_batch(seniors, grade=GradeFactory(rank=6))
    addresses = {"people": "\n".join(person.email for person in people)}
    for page in (
        client.get(url_of(program)),
        client.post(url_of(program, "invite_list"), addresses),
    ):
        assert ("notice-warning" in page.text) == bool(words)
        assert words in page.text
        assert f"{juniors + seniors} mails leave when you press the button" in page.text
    assert not Enrolment.objects.exists()


def test_who_is_in_the_program_already_counts_for_the_balance(as_user: AsUser) -> None:
    program = make.enrolling()
    EnrolmentFactory.create_batch(6, program=program, role="mentee", state="invited")
    EnrolmentFactory.create_batch(3, program=program, role="mentee", state="withdrawn")
    UserFactory.create_batch(9, grade=GradeFactory(rank=1))
    page = as_user(make.hr(grade=None)).get(url_of(program, query="?role=mentor"))
    assert page.context["total"] == 9 and page.context["imbalance"] == ""


def test_list_takes_names_and_asks_which_of_several_is_meant(as_user: AsUser) -> None:
    program, client = make.enrolling(), as_user(make.hr(grade=None))
    low = GradeFactory(rank=1)
    UserFactory(name="Anna Maria Müller", email="maria@example.com", grade=low)
    UserFactory(name="Zoë Abel", email="zoe@example.com", grade=low)
    for number in (1, 2):
        UserFactory(
            name="Jo Berg", email=f"jo{number}@example.com", grade=low, department=f"Shop {number}"
        )
    lines = ["abel, zoe", "Jo Berg", "Anna Mueller", "zoe@example.com", "Nobody Here"]
    data = {"people": "\n".join(lines)}
    page = client.post(url_of(program, "invite_list"), data)
    problems = {one.line: one.problem for one in page.context["checked"].problems}
    assert problems == {
        2: "choose whom you mean",
        3: "choose whom you mean",
        4: "is here twice",
        5: "nobody in the directory is called so",
    }
    assert [row["person"].name for row in page.context["rows"]] == ["Zoë Abel"]
    assert 'value="jo2@example.com Jo Berg"' in page.text

    data |= {
        "send": "1",
        "meant-2": "jo2@example.com Jo Berg",
        "meant-3": "maria@example.com another line",
    }
    page = client.post(url_of(program, "invite_list"), data)
    assert "Jo Berg &lt;jo2@example.com&gt;" in page.text
    assert "Anna Mueller\n" in page.text, "that choice was for what stood there before"
    assert not Enrolment.objects.exists(), "those chosen are shown before they are invited"
    again = {"people": "abel, zoe\nJo Berg <jo2@example.com>", "send": "1"}
    assert client.post(url_of(program, "invite_list"), again).status_code == 303
    invited = Enrolment.objects.values_list("person__email", flat=True)
    assert set(invited) == {"zoe@example.com", "jo2@example.com"}


@pytest.mark.parametrize("lines", [1, 30])
def test_list_takes_a_constant_number_of_queries(
    lines: int, django_assert_num_queries: Any
) -> None:
    program = make.enrolling()
    people = UserFactory.create_batch(lines, grade=GradeFactory(rank=1))
    text = "\n".join([person.name for person in people] + [person.email for person in people])
    with django_assert_num_queries(5):
        check_lines(program, text, None)
