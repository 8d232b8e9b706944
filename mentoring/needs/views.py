"""*Needs you today*: what needs the people who run a program."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.http import redirect_htmx, respond
from mentoring.access import program_or_404
from mentoring.needs import addresses
from mentoring.needs.queue import needs_of
from programs.models import Program
from programs.views.programs import managed_program


@require_GET
def needs_you(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Open entries, the longest waiting first; then those that somebody has written about."""
    program = program_or_404(request, public_id)
    needs = needs_of(program)
    context = {
        "program": program,
        "needs": [need for need in needs if not need.snoozed],
        "snoozed": [need for need in needs if need.snoozed],
    }
    return respond(request, "mentoring/needs_you.html", context)


@require_POST
def address_works(
    request: AuthenticatedHttpRequest, public_id: UUID, person_id: UUID
) -> HttpResponse:
    """The address works again: mail is sent there from now on."""
    program = managed_program(request, public_id)
    person = _person_in(program, person_id)
    addresses.try_again(actor=request.user, person=person, program=program)

    done = _("Messages to %(name)s are sent again from now on.")
    messages.success(request, done % {"name": person.name})
    return redirect_htmx(request, "mentoring:needs_you", program.public_id)


def _person_in(program: Program, public_id: UUID) -> User:
    people = User.objects.filter(enrolments__program=program).distinct()
    return get_object_or_404(people, public_id=public_id)
