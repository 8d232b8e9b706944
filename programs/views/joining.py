"""Open calls: which programs one could join, and joining."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from programs.domain import answers, invitations
from programs.domain.eligibility import eligible_roles
from programs.domain.invitations import open_calls
from programs.enums import PairRole
from programs.labels import side_label
from programs.models import Enrolment, Program


def open_call(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The programs with an open call that this person could join."""
    calls = [
        {"program": program, "labels": [side_label(program, role) for role in roles]}
        for program, roles in open_calls(request.user)
    ]
    return respond(request, "programs/open_call.html", {"calls": calls})


def join(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What a program with an open call is about, and joining it on a side that is open to one."""
    programs = Program.objects.visible_to(request.user).with_set_up()
    program = get_object_or_404(programs, public_id=public_id)
    mine = program.enrolments.filter(person=request.user).first()
    if mine is not None:
        return redirect("programs:enrolment", mine.public_id)
    require(request.user, "programs.join_open_call", program)
    return _join_page(request, program)


def _join_page(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            enrolment = _join(request, program)
            messages.success(request, _("Good. Now tell us a little about yourself."))
            return redirect_htmx(request, "programs:enrolment", enrolment.public_id)
    context = {
        "program": program,
        "roles": _sides(program, request.user),
        "is_open": answers.is_open(program),
    }
    return form_page(request, "programs/join.html", form, context)


def _join(request: AuthenticatedHttpRequest, program: Program) -> Enrolment:
    role = request.POST.get("role", "")
    if role not in PairRole.values:
        raise DomainError(_("Choose the side on which you want to join."))
    return invitations.join(actor=request.user, program=program, role=PairRole(role))


def _sides(program: Program, person: User) -> list[dict[str, Any]]:
    """The sides that this person may join."""
    return [
        {
            "key": role.value,
            "label": side_label(program, role),
            "is_mentor": role == PairRole.MENTOR,
        }
        for role in eligible_roles(program, person)
    ]
