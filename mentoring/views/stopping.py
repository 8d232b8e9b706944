"""Leaving and cancelling a program. Both end pairs, so each page asks first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BooleanField, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal, show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from mentoring.workflows import stopping
from pairings.enums import RUNNING_STATES
from pairings.models import Pairing
from programs.domain import states
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program
from programs.views.programs import managed_program


def enrolment_withdraw(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to an invitation, take an application back, or leave. No reason is asked."""
    enrolment = _own_enrolment(request, public_id)
    own_page = reverse("programs:enrolment", args=[enrolment.public_id])
    if request.method == "POST":
        _withdraw(request, enrolment)
        return redirect_htmx(request, own_page)

    context = {
        "enrolment": enrolment,
        "program": enrolment.program,
        "own_page": own_page,
        "invited": enrolment.state in {EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING},
        "in_pair": _is_in_pair(request.user, enrolment.program),
    }
    return respond(request, "mentoring/enrolment_withdraw.html", context)


def _own_enrolment(request: AuthenticatedHttpRequest, public_id: UUID) -> Enrolment:
    enrolments = Enrolment.objects.visible_to(request.user).select_related("program", "person")
    enrolment = get_object_or_404(enrolments, public_id=public_id)
    require(request.user, "programs.edit_enrolment", enrolment)
    return enrolment


def _is_in_pair(person: User, program: Program) -> bool:
    pairs = Pairing.objects.of(person).filter(program=program, state__in=RUNNING_STATES)
    return pairs.exists()


def _withdraw(request: AuthenticatedHttpRequest, enrolment: Enrolment) -> None:
    """Withdraw, and say so or why not in a message."""
    with announce_refusal(request):
        stopping.withdraw(actor=request.user, enrolment=enrolment)
        messages.success(request, _("You have stepped back. Thank you for letting us know."))


class CancelForm(Form):
    """A tick that says that it is no mistake."""

    sure = BooleanField(
        label=gettext_lazy("Yes, cancel it for everybody"),
        error_messages={"required": gettext_lazy("Tick the box to confirm.")},
    )


def program_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Cancel a program, after saying what that does. HR admins and the program's coordinators."""
    program = managed_program(request, public_id)
    form = CancelForm(posted(request))
    if form.is_valid():
        with show_refusal(form):
            stopping.cancel_program(actor=request.user, program=program)
            messages.success(request, _("The program is cancelled, and everybody in it is told."))
            return redirect_htmx(request, "mentoring:program_overview", program.public_id)

    context = {
        "program": program,
        "possible": states.allowed(program, "cancel_program"),
        "people": _taking_part(program).count(),
        "pairs": Pairing.objects.live().filter(program=program).count(),
    }
    return form_page(request, "mentoring/program_cancel.html", form, context)


def _taking_part(program: Program) -> QuerySet[Enrolment]:
    gone = [EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED]
    return program.enrolments.exclude(state__in=gone)
