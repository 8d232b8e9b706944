"""What needs the people who run a program today."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.http import redirect_htmx, require
from mentoring.needs.queue import needs_of
from mentoring.workflows import addresses
from programs.models import Program


@require_GET
def needs_you(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What reminders have not settled, the longest waiting first; then what somebody has written
    about and may be answered.
    """
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    found = needs_of(program)
    waiting, asleep = ([need for need in found if need.asleep is state] for state in (False, True))
    return render(
        request,
        "mentoring/needs_you.html",
        {"program": program, "needs": waiting, "asleep": asleep},
    )


@require_POST
def address_works(
    request: AuthenticatedHttpRequest, public_id: UUID, person_id: UUID
) -> HttpResponse:
    """Somebody has seen to the mailbox: mail goes there again."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "programs.manage_program", program)
    person = get_object_or_404(
        User.objects.filter(enrolments__program=program).distinct(), public_id=person_id
    )
    addresses.try_again(actor=request.user, person=person, program=program)
    messages.success(
        request, _("The next message to %(name)s is sent again.") % {"name": person.name}
    )
    return redirect_htmx(request, reverse("mentoring:needs_you", args=[program.public_id]))
