"""Somebody one would like to be matched with: optional, private, and never told to whom it
names.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from common.errors import DomainError
from common.models import AuditEntry
from programs.domain import wishes
from programs.domain.answers import save_step
from programs.enums import PairRole, ProgramState
from programs.models import Enrolment
from tests.factories import ProgramStaffFactory, UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
ROLES = pytest.mark.parametrize("role", [PairRole.MENTOR, PairRole.MENTEE])


def page_of(row: Enrolment, step: str = "wish") -> str:
    return reverse("programs:enrol", args=[row.public_id, step])


def colleague(name: str) -> Any:
    return UserFactory(name=name, sort_key=name.lower(), search_text=name.lower())


@ROLES
def test_found_ticked_saved_and_taken_back(role: str, as_user: AsUser) -> None:
    row = make.invited(make.enrolling(), role)
    ada = colleague("Ada Byron")
    client = as_user(row.person)
    page = client.get(page_of(row)).text
    assert "Is there somebody you would like to be matched with?" in page
    assert "The people you name learn of it only if they have named you, too" in page
    found = client.post(page_of(row), {"find": "byron", "look": "1"}).text
    assert f'name="wish" id="wish-{ada.public_id}"' in found
    saved = client.post(page_of(row), {"wish": str(ada.public_id)})
    assert saved.status_code == 303
    assert Enrolment.objects.get(pk=row.pk).wishes == [str(ada.public_id)]
    assert "Ada Byron" in client.get(page_of(row, "check")).text
    client.post(page_of(row), {})
    assert Enrolment.objects.get(pk=row.pk).wishes is None


@ROLES
def test_it_is_optional_and_no_sign_that_other_pages_were_read(role: str, as_user: AsUser) -> None:
    row = make.invited(make.enrolling(), role)
    client = as_user(row.person)
    client.post(page_of(row), {"wish": str(colleague("Ada Byron").public_id)})
    row.refresh_from_db()
    assert row.step == 0
    own = client.get(reverse("programs:enrolment", args=[row.public_id]))
    assert "Whom I would like to be matched with" in own.text
    assert not [link for link in own.context["steps"] if link["done"]]


def test_saved_as_one_types_by_htmx(as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    ada = colleague("Ada Byron")
    headers = {"HX-Request": "true"}
    client = as_user(row.person)
    assert (
        "Saved at" in client.post(page_of(row), {"wish": str(ada.public_id)}, headers=headers).text
    )
    matches = client.post(
        page_of(row), {"find": "by"}, headers={**headers, "HX-Trigger-Name": "find"}
    ).text
    assert "Ada Byron" in matches
    assert "<html" not in matches


def test_three_names_at_most(as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    people = [colleague(f"Colleague {letter}") for letter in "ABCD"]
    response = as_user(row.person).post(
        page_of(row), {"wish": [str(person.public_id) for person in people]}
    )
    assert response.status_code == 422
    assert "Name 3 people at most." in response.text
    assert response.text.count(" checked") == 4, "what was ticked stays ticked"
    with pytest.raises(DomainError):
        wishes.replace(enrolment=row, people=people)
    assert Enrolment.objects.get(pk=row.pk).wishes is None


def test_oneself_and_leavers_are_left_out() -> None:
    row = make.applied(make.enrolling())
    gone = UserFactory(is_active=False)
    wishes.replace(enrolment=row, people=[row.person, gone])
    assert row.wishes == [str(gone.public_id)]
    assert wishes.wished_by(row) == []


@pytest.mark.parametrize(
    ("state", "open_"),
    [(ProgramState.ENROLLING, True), (ProgramState.RUNNING, True), (ProgramState.CLOSED, False)],
)
def test_a_wish_can_be_taken_back_as_long_as_one_takes_part(state: str, open_: bool) -> None:
    row = make.applied(make.enrolling())
    row.wishes = [str(colleague("Ada Byron").public_id)]
    row.state = "approved"
    row.save()
    type(row.program).objects.filter(pk=row.program.pk).update(state=state)
    if open_:
        save_step(actor=row.person, enrolment=row, step="wish", answers={"wish": []})
    else:
        with pytest.raises(DomainError, match="cannot be changed"):
            save_step(actor=row.person, enrolment=row, step="wish", answers={"wish": []})
    assert (Enrolment.objects.get(pk=row.pk).wishes is None) is open_


@pytest.mark.broad
def test_nobody_else_reads_it_and_no_trail_tells_it(as_user: AsUser) -> None:
    row = make.applied(make.enrolling())
    wished = make.applied(row.program, PairRole.MENTEE)
    type(wished.person).objects.filter(pk=wished.person.pk).update(name="Canary Wished")
    coordinator, hr = ProgramStaffFactory(program=row.program).person, UserFactory(is_hr_admin=True)
    save_step(actor=row.person, enrolment=row, step="wish", answers={"wish": [wished.person]})
    for reader in (coordinator, hr, wished.person):
        client = as_user(reader)
        assert client.get(page_of(row)).status_code in {403, 404}
        answers = client.get(reverse("programs:enrolment_detail", args=[row.public_id]))
        assert (
            answers.status_code == 404 if reader == wished.person else "Canary" not in answers.text
        )
    assert "Wished" not in repr(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert str(wished.person.public_id) not in repr(
        list(AuditEntry.objects.values_list("detail", "target_id"))
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT wishes FROM programs_enrolment WHERE id = %s", [row.pk])
        stored = cursor.fetchone()[0]
    assert str(wished.person.public_id) not in stored
