"""How the demo's people get into a program: created, opened, invited, answered, approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from accounts.models import User
from common import clock
from mentoring.demo.people import Staff
from mentoring.workflows.new_program import new_program as new_draft
from programs.domain import answers, enrolment, invitations, states
from programs.domain.programs import update_program
from programs.domain.staff import answer_role, assign_staff
from programs.enums import SAFE_ROLES, PairRole, StaffRole
from programs.models import Enrolment, Program
from programs.styles import SLIDERS, SLOTS

WHAT_FOR = (
    "How people under thirty find out about us, and why they leave a page after ten seconds.",
    "What the assistants on our phones can already do in my daily work, and what they cannot.",
    "How to write so that somebody reads it: posts, short videos, messages.",
    "Which tools the teams really use, and what gets in their way.",
    "How the next generation chooses what it buys, without the slides in between.",
)
IN_RETURN = (
    "How decisions are made two floors up, and how to be heard there.",
    "Feedback on presenting my work, and a look at how a budget is put together.",
    "To see what leadership is like on an ordinary Tuesday.",
)
OFF_LIMITS = ("My own appraisal and my team's.", "Salaries.", "")


def new_program(staff: Staff, *, name: str, starts_in: int, weeks: int, team: int = 0) -> Program:
    """A *Digital fluency* program that is open for enrolment.

    It starts `starts_in` days after the demo's present day and lasts `weeks` weeks. `team` is the
    number of its sponsor and coordinator among those who could be.
    """
    hr = staff.hr_admin
    program = new_draft(actor=hr, template_key="digital_fluency", name=name)
    start = clock.today(program.time_zone) + timedelta(days=starts_in)
    sponsor = staff.by_rank[6][team]
    steps = _wizard_steps(staff, program, start=start, weeks=weeks, sponsor=sponsor)
    for step, values in steps.items():
        update_program(actor=hr, program=program, step=step, values=values)

    _assign(hr, program, StaffRole.COORDINATOR, staff.by_rank[3][team])
    _assign(hr, program, StaffRole.SAFE_CONTACT, staff.by_rank[4][-1])
    states.open_enrolment(actor=hr, program=program)
    program.refresh_from_db()
    return program


def _assign(hr: User, program: Program, role: StaffRole, person: User) -> None:
    staff = assign_staff(actor=hr, program=program, person=person, role=role)
    if role in SAFE_ROLES:
        answer_role(actor=person, staff=staff, accepts=True)


def _wizard_steps(
    staff: Staff, program: Program, *, start: date, weeks: int, sponsor: User
) -> dict[str, dict[str, Any]]:
    """What HR enters in the steps of the wizard."""
    return {
        "purpose": {"purpose": program.purpose, "sponsor": sponsor},
        "dates": {
            "starts_on": start,
            "ends_on": start + timedelta(weeks=weeks),
            "enrolment_deadline": start - timedelta(days=3),
            "planned_sessions": 6,
            "interval_weeks": 3,
            "session_minutes": 45,
        },
        "who": {
            "mentor_max_grade": staff.by_rank[2][0].grade,
            "mentee_min_grade": staff.by_rank[4][0].grade,
            "open_call": True,
        },
        "rules": {"grade_gap": 2, "forbid_same_department": True, "min_overlap_minutes": 60},
        "agreement": {},
        "surveys": {},
        "reminders": {"reminder_hours": [24, 1]},
    }


def invite(
    staff: Staff, program: Program, mentors: Sequence[User], mentees: Sequence[User]
) -> list[Enrolment]:
    """Invite both sides; the mentors' enrolments come first."""
    hr = staff.hr_admin
    enrolments: list[Enrolment] = []
    for people, role in ((mentors, PairRole.MENTOR), (mentees, PairRole.MENTEE)):
        invited = invitations.invite(actor=hr, program=program, people=people, role=role)
        enrolments += invited.enrolments
    return enrolments


def fill_in(rng: Random, member: Enrolment, *, capacity: int = 1) -> None:
    """A person answers every page of their enrolment and applies."""
    for step, given in _pages(rng, member, capacity).items():
        answers.save_step(actor=member.person, enrolment=member, step=step, answers=given)
    enrolment.apply(actor=member.person, enrolment=member)


def _pages(rng: Random, member: Enrolment, capacity: int) -> dict[str, dict[str, Any]]:
    """{step: what the person answers}."""
    topics = list(member.program.topics.order_by("category", "name"))
    chosen = [topic.pk for topic in rng.sample(topics, 3)]
    time = _time(rng, member)
    if member.role == PairRole.MENTOR:
        return _mentor_pages(rng, chosen, {**time, "capacity": capacity})
    return _mentee_pages(rng, chosen, time)


def _time(rng: Random, member: Enrolment) -> dict[str, Any]:
    """When the person has time, in which languages they talk, and how they like to work."""
    return {
        "availability": _availability(rng),
        "languages": member.person.languages,
        "working_style": {slider.key: rng.randint(1, 5) for slider in SLIDERS},
    }


def _availability(rng: Random) -> list[list[Any]]:
    """Two of the first three slots on four working days."""
    availability: list[list[Any]] = []
    for day in rng.sample(range(5), 4):
        slots = rng.sample(SLOTS[:3], 2)
        availability += [[day, slot[2], slot[3]] for slot in slots]
    return availability


def _mentor_pages(
    rng: Random, topics: list[int], time: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    return {
        "topics": {"levels": {topic: rng.randint(3, 5) for topic in topics}},
        "return": {
            "in_return": rng.choice(IN_RETURN),
            "interests": rng.sample(["running", "film", "cooking", "chess"], 2),
        },
        "boundaries": {"off_limits": rng.choice(OFF_LIMITS), "avoid": []},
        "time": time,
    }


def _mentee_pages(
    rng: Random, topics: list[int], time: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    return {
        "wants": {"what_for": rng.choice(WHAT_FOR), "priorities": topics},
        "today": {"ratings": {topic: rng.randint(1, 3) for topic in topics}},
        "calendar": time,
    }
