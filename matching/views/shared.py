"""What the pages and buttons of matching share."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.http import require
from programs.models import Enrolment, Program


def managed_program(
    request: AuthenticatedHttpRequest, public_id: UUID, permission: str = ""
) -> Program:
    """A program that the person runs: 404 for everybody else, 403 without the permission."""
    programs = Program.objects.managed_by(request.user)
    program: Program = get_object_or_404(programs, public_id=public_id)
    if permission:
        require(request.user, permission, program)
    return program


def incomplete_form() -> HttpResponse:
    """400 for a form that no page of ours sends."""
    return HttpResponseBadRequest(_("This form is not complete. Go back and load the page again."))


def posted_pair(program: Program, form: forms.Form) -> tuple[Enrolment, Enrolment]:
    """The enrolments of `mentor` and `mentee` in a valid form; 404 for those of other programs."""
    enrolments = Enrolment.objects.filter(program=program).select_related("person")
    mentor = get_object_or_404(enrolments, public_id=form.cleaned_data["mentor"])
    mentee = get_object_or_404(enrolments, public_id=form.cleaned_data["mentee"])
    return mentor, mentee
