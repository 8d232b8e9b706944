"""What the pairs of benchmarks/support/company.py have done so far: sessions, goals, surveys,
messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar

from django.db import models
from psycopg.types.range import TimestamptzRange

from accounts.models import User
from feedback.models import Participation, SurveyPlanItem, SurveyRound
from goals.models import CheckIn, Goal, Milestone
from meetings.models import MentoringSession, SessionAttendance
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.models import Program

SESSIONS = 6
BATCH = 2000
M = TypeVar("M", bound=models.Model)


def make(rows: Iterable[M]) -> list[M]:
    """Insert rows of one model."""
    made = list(rows)
    if made:
        type(made[0])._base_manager.bulk_create(made, batch_size=BATCH)
    return made


def meet(pairings: list[Pairing], now: datetime) -> list[MentoringSession]:
    """Six sessions each: one held and logged, one over and not logged, four to come."""
    sessions = []
    for at, pairing in enumerate(pairings):
        for number in range(1, SESSIONS + 1):
            start = datetime.combine(
                now.date() + timedelta(days=14 * (number - 3) + 3 + at % 5),
                time(8 + at % 8),
                tzinfo=UTC,
            )
            sessions.append(
                MentoringSession(
                    pairing=pairing,
                    number=number,
                    state="held" if number == 1 else "scheduled",
                    wall_date=start.date(),
                    wall_time=start.time(),
                    time_zone="UTC",
                    minutes=45,
                    starts_at=start,
                    ends_at=start + timedelta(minutes=45),
                    scheduled_by=pairing.mentee,
                    logged_at=start if number == 1 else None,
                    takeaway="To try it out." if number == 1 else "",
                )
            )
    make(sessions)
    make(
        SessionAttendance(
            session=one,
            person=person,
            during=TimestamptzRange(one.starts_at, one.ends_at),
            live=one.state == "scheduled",
        )
        for one in sessions
        for person in (one.pairing.mentor, one.pairing.mentee)
    )
    return sessions


def aim(pairings: list[Pairing], program: Program, now: datetime) -> list[Goal]:
    goals = make(
        Goal(
            pairing=pairing,
            owner=pairing.mentee,
            statement="I want to post once a week in my own words",
            measure="posts a week",
            baseline=0,
            target=4,
            current=at % 4,
            due_on=program.ends_on,
            begun_at=now,
            state="active",
        )
        for at, pairing in enumerate(pairings)
    )
    make(
        Milestone(goal=goal, position=position, title=f"Step {position}")
        for goal in goals
        for position in (1, 2)
    )
    make(
        CheckIn(goal=goal, author=goal.owner, at=now - timedelta(days=days), value=1, confidence=4)
        for goal in goals
        for days in (30, 10)
    )
    return goals


def ask(program: Program, pairings: list[Pairing], now: datetime) -> list[SurveyRound]:
    """An open and a closed round; half have answered."""
    item = SurveyPlanItem.objects.create(
        program=program, position=1, title="How is it going?", every_weeks=4
    )
    questions: list[dict[str, Any]] = [
        {
            "id": "q1",
            "key": "q1",
            "text": "How is it?",
            "kind": "scale5",
            "options": [],
            "required": True,
        }
    ]
    asked = 2 * len(pairings)
    rounds = make(
        SurveyRound(
            program=program,
            plan_item=item,
            number=number,
            kind="pulse",
            title="How is it going?",
            label="anonymous",
            audience="all",
            questions=questions,
            k=5,
            state="closed" if closed else "open",
            opens_at=now - timedelta(days=40 if closed else 3),
            closes_at=now - timedelta(days=33) if closed else now + timedelta(days=4),
            closed_at=now - timedelta(days=33) if closed else None,
            asked=asked,
            answered=asked // 2 if closed else None,
        )
        for number, closed in ((2, False), (1, True))
    )
    make(
        Participation(round=one, person=person, responded=at % 2 == 1)
        for one in rounds
        for at, pairing in enumerate(pairings)
        for person in (pairing.mentor, pairing.mentee)
    )
    return rounds


def write(mentors: list[User], mentees: list[User], program: Program, now: datetime) -> None:
    """Five messages each, as half a program leaves behind."""
    make(
        OutboxMessage(
            recipient=person,
            kind="meetings.session_reminder",
            scope=program.public_id,
            dedupe_key=f"bench:{person.pk}:{number}",
            subject="Tomorrow",
            due_at=now - timedelta(days=number),
            expires_at=now,
            state="sent",
            sent_at=now - timedelta(days=number),
        )
        for person in (*mentors, *mentees)
        for number in range(1, 6)
    )
