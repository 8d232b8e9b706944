"""A person's own pairs and matches, with all that the home page says about them: one query."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from common import clock
from common.prepared import prepared
from goals.enums import GoalState
from goals.models import Goal
from meetings.enums import SessionState
from meetings.models import Commitment, MentoringSession
from mentoring.home.next_step import NEW_DAYS, Facts, GoalFact, SessionFact
from pairings.models import AgreementVersion, Pairing


def pairs_of(person: User) -> list[Any]:
    """All that the person may know of, also what is over, the newest first.

    Each has `held`: how many sessions were held, `to_sign` and `partner_to_sign`: who has an
    agreement to sign, `unlogged`: the public id of the oldest session to log, `next_public_id`,
    `next_starts_at`, `next_link`, `next_place` and `next_question` of the session ahead, and what
    is known of their own goals and commitments; `pledged_at` is the mentee's pledge.
    """
    return _pairs_of(person.pk, clock.today(person.time_zone))


@prepared
def _pairs_of(person_id: int, today: date) -> QuerySet[Any]:
    person = User(pk=person_id)
    annotated = Pairing.objects.of(person).annotate(
        held=Count("sessions", filter=Q(sessions__state=SessionState.HELD)),
        **_agreement_annotations(person),
        **_session_annotations(),
        **_goal_annotations(person),
        pledged_at=F("mentee_enrolment__pledged_at"),
        commitment=_due_commitment(person, today),
        partner_goal=_of_first(_new_goals_of_partner(person), "public_id"),
    )
    related = annotated.select_related("program", "mentor", "mentee")
    return related.order_by(F("activated_at").desc(nulls_first=True), "-pk")


def facts_of_pair(person: User, pair: Any) -> Facts:
    """What `next_step` needs to know about one of `pairs_of`; no query."""
    return Facts(
        pairing=pair.public_id,
        state=pair.state,
        is_mentee=pair.mentee_id == person.pk,
        signed_by_me=not pair.to_sign,
        signed_by_other=not pair.partner_to_sign,
        ahead=_session_ahead(pair),
        unlogged=pair.unlogged,
        held=pair.held,
        planned=pair.program.planned_sessions,
        has_goals=pair.has_goals,
        oldest_goal=GoalFact(pair.goal, pair.goal_told_at) if pair.goal else None,
        now=clock.now(),
        commitment=pair.commitment,
        partner_goal=pair.partner_goal,
        question_days=pair.program.question_days,
    )


def _session_ahead(pair: Any) -> SessionFact | None:
    if not pair.next_public_id:
        return None
    return SessionFact(pair.next_public_id, pair.next_starts_at, bool(pair.next_question))


def _agreement_annotations(person: User) -> dict[str, Exists]:
    """Who of the two has not signed the agreement as it is now.

    That a pair is the person's own is said once more: else Postgres looks through all agreements.
    """
    own = Q(pairing__mentor=person) | Q(pairing__mentee=person)
    unsigned = AgreementVersion.objects.unsigned().filter(own, pairing=OuterRef("pk"))
    of_partner = Q(by_mentor=False) & ~Q(pairing__mentor=person)
    of_partner |= Q(by_mentee=False) & ~Q(pairing__mentee=person)
    return {
        "to_sign": Exists(unsigned.not_signed_by(person)),
        "partner_to_sign": Exists(unsigned.filter(of_partner)),
    }


def _session_annotations() -> dict[str, Subquery]:
    """The oldest session that is over and not logged, and the session ahead."""
    now = clock.now()
    scheduled = MentoringSession.objects.filter(
        pairing=OuterRef("pk"), state=SessionState.SCHEDULED
    ).order_by("starts_at", "pk")
    over = scheduled.filter(ends_at__lte=now)
    ahead = scheduled.filter(ends_at__gt=now)

    annotations = {"unlogged": _of_first(over, "public_id")}
    for field in ("public_id", "starts_at", "link", "place", "question"):
        annotations[f"next_{field}"] = _of_first(ahead, field)
    return annotations


def _goal_annotations(person: User) -> dict[str, Any]:
    """Of one's own goals: whether there are any, and the one not told of for the longest time."""
    own = Goal.objects.filter(pairing=OuterRef("pk"), owner=person)
    told = own.filter(state=GoalState.ACTIVE).with_told_at()
    oldest = told.order_by("told_at", "created_at", "pk")
    return {
        "has_goals": Exists(own),
        "goal": _of_first(oldest, "public_id"),
        "goal_told_at": _of_first(oldest, "told_at"),
    }


def _new_goals_of_partner(person: User) -> QuerySet[Goal]:
    """Goals shared in the last days, on which the person has not said anything."""
    shared = Goal.objects.filter(pairing=OuterRef("pk"), private=False, state=GoalState.ACTIVE)
    new = shared.filter(shared_at__gt=clock.now() - timedelta(days=NEW_DAYS))
    unanswered = new.exclude(owner=person).exclude(check_ins__author=person)
    return unanswered.order_by("shared_at", "pk")


def _due_commitment(person: User, today: date) -> Subquery:
    """The first open commitment of the pair that is due on this day."""
    due = Commitment.objects.filter(
        pairing=OuterRef("pk"), pairing__mentee=person, done_at__isnull=True, due_on__lte=today
    )
    return _of_first(due.order_by("due_on", "pk"), "public_id")


def _of_first(rows: QuerySet[Any], field: str) -> Subquery:
    return Subquery(rows.values(field)[:1])
