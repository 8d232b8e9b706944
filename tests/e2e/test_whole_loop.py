"""The whole loop through the pages, on the real web server, worker, beat, broker and mail server.

HR imports a directory, makes a program and invites; people enrol, are matched, accept, sign and
meet; the reminder comes once; the session is logged, a goal is set and checked; the pulse opens and
closes by itself and is answered by its link; the overview shows it all. The clock of all processes
is moved where people would wait for weeks.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext

from feedback.domain.freezing import coarse_number
from feedback.domain.response import number_in_words
from tests.e2e import companies, steps_hr, steps_people
from tests.e2e.companies import Company, Person
from tests.e2e.processes import System
from tests.e2e.stage import Stage
from tests.e2e.steps_people import BERLIN, PULSE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REMINDER = "Your mentoring session:"
MOMENT = timedelta(minutes=2)  # after something has come due


@pytest.fixture
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    """The running system; the end of its logs is shown where the test fails."""
    name = f"loop-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    failed = request.session.testsfailed
    with System(Path(settings.VAR_DIR).absolute() / name) as system:
        yield system
        if request.session.testsfailed > failed:
            sys.stderr.write(system.logs())


@pytest.fixture
def stage(system: System, new_context: Callable[..., BrowserContext]) -> Iterator[Stage]:
    """The browsers; whatever their consoles complain of is the test's trouble."""
    stage = Stage(system, new_context)
    yield stage
    assert stage.troubles == [], "the browsers' consoles"


@pytest.fixture(params=["invented", "shared"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Company:
    """An invented directory; the shared one where it is present."""
    if request.param == "shared":
        if not companies.SHARED.exists():
            pytest.skip(f"{companies.SHARED} is not here")
        return companies.shared(tmp_path)
    return companies.invented(tmp_path)


def test_whole_loop(system: System, stage: Stage, company: Company) -> None:
    starts = monday_after(system.now().astimezone(BERLIN), days=10)
    hr = steps_hr.set_password(stage, company)
    steps_hr.set_up_company(hr, company)
    steps_hr.import_people(hr, company)
    program = steps_hr.new_program(hr, stage, company, starts.date())
    steps_hr.invite(hr, company)
    for at, (mentor, mentee) in enumerate(zip(company.mentors, company.mentees, strict=True)):
        steps_people.enrol_as_mentor(stage, mentor, at)
        steps_people.enrol_as_mentee(stage, mentee, at)
    steps_hr.approve_everybody(hr, stage, program, company)
    steps_hr.match(hr, stage, program, company)
    mentor, mentee = become_pairs(stage, company)
    steps_hr.people_list(hr, stage, program, len(company.mentees))

    session = starts + timedelta(days=2, hours=10)
    meet(system, stage, mentor, mentee, session)
    steps_people.set_goal(stage, mentee)
    steps_people.sees_goal(stage, mentee, note=steps_people.NOTE)
    answered = pulse(system, stage, company, opens=starts + timedelta(days=35, hours=9))

    reminded(system, mentor, mentee, count=2)  # still two each, after all these weeks
    pairs, asked = len(company.mentors), len(company.mentees)
    in_fives = number_in_words(coarse_number(answered, asked), asked)
    words = [
        f"{pairs} pairs have held 1 of {pairs} sessions planned by now",
        f"1 of {pairs} pairs have met",
        f"{in_fives} of {asked} answered",
    ]
    steps_hr.check_overview(hr, stage, program, words)
    steps_hr.read_results(hr, stage, program, f"{PULSE} (mentees) 1", answers=answered)
    assert all(count == 1 for count in system.sink.copies().values()), "no mail has left twice"


def become_pairs(stage: Stage, company: Company) -> tuple[Person, Person]:
    """Mentors say yes, then mentees, then all sign; the first mentor and whoever learns from
    them.
    """
    for person in (*company.mentors, *company.mentees):
        steps_people.accept(stage, person)
    partner_of = {person.email: steps_people.sign(stage, person) for person in company.everyone}
    mentor = company.mentors[0]
    mentee = next(person for person in company.mentees if person.name == partner_of[mentor.email])
    assert partner_of[mentee.email] == mentor.name
    return mentor, mentee


def meet(system: System, stage: Stage, mentor: Person, mentee: Person, session: datetime) -> None:
    """Book, be reminded a day and an hour before, meet, log."""
    steps_people.book(stage, mentee, session)
    stage.mail(mentor.email, "Mentoring session booked:")
    assert not [one for one in system.sink.messages if REMINDER in one.subject]
    for count, hours in enumerate((24, 1), start=1):
        system.move_to(session - timedelta(hours=hours) + MOMENT)
        for person in (mentor, mentee):
            stage.mail(person.email, REMINDER, number=count)
        reminded(system, mentor, mentee, count=count)
    system.move_to(session + timedelta(hours=1))
    steps_people.log_session(stage, mentor)


def reminded(system: System, *people: Person, count: int) -> None:
    """Each of them, and nobody else, exactly so often."""
    got = Counter(
        address
        for one in system.sink.messages
        if REMINDER in one.subject
        for address in one.recipients
    )
    assert got == {person.email: count for person in people}


def pulse(system: System, stage: Stage, company: Company, *, opens: datetime) -> int:
    """The pulses of both sides open by themselves, are answered by their links, and close by
    themselves; how many mentees have answered.
    """
    system.move_to(opens - MOMENT)
    time.sleep(3)  # some beats, which find nothing to open yet
    assert not [one for one in system.sink.messages if PULSE in one.subject]
    system.move_to(opens + MOMENT)
    for person in company.everyone:
        stage.mail(person.email, PULSE)
    answering, late = company.everyone[:-1], company.everyone[-1]
    for at, person in enumerate(answering):
        steps_people.answer_survey(stage, person, at)
    system.move_to(opens + timedelta(days=7) + MOMENT)
    system.wait(lambda: closed(stage, late), "the pulse closes by itself")
    steps_people.find_survey_closed(stage, late)
    return len(company.mentees) - 1  # without the late one


def closed(stage: Stage, person: Person) -> bool:
    """Whether a survey's link says so."""
    page = stage.phone(person.email)
    page.goto(stage.link(person.email, PULSE))
    return page.get_by_role("heading", level=1).inner_text() == "This survey has closed"


def monday_after(moment: datetime, *, days: int) -> datetime:
    """The beginning of the first Monday at least so many days later."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return day + timedelta(days=-day.weekday() % 7)
