"""Where people stand at the end, beside what they said at enrolment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from feedback import mail
from feedback.enums import Label
from programs.domain.self_assessment import rate_again, standings
from programs.enums import PairRole, ProgramState
from programs.models import Enrolment, Program, TopicRating
from tests.factories import UserFactory
from tests.feedback.factories import ParticipationFactory
from tests.programs.factories import approved, enrolling
from tests.support.pages import url_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def taking_part(role: str = PairRole.MENTEE, *, days_left: int = 10) -> Enrolment:
    """Somebody in a program of 100 days that ends so soon."""
    row = approved(enrolling(), role)
    today = clock.today(row.program.time_zone)
    row.program.state = ProgramState.RUNNING
    row.program.ends_on = today + timedelta(days=days_left)
    row.program.starts_on = row.program.ends_on - timedelta(days=100)
    row.program.enrolment_deadline = None
    row.program.save()
    return Enrolment.objects.get(pk=row.pk)


@pytest.mark.parametrize("role", [PairRole.MENTOR, PairRole.MENTEE])
def test_both_times_stand_side_by_side_for_their_author_alone(as_user: AsUser, role: str) -> None:
    row = taking_part(role)
    page = url_of("programs:self_assessment", row)
    topics = standings(row)
    assert topics
    given = {f"topic_{standing.topic.pk}": 5 for standing in topics}
    answer = as_user(row.person).post(page, given, follow=True)
    assert "At enrolment" in answer.text
    assert [standing.now for standing in standings(row)] == [5] * len(topics)
    assert [standing.before for standing in standings(row)] == [one.before for one in topics]
    assert as_user(UserFactory()).get(page).status_code == 404
    assert as_user(UserFactory(is_hr_admin=True)).get(page).status_code == 403


def test_missing_number_is_told_and_the_rest_is_kept(as_user: AsUser) -> None:
    row = taking_part()
    answer = as_user(row.person).post(url_of("programs:self_assessment", row), {"topic_0": "9"})
    assert answer.status_code == 422
    assert "Choose a number." in answer.text
    assert not TopicRating.objects.filter(moment="closing").exists()


def test_self_assessment_waits_for_the_second_half(as_user: AsUser) -> None:
    row = taking_part(days_left=60)
    with pytest.raises(DomainError):
        rate_again(enrolment=row, values={})
    page = as_user(row.person).get(url_of("programs:self_assessment", row)).text
    assert "in the second half of the program" in page
    assert 'type="radio"' not in page


@pytest.mark.parametrize(("kind", "leads"), [("closing", True), ("pulse", False)])
def test_closing_survey_leads_to_it_and_keeps_it_apart(
    as_user: AsUser, kind: str, leads: bool
) -> None:
    row = taking_part()
    asked = ParticipationFactory(
        round__program=row.program,
        round__kind=kind,
        round__label=Label.ANONYMOUS,
        person=row.person,
    )
    link = reverse("feedback:survey_answer", args=[mail.make_token(asked)])
    page = as_user(row.person).post(link, {"q-q-scale": 3, "action": "send"}, follow=True).text
    assert (url_of("programs:self_assessment", row) in page) == leads


def test_home_asks_while_the_program_closes_until_it_is_said(as_user: AsUser) -> None:
    row = taking_part()
    page, home = url_of("programs:self_assessment", row), reverse("mentoring:home")
    assert page not in as_user(row.person).get(home).text
    Program.objects.filter(pk=row.program_id).update(state=ProgramState.CLOSING)
    assert page in as_user(row.person).get(home).text
    rate_again(enrolment=Enrolment.objects.get(pk=row.pk), values={standings(row)[0].topic.pk: 4})
    assert page not in as_user(row.person).get(home).text


def test_no_time_of_it_is_kept() -> None:
    row = taking_part()
    before = AuditEntry.objects.count()
    rate_again(enrolment=row, values={standings(row)[0].topic.pk: 4})
    assert AuditEntry.objects.count() == before
    assert not {field.name for field in TopicRating._meta.fields} & {"created_at", "updated_at"}
