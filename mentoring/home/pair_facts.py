"""What the home of a pair reads about the pair, for one of the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from common import clock
from goals.enums import GoalState
from goals.models import CheckIn, Goal
from meetings.enums import SessionState
from meetings.models import Commitment, MentoringSession
from mentoring.home.next_step import NEW_DAYS, Facts, GoalFact, SessionFact
from pairings.enums import PairingState
from pairings.models import AgreementVersion, Pairing
from programs.models import Enrolment, EnrolmentTopic


def goals_of(pairing: Pairing, reader: User) -> QuerySet[Any]:
    """The pair's goals that the reader may see.

    `told_at`: when its owner last checked in; `spoken`: whether the reader ever did.
    """
    goals = Goal.objects.visible_to(reader).filter(pairing=pairing).select_related("owner")
    told = goals.with_told_at().annotate(
        spoken=Exists(CheckIn.objects.filter(goal=OuterRef("pk"), author=reader)),
    )
    in_order: QuerySet[Any] = told.order_by("closed_at", "created_at", "pk")
    return in_order


def commitments_of(pairing: Pairing, reader: User) -> list[Commitment]:
    """The mentee's commitments: open ones, the soonest first; then those done, the latest first."""
    found = Commitment.objects.visible_to(reader).filter(pairing=pairing).select_related("session")
    open_first = F("done_at").desc(nulls_first=True)
    return list(found.order_by(open_first, "due_on", "pk"))


def signers_of(pairing: Pairing) -> set[int]:
    """Ids of those of the two who have signed the newest version of their agreement."""
    versions = AgreementVersion.objects.filter(pairing=pairing)
    newest = versions.order_by("-number").values("pk")[:1]
    signed = versions.filter(pk__in=newest, signatures__isnull=False)
    return set(signed.values_list("signatures__person", flat=True))


@dataclass(frozen=True)
class Sessions:
    """A pair's sessions in order, sorted out for the present moment."""

    pairing: Pairing
    all: Sequence[MentoringSession]
    now: datetime

    @property
    def next(self) -> MentoringSession | None:
        """The session that is ahead, or going on."""
        for session in self.all:
            if session.state == SessionState.SCHEDULED and session.ends_at > self.now:
                return session
        return None

    @property
    def unlogged(self) -> MentoringSession | None:
        """The oldest session that is over and that nobody has logged."""
        for session in self.all:
            if session.state == SessionState.SCHEDULED and session.ends_at <= self.now:
                return session
        return None

    @property
    def are_all_booked(self) -> bool:
        """Whether as many are held or ahead as the program plans."""
        counted = {SessionState.SCHEDULED, SessionState.HELD}
        booked = sum(session.state in counted for session in self.all)
        return booked >= self.pairing.program.planned_sessions

    @property
    def held(self) -> int:
        """How many were held."""
        return sum(session.state == SessionState.HELD for session in self.all)

    @property
    def interrupted(self) -> list[MentoringSession]:
        """Future sessions that a pause has cancelled, while nothing else is booked."""
        if self.pairing.state != PairingState.ACTIVE or self.next:
            return []
        return [session for session in self.all if session.is_interrupted()]


def sessions_of(pairing: Pairing) -> Sessions:
    """All sessions of a pair; one query."""
    related = pairing.sessions.select_related("guide", "topic")
    rows = related.with_disagreement().order_by("starts_at", "pk")
    return Sessions(pairing=pairing, all=list(rows), now=clock.now())


def facts_of(
    reader: User,
    sessions: Sessions,
    goals: Sequence[Goal],
    commitments: Sequence[Commitment],
    signers: set[int],
) -> Facts:
    """What `next_step` needs to know; no query."""
    pairing = sessions.pairing
    own_goals = [goal for goal in goals if goal.owner_id == reader.pk]
    return Facts(
        pairing=pairing.public_id,
        state=pairing.state,
        is_mentee=pairing.mentee_id == reader.pk,
        signed_by_me=reader.pk in signers,
        signed_by_other=bool(signers - {reader.pk}),
        ahead=_session_fact(sessions.next),
        unlogged=_public_id(sessions.unlogged),
        held=sessions.held,
        planned=pairing.program.planned_sessions,
        has_goals=bool(own_goals),
        oldest_goal=_oldest_goal(own_goals),
        now=sessions.now,
        commitment=_public_id(_due_commitment(commitments, reader)),
        partner_goal=_new_goal_of_partner(goals, reader, sessions.now),
        question_days=pairing.program.question_days,
    )


def _public_id(found: MentoringSession | Commitment | None) -> UUID | None:
    return found.public_id if found else None


def _session_fact(session: MentoringSession | None) -> SessionFact | None:
    if session is None:
        return None
    return SessionFact(session.public_id, session.starts_at, bool(session.question))


def _oldest_goal(goals: Sequence[Any]) -> GoalFact | None:
    """The active goal whose owner has not checked in for the longest time."""
    active = [goal for goal in goals if goal.state == GoalState.ACTIVE]
    if not active:
        return None
    oldest = min(active, key=lambda goal: goal.told_at)
    return GoalFact(oldest.public_id, oldest.told_at)


def _new_goal_of_partner(goals: Sequence[Any], reader: User, now: datetime) -> UUID | None:
    """A goal shared in the last days, on which the reader has not said anything."""
    for goal in goals:
        is_new = goal.shared_at and now - goal.shared_at < timedelta(days=NEW_DAYS)
        is_open = goal.state == GoalState.ACTIVE and not goal.spoken
        if is_new and is_open and goal.owner_id != reader.pk:
            found: UUID = goal.public_id
            return found
    return None


def _due_commitment(commitments: Sequence[Commitment], reader: User) -> Commitment | None:
    """The first open commitment that is due on the reader's day."""
    today = clock.today(reader.time_zone)
    for commitment in commitments:
        if not commitment.done_at and commitment.due_on <= today:
            return commitment
    return None


def answers_of(enrolment: Enrolment) -> dict[str, Any]:
    """What the partner said when enrolling, without whom they avoid."""
    choices = EnrolmentTopic.objects.filter(enrolment=enrolment).select_related("topic")
    in_order = choices.order_by("priority", "-level", "pk")
    return {
        "role": enrolment.role,
        "topics": [choice.topic.name for choice in in_order],
        "what_for": enrolment.what_for,
        "in_return": enrolment.in_return,
        "off_limits": enrolment.off_limits,
    }
