"""The question for oneself in a step of the prep pack, and the card."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from programs.enums import PairRole
from programs.forms.prep import ANSWER_LENGTH
from programs.models import Enrolment, PrepAnswer, PrepStep
from tests.factories import UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Enrolment:
    """A mentor whose pack asks something in its second step."""
    row = make.applied(make.enrolling())
    for position, question in [(1, ""), (2, "What will you not talk about?")]:
        PrepStep.objects.create(
            program=row.program,
            role=PairRole.MENTOR,
            position=position,
            title=f"Step {position}",
            body="Text",
            question=question,
            is_card=position == 2,
        )
    return row


def send(as_user: AsUser, row: Enrolment, text: str, step: int = 2) -> object:
    """Keep an answer."""
    url = reverse("programs:prep", args=[row.public_id])
    data = {"position": step, "keep": "1", f"step{step}-answer": text}
    return as_user(row.person).post(url, data)


def test_an_answer_is_kept_encrypted_and_comes_back(as_user: AsUser, row: Enrolment) -> None:
    send(as_user, row, "My salary")
    assert PrepAnswer.objects.get().text == "My salary"
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM programs_prepanswer")
        assert "salary" not in str(cursor.fetchall())
    page = as_user(row.person).get(reverse("programs:prep", args=[row.public_id]))
    assert "My salary" in page.text
    assert not row.prep_ticks.exists()


def test_an_empty_answer_deletes_it(as_user: AsUser, row: Enrolment) -> None:
    send(as_user, row, "My salary")
    PrepAnswer.objects.update()
    url = reverse("programs:prep", args=[row.public_id])
    as_user(row.person).post(url, {"position": 2, "keep": "1", "step2-answer": " "})
    assert not PrepAnswer.objects.exists()


def test_too_long_an_answer_is_refused_at_its_field_and_stays(
    as_user: AsUser, row: Enrolment
) -> None:
    page = send(as_user, row, "x" * (ANSWER_LENGTH + 1))
    assert page.status_code == 422  # type: ignore[attr-defined]
    assert "x" * (ANSWER_LENGTH + 1) in page.text  # type: ignore[attr-defined]
    assert not PrepAnswer.objects.exists()


def test_nobody_else_reads_or_writes_it(as_user: AsUser, row: Enrolment) -> None:
    send(as_user, row, "My salary")
    url = reverse("programs:prep", args=[row.public_id])
    for person, status in ((make.hr(), 403), (UserFactory(), 404)):
        assert as_user(person).get(url).status_code == status
        assert as_user(person).post(url, {"position": 2, "keep": "1"}).status_code == status
    assert PrepAnswer.objects.get().text == "My salary"


def test_the_card_is_a_page_of_its_own(as_user: AsUser, row: Enrolment) -> None:
    url = reverse("programs:prep_card", args=[row.public_id])
    assert "data-print" in as_user(row.person).get(url).text
    PrepStep.objects.update(is_card=False)
    assert as_user(row.person).get(url).status_code == 404
