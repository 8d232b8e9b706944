"""The survey plan of a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from feedback import bank
from feedback.arranging import rearranged
from feedback.asking import Asked, asked
from feedback.domain import plan, rounds
from feedback.domain.audiences import people_to_ask
from feedback.domain.collisions import Collisions
from feedback.enums import Audience, Label
from feedback.forms import BaseQuestionFormSet, SurveyPlanItemForm, question_forms
from feedback.models import SurveyPlanItem
from feedback.staff_forms import StaffSurveyForm
from feedback.views.rounds import frame_of, list_of
from programs.models import Program


@require_http_methods(["GET", "POST"])
@one_after_another
def plan_item_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Plan another survey."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "feedback.plan_surveys", program)
    return edit(request, SurveyPlanItem(program=program))


@require_http_methods(["GET", "POST"])
@one_after_another
def plan_item_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Change a planned survey."""
    item = item_to_edit(request, public_id)
    return edit(request, item)


def item_to_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> SurveyPlanItem:
    """A planned survey that this person may change."""
    items = SurveyPlanItem.objects.visible_to(request.user).select_related("program")
    item = get_object_or_404(items, public_id=public_id)
    require(request.user, "feedback.edit_survey", item)
    return item


def edit(request: AuthenticatedHttpRequest, item: SurveyPlanItem) -> HttpResponse:
    """The page of a survey: when it opens, whom it asks, its questions."""
    if action := request.POST.get("arrange"):
        return _arrange(request, item, action)
    form = _form(request, item, posted(request))
    questions = _question_forms(request, item)
    if not form.is_bound:
        return _editor(request, item, form, questions)
    if not (form.is_valid() and questions.is_valid()):
        return _editor(request, item, form, questions, status=422)
    if undecided := questions.must_decide():
        return _editor(request, item, form, questions, undecided=undecided)
    with show_refusal(form):
        _save(request, form, questions)
        return redirect_htmx(request, list_of(item.program))
    return _editor(request, item, form, questions, status=422)


def _form(
    request: AuthenticatedHttpRequest, item: SurveyPlanItem, data: QueryDict | None
) -> SurveyPlanItemForm:
    """The form of a program's survey, or of a staff survey. Only HR may ask all staff."""
    if item.program is None:
        return StaffSurveyForm(data, instance=item)
    asks_staff = request.user.is_hr_admin or item.audience == Audience.STAFF
    return SurveyPlanItemForm(data, instance=item, asks_staff=asks_staff)


def _arrange(request: AuthenticatedHttpRequest, item: SurveyPlanItem, action: str) -> HttpResponse:
    """The same page with its questions in another order, or with a preview. Stores nothing."""
    language = bank.language_of(item)
    data = rearranged(request.POST, action, language=language)
    form, questions = _form(request, item, data), question_forms(data, item)
    form.show_as_typed()
    questions.show_as_typed()
    preview = list(_preview(item, data)) if action == "preview" else None
    return _editor(request, item, form, questions, preview=preview)


def _editor(
    request: AuthenticatedHttpRequest,
    item: SurveyPlanItem,
    form: SurveyPlanItemForm,
    questions: BaseQuestionFormSet,
    *,
    preview: list[Asked] | None = None,
    undecided: Sequence[int] = (),
    status: int = 200,
) -> HttpResponse:
    language = bank.language_of(item)
    context = {
        "form": form,
        "questions": questions,
        **frame_of(request, item.program),
        "item": item,
        "undecided": undecided,
        "bank": bank.by_kind(language),
        "bank_language": language,
        "preview": preview,
        "preview_round": {"program": item.program, "label": _label_of(form)},
    }
    return respond(request, "feedback/plan_item_edit.html", context, status=status)


def _label_of(form: SurveyPlanItemForm) -> str:
    """The label as it stands in the form; a staff survey is always anonymous."""
    return form["label"].value() if "label" in form.fields else Label.ANONYMOUS


def _preview(item: SurveyPlanItem, data: QueryDict) -> Iterator[Asked]:
    """The questions as those who are asked will see them; what is not complete is left out."""
    questions = question_forms(data, item)
    complete = [form.cleaned_data for form in questions.forms if form.is_valid()]
    shown = [
        {**question, "id": str(at), "options": question["options"]}
        for at, question in enumerate(complete)
        if question.get("text")
    ]
    return asked(shown, {}, {})


def _question_forms(request: AuthenticatedHttpRequest, item: SurveyPlanItem) -> BaseQuestionFormSet:
    """The stored questions when the page is opened, otherwise what was sent."""
    data = posted(request)
    # Beside sent data, Django would skip every question that did not change, as an empty form.
    initial = _initial(item) if data is None and item.pk else None
    return question_forms(data, item, initial=initial or [{}])


def _save(
    request: AuthenticatedHttpRequest, form: SurveyPlanItemForm, questions: BaseQuestionFormSet
) -> None:
    item = plan.save_item(
        actor=request.user,
        item=form.save(commit=False),
        questions=questions.questions(),
        readers=form.cleaned_data.get("reader_addresses", ()),
    )
    if item.program is None and item.opens_on is None:
        messages.success(request, _("The survey is saved. It opens when you open it."))
    else:
        messages.success(request, _("The survey is planned. It opens by itself."))


def _initial(item: SurveyPlanItem) -> list[dict[str, Any]]:
    """The stored questions, as their forms show them."""
    rows: list[Any] = list(item.questions.values(*plan.FIELDS))
    for row in rows:
        row["options"] = "\n".join(row["options"])
    return rows


@require_http_methods(["GET", "POST"])
def plan_item_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take a survey out of the plan."""
    item = item_to_edit(request, public_id)
    if request.method == "POST":
        plan.remove_item(actor=request.user, item=item)
        text = _("The survey is no longer planned. Rounds that have been asked stay.")
        messages.success(request, text)
        return redirect(list_of(item.program))
    context = {
        **frame_of(request, item.program),
        "item": item,
        "is_stopped": item.program is None and item.rounds.exists(),
    }
    return respond(request, "feedback/plan_item_remove.html", context)


@require_http_methods(["GET", "POST"])
def plan_item_open(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then open a round of the survey today."""
    item = item_to_edit(request, public_id)
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            opened = rounds.open_now(actor=request.user, item=item)
            messages.success(request, _("The survey is open. Those who are asked get a mail."))
            return redirect("feedback:round_detail", opened.public_id)
    today = plan.from_today(item, 0)
    context = {
        **frame_of(request, item.program),
        "item": item,
        "people": people_to_ask(item).count(),
        "remarks": Collisions(item.program, request.user).remarks(item, today),
    }
    return form_page(request, "feedback/plan_item_open.html", form, context)
