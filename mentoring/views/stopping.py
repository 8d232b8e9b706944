"""Stepping back from a program, cancelling one, closing one: all end pairs, so all are asked about
first.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require
from mentoring.workflows import stopping
from mentoring.workflows.stopping import close_program
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.domain import states
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program
from programs.views.programs import VERBS


def enrolment_withdraw(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to an invitation, take an application back, or leave. No reason is asked."""
    rows = Enrolment.objects.visible_to(request.user).select_related("program", "person")
    enrolment = get_object_or_404(rows, public_id=public_id)
    require(request.user, "programs.edit_enrolment", enrolment)
    actor: Any = request.user
    own_page = reverse("programs:enrolment", args=[enrolment.public_id])
    if request.method == "POST":
        try:
            stopping.withdraw(actor=actor, enrolment=enrolment)
        except DomainError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("You have stepped back. Thank you for letting us know."))
        return redirect_htmx(request, own_page)
    began = [PairingState.ACTIVE, PairingState.PAUSED]
    context = {
        "enrolment": enrolment,
        "program": enrolment.program,
        "own_page": own_page,
        "invited": enrolment.state in {EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING},
        "in_pair": Pairing.objects.of(actor)
        .filter(program=enrolment.program, state__in=began)
        .exists(),
    }
    return render(request, "mentoring/enrolment_withdraw.html", context)


def program_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Cancel a program, after saying what that does. HR admins and the program's coordinators."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "programs.manage_program", program)
    actor: Any = request.user
    problem = ""
    if request.method == "POST":
        if request.POST.get("sure") != "1":
            problem = _("Tick the box to say that you mean it.")
        else:
            try:
                stopping.cancel_program(actor=actor, program=program)
            except DomainError as error:
                problem = " ".join(error.messages)
        if not problem:
            messages.success(request, _("The program is cancelled, and everybody in it is told."))
            return redirect_htmx(
                request, reverse("programs:program_detail", args=[program.public_id])
            )
    silent = [EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED]
    context = {
        "program": program,
        "problem": problem,
        "possible": states.allowed(program, "cancel_program"),
        "people": program.enrolments.exclude(state__in=silent).count(),
        "pairs": Pairing.objects.live().filter(program=program).count(),
    }
    return render(request, "mentoring/program_cancel.html", context, status=422 if problem else 200)


def program_close(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Close a program and complete its pairs, after asking.

    HR admins and the program's coordinators.
    """
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "programs.manage_program", program)
    actor: Any = request.user
    words, problem = VERBS["close"], ""
    if request.method == "POST":
        try:
            close_program(actor=actor, program=program)
        except DomainError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, words["done"])
            return redirect_htmx(
                request, reverse("programs:program_detail", args=[program.public_id])
            )
    context = {"program": program, "words": words, "problem": problem}
    return render(request, "programs/program_state.html", context, status=422 if problem else 200)
