"""Programs for tests, in the states in which people enrol."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import Grade, User
from common import clock
from programs.domain import answers
from programs.domain import enrolment as domain
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program, Topic
from tests.factories import (
    EnrolmentFactory,
    GradeFactory,
    ProgramFactory,
    TopicFactory,
    UserFactory,
)

ZONE = "Europe/Berlin"
TIME = {
    "availability": [[0, 540, 720]],
    "languages": ["en"],
    "working_style": {"pace": 4},
    "interests": ["chess"],
}


def grades() -> tuple[Grade, Grade]:
    """Highest grade of mentors, lowest of mentees."""
    return GradeFactory(rank=3), GradeFactory(rank=4)


def known_topic(name: str) -> Topic:
    """A topic of the company, made once."""
    return Topic.objects.filter(name=name, program=None).first() or TopicFactory(name=name)


def draft(**fields: Any) -> Program:
    """A draft that is ready to open, with two topics."""
    today = clock.today(ZONE)
    low, high = grades()
    fields = {
        "state": ProgramState.DRAFT,
        "starts_on": today + timedelta(days=28),
        "ends_on": today + timedelta(days=210),
        "enrolment_deadline": today + timedelta(days=14),
        "mentor_max_grade": low,
        "mentee_min_grade": high,
        "wizard_done": ["who"],
        "topics": [known_topic("Short video"), known_topic("AI assistants")],
    } | fields
    program: Program = ProgramFactory(**fields)
    return program


def enrolling(**fields: Any) -> Program:
    """A program into which people enrol, for two more weeks."""
    return draft(state=ProgramState.ENROLLING, **fields)


def hr(**fields: Any) -> User:
    """An HR admin."""
    person: User = UserFactory(is_hr_admin=True, name="Helga Rothe", **fields)
    return person


def invited(program: Program, role: str = PairRole.MENTOR, **person: Any) -> Enrolment:
    """Somebody invited, who has answered nothing yet."""
    who = UserFactory(
        **({"junior": True} if role == PairRole.MENTOR else {"senior": True}), **person
    )
    row: Enrolment = EnrolmentFactory(
        program=program,
        role=role,
        person=who,
        state=EnrolmentState.INVITED,
        availability=[],
        languages=[],
        what_for="",
        step=0,
        invited_at=clock.now(),
    )
    return row


def topics_of(program: Program) -> list[Topic]:
    """The program's topics by name."""
    return list(program.topics.order_by("name"))


def answer(row: Enrolment) -> Enrolment:
    """Fill in all pages."""
    save, topic = answers.save_step, topics_of(row.program)[0]
    if row.role == PairRole.MENTOR:
        save(actor=row.person, enrolment=row, step="topics", answers={"levels": {topic.pk: 4}})
        save(
            actor=row.person,
            enrolment=row,
            step="return",
            answers={"in_return": "How decisions are made"},
        )
        save(
            actor=row.person,
            enrolment=row,
            step="boundaries",
            answers={"off_limits": "My manager", "avoid": []},
        )
        save(actor=row.person, enrolment=row, step="time", answers={**TIME, "capacity": 2})
    else:
        save(
            actor=row.person,
            enrolment=row,
            step="wants",
            answers={"what_for": "To decide well", "priorities": [topic.pk]},
        )
        save(actor=row.person, enrolment=row, step="today", answers={"ratings": {topic.pk: 2}})
        save(actor=row.person, enrolment=row, step="calendar", answers=TIME)
    return Enrolment.objects.get(pk=row.pk)


def applied(program: Program, role: str = PairRole.MENTOR, **person: Any) -> Enrolment:
    """Somebody who has applied."""
    row = answer(invited(program, role, **person))
    return domain.apply(actor=row.person, enrolment=row)


def approved(program: Program, role: str = PairRole.MENTOR) -> Enrolment:
    """Somebody who takes part."""
    row = applied(program, role)
    return domain.approve(actor=hr(), enrolments=[row])[0]
