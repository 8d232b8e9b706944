"""Making a program from a template."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.requests import AuthenticatedHttpRequest
from common.fields import LineField
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require
from mentoring.content import TEMPLATES
from mentoring.workflows.new_program import new_program


class NewProgramForm(forms.Form):
    """A template and a name."""

    template = forms.ChoiceField(
        label=_("Template"),
        choices=[(key, template.name) for key, template in TEMPLATES.items()],
        error_messages={"required": _("Choose a template. “Blank” is one as well.")},
    )
    name = LineField(
        label=_("Name of the program"),
        max_length=120,
        help_text=_("As people will read it, for instance “Digital fluency 2027”."),
        error_messages={"required": _("Give the program a name.")},
    )


def program_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Choose a template card, name the program, go on in the wizard."""
    require(request.user, "programs.create_program")
    form = NewProgramForm(posted(request))
    if form.is_valid():
        template, name = form.cleaned_data["template"], form.cleaned_data["name"]
        with show_refusal(form, "name"):
            program = new_program(actor=request.user, template_key=template, name=name)
            done = _("The program is a draft now. Nobody sees it until you open enrolment.")
            messages.success(request, done)
            return redirect_htmx(request, "programs:program_wizard", program.public_id, "purpose")

    context = {"cards": list(TEMPLATES.values())}
    return form_page(request, "mentoring/program_new.html", form, context)
