"""Rounds of a program and their results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.changes import one_after_another
from common.charts import Bars
from common.forms import show_refusal
from common.http import form_page, page_of, posted, require, respond
from feedback import pictures
from feedback.domain.plan import Occurrence, occurrences
from feedback.domain.plan_dates import dates_ahead
from feedback.domain.response import answered_in_words
from feedback.domain.rounds import ASKING, publish_told_us, skipped
from feedback.enums import Cut, Label, RoundState
from feedback.forms import ToldUsForm
from feedback.models import Response, SurveyPlanItem, SurveyRound
from feedback.reading import results_of
from programs.models import Program

ANSWERED = Count("participations", filter=Q(participations__responded=True))


@require_GET
def round_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What a program asks: the plan with what comes next, and the rounds so far."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    plan = plan_of(program)
    dates = dates_ahead(program, [row["item"] for row in plan], viewer=request.user)
    state = request.GET.get("state", "")
    context = {
        **frame_of(request, program),
        "plan": plan,
        "any_skipped": any(row["skipped"] for row in plan),
        "dates": dates,
        "any_remark": any(date.remarks for date in dates),
        "may_open": program.state in ASKING,
        "page": page_of_rounds(request, program, state),
        "state": state,
        "states": RoundState.choices,
    }
    return respond(request, "feedback/round_list.html", context)


def page_of_rounds(
    request: AuthenticatedHttpRequest, program: Program | None, state: str
) -> Page[SurveyRound]:
    """Rounds of a program or of the staff, in one state or in any, each with how many have
    answered.
    """
    rounds = SurveyRound.objects.counted_by(request.user).filter(program=program)
    if state in RoundState.values:
        rounds = rounds.filter(state=state)
    page = page_of(request, rounds.annotate(answered_now=ANSWERED).order_by("-opens_at", "-pk"))
    for survey_round in page:
        survey_round.shown_count = answered_in_words(survey_round, survey_round.answered_now)  # type: ignore[attr-defined]
    return page


def plan_of(program: Program) -> list[dict[str, Any]]:
    """Each planned survey, with when it opens next and which of its rounds were skipped."""
    rounds = Prefetch("rounds", SurveyRound.objects.only("plan_item", "number"))
    items = SurveyPlanItem.objects.filter(program=program).order_by("position")
    items = items.annotate(question_count=Count("questions"))
    items = items.select_related("program").prefetch_related(rounds)
    return [{"item": item, "next": _next(item), "skipped": skipped(item)} for item in items]


def _next(item: SurveyPlanItem) -> Occurrence | None:
    """The next time that a survey opens."""
    now = clock.now()
    for due in occurrences(item):
        if due.opens_at > now:
            return due
    return None


def _round_or_404(rounds: QuerySet[SurveyRound], public_id: UUID) -> SurveyRound:
    """One of the rounds, with its program."""
    return get_object_or_404(rounds.select_related("program"), public_id=public_id)


def frame_of(request: AuthenticatedHttpRequest, program: Program | None) -> dict[str, Any]:
    """The frame of a page about surveys: of a program, or of the staff."""
    request.is_about_staff = program is None  # type: ignore[attr-defined]
    frame = "staff_base" if program is None else "program_base"
    folder = "feedback" if program is None else "programs"
    return {
        "program": program,
        "frame": f"{folder}/{frame}.html",
        "list_url": list_of(program),
        "list_label": _("Staff surveys") if program is None else _("Surveys"),
    }


def list_of(program: Program | None) -> str:
    """Where the surveys of a program, or of the staff, are listed."""
    if program is None:
        return reverse("feedback:staff_survey_list")
    return reverse("feedback:round_list", args=[program.public_id])


def about(request: AuthenticatedHttpRequest, survey_round: SurveyRound) -> dict[str, Any]:
    """What all pages of a round show."""
    return {**frame_of(request, survey_round.program), "round": survey_round}


@require_GET
def round_answers(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Single answers with names, for those whom the label promised them to."""
    rounds = SurveyRound.objects.answers_visible_to(request.user)
    survey_round = _round_or_404(rounds, public_id)
    context = {
        **about(request, survey_round),
        "page": _page_of_answers(request, survey_round),
        "may_publish": request.user.has_perm("feedback.publish_told_us", survey_round),
    }
    return respond(request, "feedback/round_answers.html", context)


def _page_of_answers(
    request: AuthenticatedHttpRequest, survey_round: SurveyRound
) -> Page[Response]:
    """The answers by name of the person, each with its `rows`."""
    responses = survey_round.responses.select_related("person").order_by("person__sort_key", "pk")
    page = page_of(request, responses, per_page=20)
    for response in page:
        response.rows = _answer_rows(survey_round, response)  # type: ignore[attr-defined]
    return page


def _answer_rows(survey_round: SurveyRound, response: Response) -> list[dict[str, str]]:
    """The questions with one person's answers."""
    rows = []
    for question in survey_round.questions:
        answer = response.answers.get(question["id"])
        rows.append({"text": question["text"], "value": _shown(answer)})
    return rows


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


@require_http_methods(["GET", "POST"])
@one_after_another
def told_us_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Write what was heard and what changes."""
    survey_round = _round_or_404(SurveyRound.objects.counted_by(request.user), public_id)
    require(request.user, "feedback.publish_told_us", survey_round)
    form = ToldUsForm(posted(request), initial={"text": survey_round.told_us})
    if form.is_valid():
        with show_refusal(form):
            publish_told_us(actor=request.user, survey_round=survey_round, **form.cleaned_data)
            messages.success(request, _("Published. Everybody who was asked gets a mail."))
            return redirect("feedback:round_detail", survey_round.public_id)
    return form_page(request, "feedback/told_us_edit.html", form, about(request, survey_round))


@require_GET
def round_heard(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What those who were asked may read afterwards: what changes, and the results in classes."""
    rounds = SurveyRound.objects.visible_to(request.user).filter(told_us_at__isnull=False)
    survey_round = _round_or_404(rounds, public_id)
    context = {**about(request, survey_round), "results": _published(survey_round)}
    return respond(request, "feedback/round_heard.html", context)


def _published(survey_round: SurveyRound) -> list[tuple[str, Bars]]:
    """What everybody together answered, for all who were asked: no group, no comment.

    Nothing of an attributed round: its figures are exact, and promised to those who run it alone.
    """
    if survey_round.label == Label.ATTRIBUTED:
        return []
    results = results_of(survey_round, survey_round.tables.filter(cut=Cut.TOTAL))
    shown = [result for result in results if result.total.is_shown and not result.is_text]
    return [
        (result.text, pictures.question_chart(result, None, is_exact=False)) for result in shown
    ]
