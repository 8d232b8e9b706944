"""The figures of a program are right, and each leads to its list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from meetings.enums import SessionState
from meetings.models import MentoringSession, SessionStatement
from mentoring.reporting.queries import program_figures
from pairings.models import AgreementVersion, Signature
from programs.enums import EnrolmentState
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory, UserFactory
from tests.feedback.factories import RoundFactory
from tests.support.types import AsUser
from tests.url_matrix.world import scheduled_session

pytestmark = pytest.mark.django_db


def sign(pairing: Any) -> None:
    version = AgreementVersion.objects.create(pairing=pairing, number=1, text="-")
    for person in (pairing.mentor, pairing.mentee):
        Signature.objects.create(version=version, person=person, signed_at=clock.now())


def test_program_figures_count_each_thing_once() -> None:
    program = ProgramFactory(planned_sessions=6)
    for state, number in (
        (EnrolmentState.INVITED, 3),
        (EnrolmentState.VOLUNTEERING, 1),
        (EnrolmentState.APPLIED, 2),
    ):
        EnrolmentFactory.create_batch(number, program=program, state=state)
    met, late, unsigned = PairingFactory.create_batch(3, program=program)
    type(late).objects.filter(pk=late.pk).update(activated_at=clock.now() - timedelta(days=22))
    for pairing in (met, late):
        sign(pairing)
    for number, (pairing, state) in enumerate(
        [(met, "held"), (unsigned, "held"), (met, "missed"), (met, "scheduled")], start=1
    ):
        session = scheduled_session(pairing, day_offset=number, number=number)
        MentoringSession.objects.filter(pk=session.pk).update(state=state)
    for person, outcome in ((met.mentor, SessionState.HELD), (met.mentee, SessionState.MISSED)):
        SessionStatement.objects.create(
            session=met.sessions.get(state="missed"), person=person, outcome=outcome, at=clock.now()
        )
    RoundFactory(program=program)
    RoundFactory(program=program, state="closed", closed_at=clock.now(), asked=8, answered=6)
    PairingFactory()  # of another program
    figures = program_figures(program)
    mentors = figures.people[0]
    assert (mentors.invited, mentors.applied, mentors.approved) == (4, 2, 3)
    assert (
        figures.pairs.active,
        figures.pairs.without_first_session,
        figures.pairs.late,
        figures.pairs.unsigned,
    ) == (
        3,
        1,
        1,
        1,
    )
    sessions = figures.sessions
    assert (
        sessions.planned,
        sessions.held,
        sessions.counted,
        sessions.scheduled,
        sessions.missed,
    ) == (18, 2, 1, 1, 1)
    assert (sessions.disagreements, sessions.held_percent) == (1, 11)
    surveys = figures.surveys
    assert (surveys.open, surveys.closed, surveys.asked, surveys.answered) == (1, 1, 8, 6)


def test_program_figures_of_an_empty_program_are_zero() -> None:
    assert program_figures(ProgramFactory()).sessions.held_percent == 0


def test_dashboard_links_lead_somewhere(as_user: AsUser) -> None:
    program = ProgramFactory()
    client = as_user(UserFactory(is_hr_admin=True))
    text = client.get(reverse("mentoring:dashboard", args=[program.public_id])).text
    links = {
        part.split('"')[0].replace("&amp;", "&") for part in text.split('class="tile" href="')[1:]
    }
    assert len(links) >= 15
    for link in links:
        response = client.get(link)
        assert response.status_code == 200, link


@pytest.mark.parametrize("rows", [1, 3])
def test_dashboard_query_count(as_user: AsUser, rows: int, django_assert_num_queries: Any) -> None:
    program = ProgramFactory()
    PairingFactory.create_batch(rows, program=program)
    client = as_user(UserFactory(is_hr_admin=True))
    with django_assert_num_queries(12):
        client.get(reverse("mentoring:dashboard", args=[program.public_id]))
