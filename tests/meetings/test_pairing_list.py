"""The list of pairs of a program."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.domain import agreements
from pairings.enums import PairingState
from programs.models import Program
from tests import factories as make
from tests.support.types import AsUser
from tests.url_matrix.world import scheduled_session


def address(program: Program) -> str:
    return reverse("meetings:pairing_list", args=[program.public_id])


@pytest.fixture
def program() -> Program:
    """A running program with a pair that has met once and signed, and one that has not."""
    found: Program = make.ProgramFactory(planned_sessions=6)
    for name, held in (("Ann", True), ("Ben", False)):
        mentor = make.UserFactory(
            junior=True,
            name=f"{name} Young",
            sort_key=f"young {name.lower()}",
            search_text=name.lower(),
        )
        pairing = make.PairingFactory(
            program=found, mentor_enrolment=make.EnrolmentFactory(program=found, person=mentor)
        )
        if held:
            MentoringSession.objects.filter(pk=scheduled_session(pairing).pk).update(
                state=SessionState.HELD
            )
            for person in (pairing.mentor, pairing.mentee):
                agreements.sign(actor=person, pairing=pairing, number=0)
    return found


@pytest.mark.django_db
def test_list_shows_sessions_and_signatures(program: Program, as_user: AsUser) -> None:
    coordinator = make.ProgramStaffFactory(program=program).person
    page = as_user(coordinator).get(address(program)).content.decode()
    assert "1 of 6" in page
    assert "0 of 6" in page
    assert page.index("Ann Young") < page.index("Ben Young")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=ann", {"Ann"}),
        ("signed=yes", {"Ann"}),
        ("signed=no", {"Ben"}),
        ("state=paused", set()),
        ("state=active&sort=held", {"Ann", "Ben"}),
        ("sort=nonsense&state=nonsense", {"Ann", "Ben"}),
    ],
)
def test_list_searches_filters_and_sorts(
    query: str, names: set[str], program: Program, as_user: AsUser
) -> None:
    client = as_user(make.UserFactory(is_hr_admin=True))
    rows = client.get(
        f"{address(program)}?{query}", headers={"HX-Request": "true", "HX-Target": "rows"}
    ).content.decode()
    assert {name for name in ("Ann", "Ben") if f"{name} Young" in rows} == names
    assert "<html" not in rows
    if "held" in query:
        assert rows.index("Ben Young") < rows.index("Ann Young")


@pytest.mark.django_db
def test_list_of_a_program_one_does_not_manage_is_404(program: Program, as_user: AsUser) -> None:
    other = make.ProgramStaffFactory().person
    member = program.pairings.first()
    assert member is not None
    for person in (other, member.mentor, member.mentee, make.UserFactory()):
        assert as_user(person).get(address(program)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    program = make.ProgramFactory()
    for _ in range(rows):
        make.PairingFactory(program=program, state=PairingState.PAUSED)
    client = as_user(make.ProgramStaffFactory(program=program).person)
    with django_assert_max_num_queries(9):
        page = client.get(address(program)).content.decode()
    assert page.count('<th scope="row">') == rows


@pytest.mark.django_db
def test_pairing_export_is_headed_by_the_programs_labels(program: Program, as_user: AsUser) -> None:
    Program.objects.filter(pk=program.pk).update(mentor_label="guide", mentee_label="explorer")
    client = as_user(make.ProgramStaffFactory(program=program).person)
    answer = client.get(reverse("meetings:pairing_export", args=[program.public_id]))
    header, *rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert header.startswith('"Guide","Department","Explorer","Department","State",')
    assert len(rows) == 2
