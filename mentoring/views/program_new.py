"""Making a program from a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.requests import AuthenticatedHttpRequest
from common.fields import LineField
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require
from mentoring.content import loading
from mentoring.content.model import ProgramTemplate
from mentoring.workflows.new_program import new_program


class NewProgramForm(forms.Form):
    """A template, the language of its texts, and a name."""

    template = forms.ChoiceField(
        label=_("Template"),
        error_messages={"required": _("Choose a template. “Blank” is one as well.")},
    )
    language = forms.ChoiceField(
        label=_("Language of its texts"),
        choices=settings.LANGUAGES,
        help_text=_(
            "Topics, guides, ground rules and surveys are in this language. Buttons and messages "
            "are in the language that each reader has chosen."
        ),
    )
    name = LineField(
        label=_("Name of the program"),
        max_length=120,
        help_text=_("As people will read it, for instance “Digital fluency 2027”."),
        error_messages={"required": _("Give the program a name.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        template: Any = self.fields["template"]
        template.choices = [(key, key) for key in loading.template_keys()]
        self.initial.setdefault("language", get_language())


def program_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Choose a template card, name the program, go on in the wizard."""
    require(request.user, "programs.create_program")
    form = NewProgramForm(posted(request))
    if form.is_valid():
        chosen = form.cleaned_data
        with show_refusal(form, "name"):
            program = new_program(
                actor=request.user,
                template_key=chosen["template"],
                language=chosen["language"],
                name=chosen["name"],
            )
            done = _("The program is a draft now. Nobody sees it until you open enrolment.")
            messages.success(request, done)
            return redirect_htmx(request, "programs:program_wizard", program.public_id, "purpose")

    cards = [
        {"template": template, "contains": list(contents(template))}
        for template in loading.templates(get_language() or settings.LANGUAGE_CODE)
    ]
    return form_page(request, "mentoring/program_new.html", form, {"cards": cards})


def contents(template: ProgramTemplate) -> Iterator[str]:
    """What a template contains, counted, in lines for its card."""
    topics, guides = len(template.topics), len(template.guides)
    prep = sum(step.minutes for step in template.mentor_prep)
    if topics:
        count = len(template.categories)
        yield gettext("%(topics)d topics in %(count)d groups") % {"topics": topics, "count": count}
    if guides:
        yield gettext("guides for the first and last session and for each group of topics")
        yield gettext("an exercise, three questions and two goals to begin with for each topic")
    yield gettext("ground rules to sign")
    yield gettext("a prep pack of %(minutes)d minutes for each side") % {"minutes": prep}
    surveys = len(template.surveys)
    text = ngettext("%(count)d survey", "%(count)d surveys with their questions", surveys)
    yield text % {"count": surveys}
