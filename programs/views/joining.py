"""Open calls: which programs one could join, and joining."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require
from programs.domain import answers, invitations
from programs.domain.eligibility import eligible_roles
from programs.domain.invitations import open_calls
from programs.enums import PairRole
from programs.models import Program


def open_call(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The programs that are looking for people like the reader."""
    calls = [
        {"program": program, "labels": [label_of(program, role) for role in roles]}
        for program, roles in open_calls(request.user)
    ]
    return TemplateResponse(request, "programs/open_call.html", {"calls": calls})


def label_of(program: Program, role: PairRole) -> str:
    """What the program calls this side."""
    return program.mentor_label if role == PairRole.MENTOR else program.mentee_label


def join(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What a program with an open call is about, and joining it on the side that one's grade
    permits.
    """
    rows = Program.objects.visible_to(request.user).select_related(
        "sponsor", "mentor_max_grade", "mentee_min_grade"
    )
    program = get_object_or_404(rows, public_id=public_id)
    mine = program.enrolments.filter(person=request.user).first()
    if mine is not None:
        return redirect("programs:enrolment", mine.public_id)
    require(request.user, "programs.join_open_call", program)
    roles = eligible_roles(program, request.user)
    problem = ""
    if request.method == "POST":
        try:
            role = PairRole(request.POST.get("role", ""))
            enrolment = invitations.join(actor=request.user, program=program, role=role)
        except DomainError as error:
            problem = " ".join(error.messages)
        except ValueError:
            problem = _("Choose the side on which you want to join.")
        else:
            messages.success(request, _("Good. Now tell us a little about yourself."))
            return redirect_htmx(request, reverse("programs:enrolment", args=[enrolment.public_id]))
    context = {
        "program": program,
        "roles": [
            {
                "key": role.value,
                "label": label_of(program, role),
                "is_mentor": role == PairRole.MENTOR,
            }
            for role in roles
        ],
        "is_open": answers.is_open(program),
        "problem": problem,
    }
    return TemplateResponse(request, "programs/join.html", context, status=422 if problem else 200)
