"""The home of a pair: one next thing to do, the next session, and the rest below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.domain import absences
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from goals.enums import GoalState
from goals.models import Goal
from meetings.enums import SessionState
from meetings.models import Commitment, MentoringSession
from mentoring.home.next_step import Facts, GoalFact, SessionFact, Step, next_step
from mentoring.home.next_step_words import LEAVE, WORDS
from mentoring.home.todo import SOON
from pairings.enums import PairingState
from pairings.models import AgreementVersion, Pairing
from programs.enums import PairRole
from programs.models import Enrolment, EnrolmentTopic

PEOPLE = ("program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment")


@dataclass(frozen=True)
class Invitation:
    """The next thing to do, in words, with the page on which it is done; `url` may be empty."""

    title: str
    text: str
    url: str = ""
    label: str = ""


@require_safe
def pair_home(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """For the two of the pair."""
    pairing = get_object_or_404(
        Pairing.objects.of_pair(request.user).select_related(*PEOPLE), public_id=public_id
    )
    is_mentee = pairing.mentee_id == request.user.pk
    partner = pairing.partner_of(request.user)
    now = clock.now()
    sessions = list(pairing.sessions.with_disagreement().order_by("starts_at", "pk"))
    ahead = [s for s in sessions if s.state == SessionState.SCHEDULED and s.ends_at > now]
    can_put_back = pairing.state == PairingState.ACTIVE and not ahead
    interrupted = [s for s in sessions if s.is_interrupted()] if can_put_back else []
    goals = list(goals_of(pairing, request.user))
    signed = signatures_of(pairing)
    commitments = commitments_of(pairing, request.user)
    facts = facts_of(pairing, request.user, sessions, goals, signed)
    today = clock.today(request.user.time_zone)
    facts = replace(
        facts,
        commitment=next(
            (c.public_id for c in commitments if not c.done_at and c.due_on <= today), None
        ),
    )
    context = {
        "pairing": pairing,
        "partner": partner,
        "away": absences.away_until(partner),
        "is_mentee": is_mentee,
        "next": invitation(
            next_step(facts),
            pairing,
            partner,
            drives=is_mentee == (pairing.program.driver == PairRole.MENTEE),
        ),
        "upcoming": ahead[0] if ahead else None,
        "soon": bool(ahead) and ahead[0].starts_at - now <= SOON,
        "interrupted": interrupted,
        "sessions": sessions,
        "held": facts.held,
        "now": now,
        "goals": goals,
        "commitments": commitments,
        "today": today,
        "signed_by_me": request.user.pk in signed,
        "signed_by_other": partner.pk in signed,
        "answers": answers_of(pairing.mentor_enrolment if is_mentee else pairing.mentee_enrolment),
        "is_active": pairing.state == PairingState.ACTIVE,
        "is_running": pairing.state in {PairingState.ACTIVE, PairingState.PAUSED},
    }
    return render(request, "mentoring/pair_home.html", context)


@require_safe
def my_pairs(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All pairs of a person, those that go on first; on to the pair where there is but one."""
    rows = Pairing.objects.of_pair(request.user).select_related("program", "mentor", "mentee")
    pairings = list(rows.order_by("-activated_at", "-pk"))
    if len(pairings) == 1:
        return redirect("mentoring:pair_home", public_id=pairings[0].public_id)
    going_on = {PairingState.ACTIVE, PairingState.PAUSED}
    pairings.sort(key=lambda pairing: pairing.state not in going_on)
    pairs = [(pairing, pairing.partner_of(request.user)) for pairing in pairings]
    return render(request, "mentoring/my_pairs.html", {"pairs": pairs})


def goals_of(pairing: Pairing, reader: Any) -> QuerySet[Goal]:
    """The pair's goals that the reader may see, with `told_at`: when the reader last checked in."""
    mine = Q(check_ins__author=reader)
    return (
        Goal.objects.visible_to(reader)
        .filter(pairing=pairing)
        .select_related("owner")
        .annotate(told_at=Coalesce(Max("check_ins__at", filter=mine), "created_at"))
        .order_by("closed_at", "created_at", "pk")
    )


def commitments_of(pairing: Pairing, reader: Any) -> list[Commitment]:
    """What the mentee will do differently: first what is open, the soonest first, then what is
    done, the latest first.
    """
    found = list(
        Commitment.objects.visible_to(reader).filter(pairing=pairing).select_related("session")
    )
    ended = sorted((one for one in found if one.done_at), key=lambda one: one.done_at, reverse=True)
    return [one for one in found if not one.done_at] + ended


def signatures_of(pairing: Pairing) -> set[int]:
    """Ids of those of the two who have signed the newest version of their agreement."""
    newest = AgreementVersion.objects.filter(pairing=pairing).order_by("-number").values("pk")[:1]
    signed = AgreementVersion.objects.filter(pk__in=newest, signatures__isnull=False)
    return set(signed.values_list("signatures__person", flat=True))


def facts_of(
    pairing: Pairing,
    reader: Any,
    sessions: list[MentoringSession],
    goals: list[Goal],
    signed: set[int],
) -> Facts:
    """What `next_step` needs to know; no query."""
    now = clock.now()
    scheduled = [session for session in sessions if session.state == SessionState.SCHEDULED]
    ahead = next((s for s in scheduled if s.ends_at > now), None)
    mine = [goal for goal in goals if goal.owner_id == reader.pk]
    active = sorted((g for g in mine if g.state == GoalState.ACTIVE), key=lambda goal: goal.told_at)  # type: ignore[attr-defined]
    return Facts(
        pairing=pairing.public_id,
        state=pairing.state,
        is_mentee=pairing.mentee_id == reader.pk,
        signed_by_me=reader.pk in signed,
        signed_by_other=bool(signed - {reader.pk}),
        ahead=SessionFact(ahead.public_id, ahead.starts_at, bool(ahead.question))
        if ahead
        else None,
        unlogged=next((s.public_id for s in scheduled if s.ends_at <= now), None),
        held=sum(session.state == SessionState.HELD for session in sessions),
        planned=pairing.program.planned_sessions,
        has_goals=bool(mine),
        oldest_goal=GoalFact(active[0].public_id, active[0].told_at) if active else None,  # type: ignore[attr-defined]
        now=now,
    )


def invitation(step: Step, pairing: Pairing, partner: Any, *, drives: bool = True) -> Invitation:
    """The words for a step. `drives`: in this program it is the reader's part to propose times."""
    title, text, page, label = WORDS[step.key]
    if not drives and step.key in {"schedule_first", "schedule_next"}:
        text = LEAVE
    name = {"name": partner.short_name}
    return Invitation(
        str(title) % name,
        str(text) % name,
        reverse(page, args=[step.target]) if page else "",
        str(label),
    )


def answers_of(enrolment: Enrolment) -> dict[str, Any]:
    """What the other one said when enrolling, as far as it is for their partner: whom to avoid
    never is.
    """
    choices = (
        EnrolmentTopic.objects.filter(enrolment=enrolment)
        .select_related("topic")
        .order_by("priority", "-level", "pk")
    )
    return {
        "role": enrolment.role,
        "topics": [choice.topic.name for choice in choices],
        "what_for": enrolment.what_for,
        "in_return": enrolment.in_return,
        "off_limits": enrolment.off_limits,
    }
