"""The first page after sign-in."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.models import Company, User
from accounts.requests import AuthenticatedHttpRequest
from common.http import respond
from common.prepared import prepared
from mentoring.home.cards import calendars_for_others, pair_cards
from mentoring.home.own_pairs import pairs_of
from mentoring.home.todo import todos_of
from mentoring.home.where import enrolments_of, places_of
from mentoring.needs.queue import count_by_program, current_programs
from pairings.enums import RUNNING_STATES, PairingState
from programs.domain.invitations import open_calls

PROGRAMS_SHOWN = 6
OVER_STATES = [PairingState.COMPLETED, PairingState.ENDED]
OVER_SHOWN = 4


@require_safe
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What waits for a person, their pairs, what they may join, and the programs that they run."""
    user = request.user
    if user.is_hr_admin and not _is_set_up():
        return redirect("mentoring:setup")

    context = {
        **_managed_context(user),
        **_own_context(user),
        # The template calls it once the navigation has found that there are any.
        "calendars": partial(calendars_for_others, user),
        "calls": open_calls(user),
    }
    return respond(request, "mentoring/home.html", context)


def _own_context(user: User) -> dict[str, Any]:
    """What the person does next, when they meet, and where they stand."""
    known = pairs_of(user)
    enrolments = enrolments_of(user)
    places = places_of(user, enrolments, known)
    cards = pair_cards(user, [pair for pair in known if pair.state in RUNNING_STATES])
    over = [pair for pair in known if pair.state in OVER_STATES]
    return {
        "todos": todos_of(user, known, enrolments, places),
        "pairs": cards,
        "places": places,
        "over": pair_cards(user, over[:OVER_SHOWN]),
        "more_over": len(over) > OVER_SHOWN,
        "soon": [card for card in cards if card.next and card.next.soon],
    }


def _is_set_up() -> bool:
    return Company.objects.filter(set_up_at__isnull=False).exists()


def _managed_context(user: User) -> dict[str, Any]:
    """The programs that the person runs, and what needs somebody there."""
    programs = _programs_shown(user.pk, is_hr=user.is_hr_admin)
    needs = count_by_program(user) if programs else []
    return {"programs": programs, "needs": needs}


@prepared
def _programs_shown(person_id: int, *, is_hr: bool) -> QuerySet[Any]:
    """The newest programs that the person runs, with `active_pairs`: how many."""
    active = Count("pairings", filter=Q(pairings__state=PairingState.ACTIVE))
    counted = current_programs(person_id, is_hr=is_hr).annotate(active_pairs=active)
    return counted.order_by("-starts_on", "name", "pk")[:PROGRAMS_SHOWN]
