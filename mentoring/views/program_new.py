"""Making a program from a template."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import posted, redirect_htmx, require, respond
from mentoring.content import TEMPLATES
from mentoring.workflows.new_program import new_program


class NewProgramForm(forms.Form):
    """A template and a name."""

    template = forms.ChoiceField(
        label=_("Template"),
        choices=[(key, template.name) for key, template in TEMPLATES.items()],
        error_messages={"required": _("Choose a template. “Blank” is one as well.")},
    )
    name = forms.CharField(
        label=_("Name of the program"),
        max_length=120,
        help_text=_("As people will read it, for instance “Digital fluency 2027”."),
        error_messages={"required": _("Give the program a name.")},
    )


def program_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Choose a template card, name the program, go on in the wizard."""
    require(request.user, "programs.create_program")
    form = NewProgramForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            program = new_program(
                actor=request.user,
                template_key=form.cleaned_data["template"],
                name=form.cleaned_data["name"],
            )
        except DomainError as error:
            form.add_error("name", error)
        else:
            messages.success(
                request, _("The program is a draft now. Nobody sees it until you open enrolment.")
            )
            return redirect_htmx(request, "programs:program_wizard", program.public_id, "purpose")

    context = {"form": form, "cards": list(TEMPLATES.values())}
    status = 422 if form.errors else 200
    return respond(request, "mentoring/program_new.html", context, status=status)
