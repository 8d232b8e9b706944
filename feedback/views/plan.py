"""The survey plan of a program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.http import require, respond
from feedback.domain import plan
from feedback.forms import QuestionFormSet, SurveyPlanItemForm
from feedback.models import SurveyPlanItem
from programs.models import Program


@require_http_methods(["GET", "POST"])
def plan_item_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Plan another survey."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "feedback.plan_surveys", program)
    return _edit(request, SurveyPlanItem(program=program))


@require_http_methods(["GET", "POST"])
def plan_item_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Change a planned survey."""
    item = _item(request, public_id)
    return _edit(request, item)


def _item(request: AuthenticatedHttpRequest, public_id: UUID) -> SurveyPlanItem:
    items = SurveyPlanItem.objects.visible_to(request.user).select_related("program")
    item = get_object_or_404(items, public_id=public_id)
    require(request.user, "feedback.edit_survey", item)
    return item


def _edit(request: AuthenticatedHttpRequest, item: SurveyPlanItem) -> HttpResponse:
    data: Any = request.POST if request.method == "POST" else None
    form = SurveyPlanItemForm(data, instance=item)
    # what was sent stands alone: a question that did not change would count as an empty form beside
    # its initial
    initial = _initial(item) if data is None and item.pk else None
    questions = QuestionFormSet(data, prefix="questions", initial=initial)
    if data is not None and form.is_valid() and questions.is_valid():
        try:
            plan.save_item(
                actor=request.user,
                item=form.save(commit=False),
                questions=questions.questions(),
                readers=form.cleaned_data["reader_addresses"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The survey is planned. It opens by itself."))
            return redirect("feedback:round_list", item.program.public_id)
    context = {"form": form, "questions": questions, "item": item, "program": item.program}
    return respond(
        request, "feedback/plan_item_edit.html", context, status=422 if data is not None else 200
    )


def _initial(item: SurveyPlanItem) -> list[dict[str, Any]]:
    return [
        {"text": q.text, "kind": q.kind, "options": "\n".join(q.options), "required": q.required}
        for q in item.questions.all()
    ]


@require_http_methods(["GET", "POST"])
def plan_item_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take a survey out of the plan."""
    item = _item(request, public_id)
    if request.method == "POST":
        program = item.program
        plan.remove_item(actor=request.user, item=item)
        messages.success(
            request, _("The survey is no longer planned. Rounds that have been asked stay.")
        )
        return redirect("feedback:round_list", program.public_id)
    return respond(
        request, "feedback/plan_item_remove.html", {"item": item, "program": item.program}
    )
