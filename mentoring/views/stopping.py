"""Leaving, cancelling and closing a program. All end pairs, so each page asks first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require, respond
from mentoring.workflows import stopping
from pairings.enums import RUNNING_STATES
from pairings.models import Pairing
from programs.domain import states
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program
from programs.views.programs import VERBS, managed_program


def enrolment_withdraw(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to an invitation, take an application back, or leave. No reason is asked."""
    enrolments = Enrolment.objects.visible_to(request.user).select_related("program", "person")
    enrolment = get_object_or_404(enrolments, public_id=public_id)
    require(request.user, "programs.edit_enrolment", enrolment)
    own_page = reverse("programs:enrolment", args=[enrolment.public_id])
    if request.method == "POST":
        _withdraw(request, enrolment)
        return redirect_htmx(request, own_page)

    pairs = Pairing.objects.of(request.user).filter(
        program=enrolment.program, state__in=RUNNING_STATES
    )
    context = {
        "enrolment": enrolment,
        "program": enrolment.program,
        "own_page": own_page,
        "invited": enrolment.state in {EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING},
        "in_pair": pairs.exists(),
    }
    return respond(request, "mentoring/enrolment_withdraw.html", context)


def _withdraw(request: AuthenticatedHttpRequest, enrolment: Enrolment) -> None:
    """Withdraw, and say so or why not in a message."""
    try:
        stopping.withdraw(actor=request.user, enrolment=enrolment)
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("You have stepped back. Thank you for letting us know."))


def program_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Cancel a program, after saying what that does. HR admins and the program's coordinators."""
    program = managed_program(request, public_id)
    problem = ""
    if request.method == "POST":
        problem = _cancel(request, program)
        if not problem:
            messages.success(request, _("The program is cancelled, and everybody in it is told."))
            return redirect_htmx(request, "programs:program_detail", program.public_id)

    not_taking_part = [EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED]
    context = {
        "program": program,
        "problem": problem,
        "possible": states.allowed(program, "cancel_program"),
        "people": program.enrolments.exclude(state__in=not_taking_part).count(),
        "pairs": Pairing.objects.live().filter(program=program).count(),
    }
    status = 422 if problem else 200
    return respond(request, "mentoring/program_cancel.html", context, status=status)


def _cancel(request: AuthenticatedHttpRequest, program: Program) -> str:
    """Cancel the program; what was wrong, or ""."""
    if request.POST.get("sure") != "1":
        return _("Tick the box to confirm.")
    try:
        stopping.cancel_program(actor=request.user, program=program)
    except DomainError as error:
        return " ".join(error.messages)
    return ""


def program_close(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then close a program and complete its pairs. HR admins and its coordinators."""
    program = managed_program(request, public_id)
    words = VERBS["close"]
    problem = ""
    if request.method == "POST":
        try:
            stopping.close_program(actor=request.user, program=program)
        except DomainError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, str(words["done"]))
            return redirect_htmx(request, "programs:program_detail", program.public_id)

    context = {"program": program, "words": words, "problem": problem}
    status = 422 if problem else 200
    return respond(request, "programs/program_state.html", context, status=status)
