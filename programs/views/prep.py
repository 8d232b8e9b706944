"""The prep pack of one's own enrolment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.http import redirect_htmx, respond
from common.text import whole_number
from programs.domain import prep as domain
from programs.enums import PairRole
from programs.forms.prep import AnswerForm
from programs.labels import side_label
from programs.models import Enrolment, PrepStep
from programs.views.own import own_enrolment


@one_after_another
def prep(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Short steps to read and tick, with questions for oneself; the mentee's pledge at the end.

    Ticking by htmx swaps the list in place.
    """
    row = own_enrolment(request, public_id)
    if request.method != "POST":
        return _pack_page(request, row)
    if "pledge" in request.POST:
        domain.pledge(actor=request.user, enrolment=row)
        messages.success(request, _("Thank you. You are ready."))
        return redirect_htmx(request, "programs:prep", row.public_id)

    step = _sent_step(request, row)
    if "keep" in request.POST:
        return _keep_answer(request, row, step)
    domain.tick(actor=request.user, enrolment=row, step=step, done=request.POST.get("done") == "1")
    if getattr(request, "htmx", None):
        return _pack_page(request, row)
    return _to_step(request, row, step)


@require_safe
def prep_card(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The step that can be printed as a card; 404 where the pack has none."""
    row = own_enrolment(request, public_id)
    cards = PrepStep.objects.filter(program=row.program, role=row.role, is_card=True)
    step = get_object_or_404(cards)
    context = {"enrolment": row, "program": row.program, "step": step}
    return respond(request, "programs/prep_card.html", context)


def _keep_answer(request: AuthenticatedHttpRequest, row: Enrolment, step: PrepStep) -> HttpResponse:
    """Keep what was written for oneself; the page again with errors, and with what was typed."""
    (line,) = [line for line in domain.prep_pack(row) if line.step == step]
    form = AnswerForm(request.POST, line=line, program=row.program)
    if not form.is_valid():
        return _pack_page(request, row, refused=form, position=step.position)
    text = form.cleaned_data["answer"]
    domain.answer(actor=request.user, enrolment=row, step=step, text=text)
    messages.success(request, _("Kept, for you alone."))
    return _to_step(request, row, step)


def _to_step(request: AuthenticatedHttpRequest, row: Enrolment, step: PrepStep) -> HttpResponse:
    url = reverse("programs:prep", args=[row.public_id])
    return redirect_htmx(request, f"{url}#step-{step.position}")


def _pack_page(
    request: AuthenticatedHttpRequest,
    row: Enrolment,
    *,
    refused: AnswerForm | None = None,
    position: int = 0,
) -> HttpResponse:
    lines = domain.prep_pack(row)
    context = {
        "enrolment": row,
        "program": row.program,
        "label": side_label(row.program, row.role),
        "is_mentor": row.role == PairRole.MENTOR,
        "lines": [_with_form(line, row, refused, position) for line in lines],
        "form": refused,
        "done": sum(line.done for line in lines),
        "total": len(lines),
        "minutes": sum(line.step.minutes for line in lines),
    }
    status = 422 if refused else 200
    return respond(request, "programs/prep.html", context, partial="pack", status=status)


def _with_form(
    line: domain.PrepLine, row: Enrolment, refused: AnswerForm | None, position: int
) -> dict[str, Any]:
    """The line and, where it asks something, the form for the answer."""
    form = None
    if line.step.question:
        is_refused = line.step.position == position
        form = refused if is_refused else AnswerForm(line=line, program=row.program)
    return {"step": line.step, "done": line.done, "form": form}


def _sent_step(request: AuthenticatedHttpRequest, row: Enrolment) -> PrepStep:
    """The step that was sent; 404 for a step of another pack."""
    position = request.POST.get("position", "")
    steps = PrepStep.objects.filter(program=row.program, role=row.role)
    return get_object_or_404(steps, position=whole_number(position) or 0)
