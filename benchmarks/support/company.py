"""A company in the database for benchmarks/pages.py: so many people and pairs, the same every time,
made in bulk.

One program holds all the pairs, as the worst case for the pages of those who run it: half a year,
six sessions each (two held, one to come, the rest open), agreements signed by most, goals with
check-ins, an open and a closed survey round, a run of matching with all its proposals.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from psycopg import sql

from accounts.models import Company, Grade, User
from accounts.models.people import normalise
from benchmarks.support import activity
from benchmarks.support.activity import SESSIONS, make
from common import clock
from feedback.models import SurveyRound
from goals.models import Goal
from matching.models import MatchRun, Proposal
from meetings.models import MentoringSession
from mentoring.demo.people import DEPARTMENTS, FIRST, LAST, PLACES, TITLES
from pairings.models import AgreementVersion, Pairing, Signature
from programs.enums import EnrolmentState, GuideKind, PairRole, StaffRole
from programs.models import (
    Enrolment,
    EnrolmentTopic,
    PrepStep,
    Program,
    ProgramStaff,
    SessionGuide,
    Topic,
)

GRADES = (
    "Trainee",
    "Specialist",
    "Senior",
    "Lead",
    "Head",
    "Director",
    "Vice president",
    "Executive board",
)
JUNIOR, SENIOR = 2, 5  # mentors up to this rank, mentees from that one


@dataclass(frozen=True)
class Cast:
    """Who opens the pages, and the objects that the addresses name."""

    hr_admin: User
    mentor: User
    mentee: User
    program: Program
    pairing: Pairing
    to_come: MentoringSession
    to_log: MentoringSession
    goal: Goal
    mentor_enrolment: Enrolment
    open_round: SurveyRound
    closed_round: SurveyRound
    run: MatchRun
    proposal: Proposal
    manager: User


def empty_database() -> None:
    """Throw away every row of the application's tables."""
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - {"django_migrations"}
        tables = sql.SQL(", ").join(map(sql.Identifier, sorted(names)))
        cursor.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))


def build(*, people: int, pairs: int) -> Cast:
    """Fill the empty database; the statistics of the planner are up to date afterwards."""
    with transaction.atomic():
        cast = fill(people=people, pairs=pairs)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return cast


def fill(*, people: int, pairs: int) -> Cast:
    """The rows themselves. Fewer pairs where there are not so many juniors or seniors."""
    rng = Random(7)
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    Company.objects.create(pk=1, name="Bench", time_zone="Europe/Berlin", set_up_at=now)
    everyone = _people(rng, people)
    mentors = [p for p in everyone if p.grade and p.grade.rank <= JUNIOR][:pairs]
    mentees = [p for p in everyone if p.grade and p.grade.rank >= SENIOR][:pairs]
    pairs = min(len(mentors), len(mentees))
    program, topics = _program(everyone, now)
    mentor_enrolments = _enrol(rng, program, topics, mentors[:pairs], PairRole.MENTOR, now)
    mentee_enrolments = _enrol(rng, program, topics, mentees[:pairs], PairRole.MENTEE, now)
    waiting = _waiting(program, everyone, {p.pk for p in (*mentors, *mentees)}, now)
    run, proposals = _matching(program, mentor_enrolments, mentee_enrolments, now)
    pairings = _pair(program, mentor_enrolments, mentee_enrolments, proposals, now)
    sessions = activity.meet(pairings, now)
    goals = activity.aim(pairings, program, now)
    rounds = activity.ask(program, pairings, now)
    activity.write(mentors[:pairs], mentees[:pairs], program, now)
    at = pairs // 2
    hr_admin = everyone[0]
    return Cast(
        hr_admin=hr_admin,
        mentor=pairings[at].mentor,
        mentee=pairings[at].mentee,
        program=program,
        pairing=pairings[at],
        to_come=sessions[at * SESSIONS + 2],
        to_log=sessions[at * SESSIONS + 1],
        goal=goals[at],
        mentor_enrolment=waiting[0],
        open_round=rounds[0],
        closed_round=rounds[1],
        run=run,
        proposal=proposals[at],
        manager=hr_admin,
    )


def _people(rng: Random, number: int) -> list[User]:
    """A pyramid of eight grades; everyone but the first reports to somebody a grade above."""
    grades = make(Grade(rank=rank, name=name) for rank, name in enumerate(GRADES, start=1))
    shares = (0.24, 0.24, 0.2, 0.12, 0.1, 0.06, 0.03, 0.01)
    names = itertools.cycle(itertools.product(LAST.split(), FIRST.split()))
    by_grade: list[list[User]] = []
    made: list[User] = []
    for grade, share in sorted(zip(grades, shares, strict=True), key=lambda pair: -pair[0].rank):
        size = max(2, round(number * share))
        managers = by_grade[-1] if by_grade else []
        row = [_person(rng, len(made) + at, next(names), grade, managers) for at in range(size)]
        make(row)
        by_grade.append(row)
        made += row
    made[0].is_hr_admin = True
    made[0].save(update_fields=["is_hr_admin"])
    make(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in made
    )
    return made


def _person(
    rng: Random, at: int, name: tuple[str, str], grade: Grade, managers: list[User]
) -> User:
    place = list(PLACES)[at % len(PLACES)]
    department = f"{DEPARTMENTS[at % len(DEPARTMENTS)]} {at % 5 + 1}"
    return normalise(
        User(
            email=f"p{at}@bench.example",
            name=f"{name[1]} {name[0]}",
            employee_id=f"B{at:06}",
            job_title=TITLES[min(grade.rank, 6)].format(department),
            department=department,
            location=place,
            time_zone=PLACES[place][0],
            languages=list(PLACES[place][1]),
            grade=grade,
            manager=managers[at % len(managers)] if managers else None,
            hired_on=date(2010 + rng.randrange(15), 1, 1),
            password="!",
            is_active=at % 50 != 49,
        )
    )


def _program(everyone: list[User], now: datetime) -> tuple[Program, list[Topic]]:
    names = (f"Topic {number}" for number in range(12))
    topics = make(Topic(name=name, category=f"Group {at % 4}") for at, name in enumerate(names))
    start = now.date() - timedelta(days=70)
    programs = make(
        Program(
            name=f"Reverse mentoring {at}",
            state="running" if at < 3 else "closed",
            purpose="To learn from each other.",
            starts_on=start,
            ends_on=start + timedelta(days=180),
            planned_sessions=SESSIONS,
            time_zone="Europe/Berlin",
            agreement_text="What we say stays here.",
            sponsor=everyone[1],
        )
        for at in range(20)
    )
    for program in programs[:3]:
        program.topics.set(topics)
    program = programs[0]
    make([ProgramStaff(program=program, person=everyone[2], role=StaffRole.COORDINATOR)])
    make(SessionGuide(program=program, kind=kind, title=f"{kind.label}") for kind in GuideKind)
    make(
        PrepStep(program=program, role=role, position=at, title=f"Step {at}", body="Read.")
        for role in PairRole.values
        for at in range(4)
    )
    return program, topics


def _enrol(
    rng: Random,
    program: Program,
    topics: list[Topic],
    side: list[User],
    role: PairRole,
    now: datetime,
) -> list[Enrolment]:
    """Approved, with three topics each."""
    made = make(
        Enrolment(
            program=program,
            person=person,
            role=role,
            state=EnrolmentState.APPROVED,
            step=4,
            what_for="To understand.",
            languages=person.languages,
            availability=[[0, 540, 1020], [2, 540, 1020]],
            invited_at=now - timedelta(days=100),
            applied_at=now - timedelta(days=95),
            decided_at=now - timedelta(days=90),
        )
        for person in side
    )
    mentor = role == PairRole.MENTOR
    make(
        EnrolmentTopic(
            enrolment=one,
            topic=topic,
            level=rng.randint(2, 5) if mentor else None,
            priority=None if mentor else at + 1,
        )
        for one in made
        for at, topic in enumerate(rng.sample(topics, 3))
    )
    return made


def _waiting(
    program: Program, everyone: list[User], taken: set[int], now: datetime
) -> list[Enrolment]:
    """A fifth as many again have only been invited."""
    free = [person for person in everyone if person.pk not in taken and person.is_active][
        : max(2, len(taken) // 5)
    ]
    return make(
        Enrolment(
            program=program, person=person, role=PairRole.MENTOR, invited_at=now - timedelta(days=9)
        )
        for person in free
    )


def _matching(
    program: Program, mentors: list[Enrolment], mentees: list[Enrolment], now: datetime
) -> tuple[MatchRun, list[Proposal]]:
    run = MatchRun.objects.create(
        program=program,
        state="published",
        objective="participation",
        published_at=now - timedelta(days=75),
        finished_at=now - timedelta(days=76),
        progress=100,
    )
    reasons = [{"key": "language", "params": {"languages": ["en"]}}]
    proposals = make(
        Proposal(
            run=run,
            mentor=mentor,
            mentee=mentee,
            score=5000 + at % 5000,
            breakdown={"topics": 5000},
            reasons=reasons,
        )
        for at, (mentor, mentee) in enumerate(zip(mentors, mentees, strict=True))
    )
    return run, proposals


def _pair(
    program: Program,
    mentors: list[Enrolment],
    mentees: list[Enrolment],
    proposals: list[Proposal],
    now: datetime,
) -> list[Pairing]:
    """Active but for one in ten that is still asked; nine of ten have signed."""
    since = now - timedelta(days=70)
    pairings = make(
        Pairing(
            program=program,
            mentor=mentor.person,
            mentee=mentee.person,
            mentor_enrolment=mentor,
            mentee_enrolment=mentee,
            state="offered" if at % 10 == 9 else "active",
            score=proposal.score,
            mentor_accepted_at=None if at % 10 == 9 else since,
            mentee_accepted_at=None if at % 10 == 9 else since,
            activated_at=None if at % 10 == 9 else since,
            offer_expires_at=now + timedelta(days=5),
        )
        for at, (mentor, mentee, proposal) in enumerate(
            zip(mentors, mentees, proposals, strict=True)
        )
    )
    versions = make(
        AgreementVersion(pairing=pairing, number=1, text="What we say stays here.")
        for pairing in pairings
    )
    make(
        Signature(version=version, person=person, signed_at=since)
        for at, version in enumerate(versions)
        if at % 10 != 8
        for person in (version.pairing.mentor, version.pairing.mentee)
    )
    return pairings
