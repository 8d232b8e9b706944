"""What the views behind the buttons share: the posted pair, and the answer to a broken form."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from programs.models import Enrolment, Program


def incomplete_form() -> HttpResponse:
    """400 for a form that no page of ours sends."""
    return HttpResponseBadRequest(_("This form is not complete. Go back and load the page again."))


def posted_pair(program: Program, form: forms.Form) -> tuple[Enrolment, Enrolment]:
    """The enrolments of `mentor` and `mentee` in a valid form; 404 for those of other programs."""
    enrolments = Enrolment.objects.filter(program=program).select_related("person")
    mentor = get_object_or_404(enrolments, public_id=form.cleaned_data["mentor"])
    mentee = get_object_or_404(enrolments, public_id=form.cleaned_data["mentee"])
    return mentor, mentee
