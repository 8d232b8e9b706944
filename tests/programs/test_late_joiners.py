"""After enrolment has ended: who was promised a day can still answer, others can be let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from common import clock
from notifications.models import OutboxMessage
from programs.domain import answers, invitations
from programs.domain.answers import may_apply
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
LET_IN = "programs.let_in"


@pytest.fixture
def program() -> Program:
    """A program in which people enrol for ten more days."""
    today = clock.today("Europe/Berlin")
    made: Program = ProgramFactory(
        state=ProgramState.ENROLLING,
        enrolment_deadline=today + timedelta(days=10),
        starts_on=today + timedelta(days=20),
        ends_on=today + timedelta(days=200),
    )
    return made


@pytest.fixture
def hr() -> User:
    """An HR admin."""
    made: User = UserFactory(is_hr_admin=True)
    return made


def invite(program: Program, hr: User) -> Enrolment:
    result = invitations.invite(
        actor=hr, program=program, people=[UserFactory()], role=PairRole.MENTOR
    )
    return result.enrolments[0]


def move_on(enrolment: Enrolment, state: str = ProgramState.RUNNING) -> Enrolment:
    """Enrolment ends before its last day, as when pairs are published."""
    Program.objects.update(state=state)
    return Enrolment.objects.select_related("program", "person").get(pk=enrolment.pk)


@pytest.mark.parametrize(
    ("state", "days", "can"),
    [
        (ProgramState.MATCHING, 10, True),
        (ProgramState.RUNNING, 10, True),
        (ProgramState.RUNNING, 11, False),
        (ProgramState.CLOSING, 10, False),
        (ProgramState.CANCELLED, 10, False),
    ],
)
def test_a_promised_day_stays_good(
    program: Program, hr: User, at: At, state: str, days: int, can: bool
) -> None:
    enrolment = move_on(invite(program, hr), state)
    at(clock.now() + timedelta(days=days))
    assert may_apply(enrolment) == can
    assert bool(answers.editable_steps(enrolment)) == can


def test_a_shorter_deadline_breaks_no_promise(program: Program, hr: User, at: At) -> None:
    enrolment = invite(program, hr)
    Program.objects.update(enrolment_deadline=clock.today("Europe/Berlin"))
    at(clock.now() + timedelta(days=3))
    assert may_apply(move_on(enrolment, ProgramState.ENROLLING))


def test_invited_after_the_start_of_the_program(program: Program, hr: User, at: At) -> None:
    Program.objects.update(state=ProgramState.RUNNING)
    enrolment = move_on(invite(program, hr))
    assert enrolment.answer_by == clock.today("Europe/Berlin") + invitations.LATE_DAYS
    assert may_apply(enrolment)
    assert enrolment.answer_by is not None
    mail = OutboxMessage.objects.get(kind="programs.invitation")
    assert f"{enrolment.answer_by:%-d %b %Y}" in mail.text


def test_who_comes_too_late_reads_whom_to_write_to_and_is_let_in(
    program: Program, hr: User, as_user: AsUser, at: At
) -> None:
    cora = UserFactory(name="Cora Brandt")
    ProgramStaffFactory(program=program, person=cora)
    enrolment = move_on(invite(program, hr))
    at(clock.now() + timedelta(days=30))
    client = as_user(enrolment.person)
    own_page = reverse("programs:enrolment", args=[enrolment.public_id])
    page = client.get(own_page).text
    assert "Cora Brandt" in page
    assert f'href="mailto:{cora.email}"' in page

    people = reverse("programs:enrolment_list", args=[program.public_id])
    client = as_user(cora)
    assert "Let them answer for a week" in client.get(people).text
    assert client.post(people, {"action": "let_in", "people": [enrolment.public_id]}).status_code
    enrolment.refresh_from_db()
    assert may_apply(enrolment)
    mail = OutboxMessage.objects.get(kind=LET_IN)
    assert mail.recipient == enrolment.person
    client.post(people, {"action": "let_in", "people": [enrolment.public_id]})
    assert OutboxMessage.objects.filter(kind=LET_IN).count() == 1, "they still can"

    page = as_user(enrolment.person).get(own_page).text
    assert "Answer by" in page
    assert "Cora Brandt</li>" not in page


@pytest.mark.parametrize("state", [EnrolmentState.APPLIED, EnrolmentState.WITHDRAWN])
def test_who_has_answered_is_not_let_in_again(program: Program, hr: User, state: str) -> None:
    enrolment = EnrolmentFactory(program=program, state=state)
    Program.objects.update(state=ProgramState.RUNNING)
    assert invitations.let_in(actor=hr, enrolments=[enrolment]) == []
