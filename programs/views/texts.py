"""HR's own texts of a program: the list, and changing one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, respond
from programs.domain import texts as domain
from programs.enums import PairRole
from programs.forms.texts import GuideTextForm, StepTextForm, TopicTextForm
from programs.models import PrepStep, Program, SessionGuide
from programs.views.programs import managed_program


@require_safe
def text_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Everything that people of the program read and HR can change."""
    program = managed_program(request, public_id)
    steps = list(program.prep_steps.all())
    context = {
        "program": program,
        "guides": program.guides.all(),
        "mentor_steps": [step for step in steps if step.role == PairRole.MENTOR],
        "mentee_steps": [step for step in steps if step.role == PairRole.MENTEE],
        "topics": program.own_topics.order_by("category", "name"),
    }
    return respond(request, "programs/text_list.html", context)


@require_http_methods(["GET", "POST"])
@one_after_another
def text_edit(
    request: AuthenticatedHttpRequest, public_id: UUID, kind: str, text_id: UUID
) -> HttpResponse:
    """Change a guide, a step of a prep pack or a topic of the program itself."""
    program = managed_program(request, public_id)
    text = _text_or_404(program, kind, text_id)
    form = _form(request, program, text)
    if form.is_valid():
        with show_refusal(form):
            _save(request, program, text, form)
            messages.success(request, _("Saved. From now on people read it so."))
            return redirect_htmx(request, "programs:text_list", program.public_id)
    context = {"program": program, "text": text, "kind": kind}
    return form_page(request, "programs/text_edit.html", form, context)


def _text_or_404(program: Program, kind: str, text_id: UUID) -> Any:
    texts = {
        "guide": program.guides.all(),
        "step": program.prep_steps.all(),
        "topic": program.own_topics.all(),
    }
    if kind not in texts:
        raise Http404
    return get_object_or_404(texts[kind], public_id=text_id)


def _form(request: AuthenticatedHttpRequest, program: Program, text: domain.Text) -> Any:
    data = posted(request)
    if isinstance(text, SessionGuide):
        return GuideTextForm(data, text=text, length=program.session_minutes)
    if isinstance(text, PrepStep):
        return StepTextForm(data, text=text)
    return TopicTextForm(data, text=text)


def _save(
    request: AuthenticatedHttpRequest, program: Program, text: domain.Text, form: Any
) -> None:
    actor, values = request.user, form.values()
    if isinstance(text, SessionGuide):
        agenda = form.agenda()
        domain.save_guide(actor=actor, program=program, guide=text, values=values, agenda=agenda)
    else:
        domain.save_text(actor=actor, program=program, text=text, values=values)
