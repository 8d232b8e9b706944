"""Whoever takes part in a program finds its coordinator on each page and in each mail."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Delegation
from feedback.mail import make_token
from notifications import kinds
from notifications.mail.mime import footer_of
from notifications.models import OutboxMessage
from programs.models import ProgramStaff
from tests.factories import (
    EnrolmentFactory,
    PairingFactory,
    ProgramFactory,
    ProgramStaffFactory,
    UserFactory,
)
from tests.feedback.factories import ParticipationFactory
from tests.support.pages import text_of
from tests.support.types import AsUser
from tests.url_matrix import core
from tests.url_matrix.world import World

pytestmark = pytest.mark.django_db
COORDINATOR = "mailto:coordinator@example.com"


def pages_of(role: str) -> list[core.Row]:
    """The rows of the matrix that somebody with this role opens with GET."""
    rows = [row for row in core.all_rows() if row.method == "get" and row.setup is None]
    return [row for row in rows if not row.public and row.expected(role) is None]


def is_page(response: Any) -> bool:
    """Neither a redirect, nor a file, nor a part of a page."""
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return response.status_code in {200, 422} and is_html and "<html" in text_of(response)


@pytest.mark.broad
@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_coordinator_stands_on_every_page_of_a_participant(
    world: World, as_user: AsUser, role: str
) -> None:
    client = as_user(world.people[role])
    answers = {row.name: client.get(row.url(world)) for row in pages_of(role)}
    pages = {name: answer for name, answer in answers.items() if is_page(answer)}
    assert len(pages) > 20
    assert [name for name, page in pages.items() if COORDINATOR not in text_of(page)] == []


def test_delegate_reads_whom_to_ask_about_the_sessions_they_look_after(as_user: AsUser) -> None:
    enrolment = EnrolmentFactory(role="mentee")
    staff = ProgramStaffFactory(program=enrolment.program, role="coordinator")
    kim = UserFactory()
    Delegation.objects.create(mentee=enrolment.person, delegate=kim)
    page = text_of(as_user(kim).get(reverse("meetings:delegate_home")))
    assert f"mailto:{staff.person.email}" in page
    assert enrolment.program.name not in page and reverse("concerns:talk") not in page


def test_pages_without_a_program_name_nobody(as_user: AsUser) -> None:
    assert "mailto:" not in as_user(UserFactory()).get("/").text


def test_every_program_names_its_own_and_the_newest_come_first(as_user: AsUser) -> None:
    person = UserFactory()
    for name in ("Anna", "Bela"):
        program = ProgramFactory(name=f"Program of {name}")
        EnrolmentFactory(person=person, program=program)
        ProgramStaffFactory(
            program=program, person=UserFactory(name=name, email=f"{name.lower()}@example.com")
        )
    page = as_user(person).get("/me/profile/").text
    for name in ("Anna", "Bela"):
        assert f"Program of {name}" in page
        assert f'href="mailto:{name.lower()}@example.com"' in page


def test_hr_is_named_where_there_is_no_coordinator_but_oneself(as_user: AsUser) -> None:
    UserFactory(is_hr_admin=True, email="hanna@example.com")
    enrolment = EnrolmentFactory()
    page = as_user(enrolment.person).get(reverse("mentoring:home")).text
    assert "mailto:hanna@example.com" in page
    ProgramStaffFactory(program=enrolment.program, person=enrolment.person)
    page = as_user(enrolment.person).get(reverse("mentoring:home")).text
    assert "mailto:hanna@example.com" in page
    assert f"mailto:{enrolment.person.email}" not in page
    gone = ProgramStaffFactory(program=enrolment.program, person__is_active=False)
    assert gone.person.email not in as_user(enrolment.person).get("/").text


def test_survey_from_a_mail_says_whom_to_ask(client: Client) -> None:
    asked = ParticipationFactory()
    staff = ProgramStaffFactory(program=asked.round.program)
    page = client.get(reverse("feedback:survey_answer", args=[make_token(asked)])).text
    assert f"mailto:{staff.person.email}" in page


@pytest.mark.broad
def test_coordinator_stands_in_every_mail() -> None:
    staff: ProgramStaff = ProgramStaffFactory(person__name="Cora Brandt")
    reader = PairingFactory(program=staff.program).mentor
    data = {"topics": [*kinds.TOPICS][:1]}
    for kind in kinds.all_kinds():
        message = OutboxMessage(
            public_id=uuid.uuid4(),
            recipient=reader,
            kind=kind.key,
            scope=staff.program.public_id,
            data=data,
        )
        foot = " ".join(footer_of(message).origin)
        assert f"Cora Brandt <{staff.person.email}>" in foot, kind.key


@pytest.mark.broad
def test_mail_without_a_program_names_hr() -> None:
    admin = UserFactory(is_hr_admin=True)
    for kind in kinds.all_kinds():
        message = OutboxMessage(
            recipient=UserFactory(), kind=kind.key, data={"topics": [*kinds.TOPICS][:1]}
        )
        assert admin.email in " ".join(footer_of(message).origin), kind.key
