"""The home of a pair: one next thing to do, the next session, and the rest below."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from accounts.domain import absences
from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.http import respond
from mentoring.home.cards import SOON
from mentoring.home.next_step import Facts, next_step
from mentoring.home.pair_facts import (
    Sessions,
    answers_of,
    commitments_of,
    facts_of,
    goals_of,
    sessions_of,
    signers_of,
)
from mentoring.home.step_words import StepCard, step_card
from pairings.enums import RUNNING_STATES, PairingState
from pairings.models import Pairing
from programs.enums import PairRole


@require_safe
def pair_home(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """For the two of the pair."""
    reader = request.user
    pairing = _own_pairing(reader, public_id)
    sessions = sessions_of(pairing)
    goals = list(goals_of(pairing, reader))
    signers = signers_of(pairing)
    commitments = commitments_of(pairing, reader)
    facts = facts_of(reader, sessions, goals, commitments, signers)

    context = {
        **_pair_context(pairing, reader),
        **_session_context(sessions),
        "next": _next_step(facts, pairing, reader),
        "goals": goals,
        "commitments": commitments,
        "today": clock.today(reader.time_zone),
        "signed_by_me": facts.signed_by_me,
        "signed_by_other": facts.signed_by_other,
    }
    return respond(request, "mentoring/pair_home.html", context)


def _own_pairing(reader: User, public_id: UUID) -> Pairing:
    """The pair, for the two of it. 404 for everybody else."""
    pairs = Pairing.objects.of_pair(reader).select_related(
        "program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment"
    )
    return get_object_or_404(pairs, public_id=public_id)


def _pair_context(pairing: Pairing, reader: User) -> dict[str, Any]:
    """The pair's state and the reader's partner, with what they said when enrolling."""
    partner = pairing.partner_of(reader)
    is_mentee = pairing.mentee_id == reader.pk
    partner_enrolment = pairing.mentor_enrolment if is_mentee else pairing.mentee_enrolment
    return {
        "pairing": pairing,
        "partner": partner,
        "away": absences.away_until(partner),
        "is_mentee": is_mentee,
        "answers": answers_of(partner_enrolment),
        "is_active": pairing.state == PairingState.ACTIVE,
        "is_running": pairing.state in RUNNING_STATES,
    }


def _next_step(facts: Facts, pairing: Pairing, reader: User) -> StepCard:
    partner = pairing.partner_of(reader)
    return step_card(next_step(facts), partner, proposes_times=_proposes_times(facts, pairing))


def _proposes_times(facts: Facts, pairing: Pairing) -> bool:
    """Whether proposing times is the reader's part in this program."""
    own_role = PairRole.MENTEE if facts.is_mentee else PairRole.MENTOR
    return pairing.program.driver == own_role


def _session_context(sessions: Sessions) -> dict[str, Any]:
    return {
        "upcoming": sessions.next,
        "soon": _is_soon(sessions),
        "interrupted": sessions.interrupted,
        "sessions": sessions.all,
        "held": sessions.held,
        "all_booked": sessions.are_all_booked,
        "now": sessions.now,
    }


def _is_soon(sessions: Sessions) -> bool:
    """Whether a session is so near that joining it comes first."""
    ahead = sessions.next
    return ahead is not None and ahead.starts_at - sessions.now <= SOON


@require_safe
def my_pairs(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All pairs of a person, those that go on first. A single pair is opened at once."""
    pairings = _pairs_in_order(request.user)
    if len(pairings) == 1:
        return redirect("mentoring:pair_home", public_id=pairings[0].public_id)

    pairs = [(pairing, pairing.partner_of(request.user)) for pairing in pairings]
    return respond(request, "mentoring/my_pairs.html", {"pairs": pairs})


def _pairs_in_order(person: User) -> list[Pairing]:
    """The pairs that go on, then the others, each the newest first."""
    rows = Pairing.objects.of_pair(person).select_related("program", "mentor", "mentee")
    pairings = list(rows.order_by("-activated_at", "-pk"))
    pairings.sort(key=lambda pairing: pairing.state not in RUNNING_STATES)
    return pairings
