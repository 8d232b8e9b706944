"""The foot of each mail names the company, the program and whom to ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Company, User
from notifications.delivery import sender
from notifications.mail import origin
from notifications.models import OutboxMessage
from programs.enums import StaffRole
from programs.models import Program, ProgramStaff
from tests.factories import ProgramFactory, UserFactory
from tests.notifications.conftest import put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company(db: None) -> None:
    Company.objects.create(id=1, name="Northwind & Sons")


@pytest.fixture
def program() -> Program:
    found: Program = ProgramFactory(name="Digital fluency")
    cora = UserFactory(name="Cora Brandt", email="cora@example.com")
    ProgramStaff.objects.create(program=found, person=cora, role=StaffRole.COORDINATOR)
    return found


def foot(mailoutbox: list[Any]) -> tuple[str, str]:
    """The end of the text and of the HTML of the one mail."""
    sender.send_due()
    (mail,) = mailoutbox
    return mail.body.rpartition("-- \n")[2], str(mail.alternatives[0][0])


def test_a_message_of_a_program_names_its_coordinators(
    person: User, program: Program, mailoutbox: list[Any]
) -> None:
    html = "<html><body><!--footer--></body></html>"
    put(person, scope=program.public_id, html=html)
    text, html = foot(mailoutbox)
    assert text.startswith(
        "Northwind & Sons · Digital fluency\nQuestions: Cora Brandt <cora@example.com>\n"
    )
    assert "Northwind &amp; Sons · Digital fluency<br>" in html
    assert "Questions: Cora Brandt &lt;cora@example.com&gt;<br>" in html


def test_a_message_without_a_program_names_hr(person: User, mailoutbox: list[Any]) -> None:
    UserFactory(name="Hanna Roth", email="hanna@example.com", is_hr_admin=True)
    UserFactory(name="Gone", email="gone@example.com", is_hr_admin=True, is_active=False)
    put(person)
    text, _html = foot(mailoutbox)
    assert text.startswith("Northwind & Sons\nQuestions: Hanna Roth <hanna@example.com>\n")
    assert "Gone" not in text


def test_names_are_words_and_at_most_three(person: User, mailoutbox: list[Any]) -> None:
    Company.objects.update(name="North\nwind [[link]] <b>")
    for number in range(5):
        UserFactory(name=f"Hanna {number}", email=f"h{number}@example.com", is_hr_admin=True)
    put(person, html="<html><body><!--footer--></body></html>")
    text, html = foot(mailoutbox)
    assert text.startswith("North wind [")
    assert "<b>" not in html
    assert text.splitlines()[1].count("@") == 3


def test_many_mails_take_no_more_queries_for_it(
    person: User, program: Program, mailoutbox: list[Any]
) -> None:
    def asked(number: int) -> int:
        for one in range(number):
            put(person, f"{number}-{one}", scope=program.public_id)
        with CaptureQueriesContext(connection) as captured:
            sender.send_due()
        return sum("programs_program" in query["sql"] for query in captured.captured_queries)

    assert asked(1) == asked(5) == 2
    assert len(mailoutbox) == 6


def test_what_is_remembered_ends_with_the_round(program: Program) -> None:
    with origin.remembered():
        assert origin.origin_of(program.public_id).program == "Digital fluency"
        Program.objects.update(name="Other")
        assert origin.origin_of(program.public_id).program == "Digital fluency"
    assert origin.origin_of(program.public_id).program == "Other"
    assert not OutboxMessage.objects.exists()
