"""Talk to someone: who listens, and what one can do oneself."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.http import respond
from concerns.domain.routing import contacts_for
from concerns.domain.settings import talk_settings
from concerns.models import Concern
from pairings.enums import RUNNING_STATES
from pairings.models import Pairing
from programs.models import Program

BY_NAME = ("mentor__sort_key", "mentee__sort_key", "pk")


@require_GET
def talk(request: AuthenticatedHttpRequest) -> HttpResponse:
    """For whoever takes part in a program; nothing about opening it is kept."""
    programs = programs_of(request.user)
    contacts = contacts_for(author=request.user, programs=programs)
    pairs = Pairing.objects.of_pair(request.user).filter(state__in=RUNNING_STATES)
    context: dict[str, Any] = {
        "settings": talk_settings(),
        "listens": Concern.objects.visible_to(request.user).exists(),
        "anybody": any(contacts.values()),
        "company": contacts[None],
        "programs": [
            {"program": program, "contacts": contacts[program.pk]} for program in programs
        ],
        "pairs": pairs.select_related("program", "mentor", "mentee").order_by(*BY_NAME),
    }
    return respond(request, "concerns/talk.html", context)


def programs_of(person: User) -> list[Program]:
    """Those that the person takes part in, the newest first."""
    own = Program.objects.filter(enrolments__person=person, archived_at__isnull=True)
    return list(own.distinct().order_by("-starts_on", "-pk"))
