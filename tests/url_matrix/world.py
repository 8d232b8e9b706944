"""A small company in which every role of the permission matrix exists, with one object of each
kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from psycopg.types.range import TimestamptzRange

from accounts.models import Delegation, User
from common import clock
from common.timezones import to_utc
from matching.enums import RunState
from matching.models import MatchRun, Proposal
from meetings.models import MentoringSession, SessionAttendance
from pairings.models import AgreementVersion, Pairing
from programs.enums import GuideKind, PairRole, StaffRole
from programs.models import Enrolment, PrepStep, Program, SessionGuide, Topic
from tests import factories as make


@dataclass
class World:
    """`people` by role, and the objects that the addresses name."""

    people: dict[str, User]
    program: Program
    other_program: Program
    draft: Program
    topic: Topic
    enrolment: Enrolment  # the mentor's
    mentee_enrolment: Enrolment
    invited: (
        Enrolment  # the stranger has none; this one belongs to other_participant in `other_program`
    )
    prep_step: PrepStep
    run: MatchRun
    proposal: Proposal
    pairing: Pairing
    other_pairing: Pairing
    offer: Pairing  # offered, waiting for `mentor`
    agreement: AgreementVersion
    session: MentoringSession


def scheduled_session(
    pairing: Pairing, *, day_offset: int = 7, number: int = 1
) -> MentoringSession:
    """A session at 10:00 Berlin time so many days from now, with the time of both people taken."""
    day = clock.today("Europe/Berlin") + timedelta(days=day_offset)
    starts_at = to_utc(day, time(10), "Europe/Berlin")
    session = MentoringSession.objects.create(
        pairing=pairing,
        number=number,
        wall_date=day,
        wall_time=time(10),
        time_zone="Europe/Berlin",
        minutes=45,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        scheduled_by=pairing.mentee,
    )
    for person in (pairing.mentor, pairing.mentee):
        SessionAttendance.objects.create(
            session=session,
            person=person,
            during=TimestamptzRange(session.starts_at, session.ends_at),
        )
    return session


def _people(pairing: Pairing, other: Pairing) -> dict[str, User]:
    people = {
        role: make.UserFactory(
            email=f"{role.replace('_', '.')}@example.com", name=role.replace("_", " ").title()
        )
        for role in (
            "deactivated",
            "stranger",
            "delegate",
            "line_manager",
            "named_reader",
            "safe_contact",
            "coordinator",
            "other_coordinator",
            "hr_admin",
            "survey_holder",
        )
    }
    User.objects.filter(pk=people["deactivated"].pk).update(is_active=False)
    User.objects.filter(pk=people["hr_admin"].pk).update(is_hr_admin=True)
    User.objects.filter(pk=pairing.mentor.pk).update(manager=people["line_manager"])
    people |= {
        "mentor": pairing.mentor,
        "mentee": pairing.mentee,
        "other_participant": other.mentor,
    }
    return {role: User.objects.get(pk=person.pk) for role, person in people.items()}


def _prep_step(program: Program) -> PrepStep:
    """A step with all that a step can have."""
    return PrepStep.objects.create(
        program=program,
        role=PairRole.MENTOR,
        position=1,
        title="Silence",
        body="Wait.",
        question="How long?",
        is_card=True,
    )


def build() -> World:
    """The world, in the database."""
    topic = make.TopicFactory()
    program = make.ProgramFactory(name="The program", topics=[topic])
    other_program = make.ProgramFactory(name="Another program", topics=[topic])
    pairing = make.PairingFactory(program=program)
    other_pairing = make.PairingFactory(program=other_program)
    people = _people(pairing, other_pairing)
    make.ProgramStaffFactory(program=program, person=people["coordinator"])
    make.ProgramStaffFactory(
        program=program, person=people["safe_contact"], role=StaffRole.SAFE_CONTACT
    )
    make.ProgramStaffFactory(program=other_program, person=people["other_coordinator"])
    Delegation.objects.create(mentee=pairing.mentee, delegate=people["delegate"])
    make.EnrolmentTopicFactory(enrolment=pairing.mentor_enrolment, topic=topic, level=4)
    make.EnrolmentTopicFactory(enrolment=pairing.mentee_enrolment, topic=topic, priority=1)
    run = MatchRun.objects.create(program=program, state=RunState.DONE, objective="participation")
    offer = _offer(program, pairing)
    SessionGuide.objects.create(
        program=program, kind=GuideKind.FIRST, title="Getting to know each other", agenda=[]
    )
    agreement = AgreementVersion.objects.create(
        pairing=pairing, number=1, text="Between us.", written_by=pairing.mentor
    )
    return World(
        people=people,
        program=program,
        other_program=other_program,
        draft=make.ProgramFactory(name="A draft", state="draft"),
        topic=topic,
        enrolment=pairing.mentor_enrolment,
        mentee_enrolment=pairing.mentee_enrolment,
        invited=other_pairing.mentor_enrolment,
        prep_step=_prep_step(program),
        run=run,
        proposal=Proposal.objects.create(
            run=run,
            mentor=pairing.mentor_enrolment,
            mentee=pairing.mentee_enrolment,
            score=7000,
            breakdown={"topics": 7000},
        ),
        pairing=pairing,
        other_pairing=other_pairing,
        offer=offer,
        agreement=agreement,
        session=scheduled_session(pairing),
    )


def _offer(program: Program, pairing: Pairing) -> Pairing:
    """An offer that waits for the answer of the pair's mentor; its mentee must not know of it
    yet.
    """
    offer: Pairing = make.PairingFactory(
        program=program,
        mentor_enrolment=pairing.mentor_enrolment,
        state="offered",
        mentor_accepted_at=None,
        mentee_accepted_at=None,
        activated_at=None,
        offer_expires_at=datetime.now(UTC) + timedelta(days=7),
    )
    return offer
