"""Answering a survey from the mailed link: one question a screen, nothing kept until it is sent."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common import tokens
from common.errors import DomainError
from common.http import respond
from common.text import whole_number
from feedback import mail
from feedback.domain import answers as domain
from feedback.domain.figures import choices
from feedback.enums import Label, QuestionKind, RoundState
from feedback.models import Participation, Response, SurveyRound
from programs.domain.staff import people_who_run

TEMPLATE = "feedback/survey_answer.html"


@require_GET
def survey_open(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The way from the home page to one's personal link."""
    asked = Participation.objects.filter(
        person=request.user, round__public_id=public_id
    ).select_related("round")
    return redirect("feedback:survey_answer", token=mail.make_token(get_object_or_404(asked)))


def _round_of(token: str) -> tuple[SurveyRound, Participation | None]:
    """The round and, while it is open, the person asked. Http404 for a link that is none."""
    try:
        payload = tokens.read(mail.PURPOSE, token, mail.LINK_LIFE)
    except tokens.TokenError as error:
        raise Http404 from error
    survey_round = get_object_or_404(
        SurveyRound.objects.select_related("program__sponsor"), public_id=payload["round"]
    )
    asked = survey_round.participations.filter(pk=payload["participation"], person__is_active=True)
    return survey_round, asked.select_related("person", "round__program").first()


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Introduction → a question a screen → check → sent.

    Opening the link changes nothing; only the last POST keeps answers.
    """
    survey_round, participation = _round_of(token)
    minutes = mail.minutes_of(survey_round)
    context: dict[str, Any] = {
        "round": survey_round,
        "token": token,
        "minutes": minutes,
        # The template calls it: also people who are not signed in find somebody to ask.
        "contacts": partial(people_who_run, survey_round.program),
    }
    if survey_round.state != RoundState.OPEN or participation is None:
        return respond(request, TEMPLATE, context | {"stage": "closed"})

    context["person"] = participation.person
    context["final"] = participation.responded and survey_round.label == Label.ANONYMOUS
    if request.method == "POST" and not context["final"]:
        return _step(request, participation, context)
    context["stage"] = "done" if participation.responded else "intro"
    return respond(request, TEMPLATE, context)


def _step(
    request: HttpRequest, participation: Participation, context: dict[str, Any]
) -> HttpResponse:
    """What the pressed button leads to. Answers so far travel in the form."""
    action, __, target = request.POST.get("action", "start").partition(":")
    if action == "start":
        return _question(request, context, _sent_before(request, participation), 0)

    given = _given(request, participation.round)
    at = _index(request.POST.get("at"), participation.round)
    if action == "goto":
        return _question(request, context, given, _index(target, participation.round))
    if action == "back":
        return _question(request, context, given, max(0, at - 1))
    if action == "next":
        return _next(request, participation, context, given, at)
    return _check_or_send(request, participation, context, given, send=action == "send")


def _next(
    request: HttpRequest,
    participation: Participation,
    context: dict[str, Any],
    given: dict[str, Any],
    at: int,
) -> HttpResponse:
    """The next question, once this one is answered well; after the last one, what is missing."""
    questions = participation.round.questions
    problem = _problem_with(questions[at], given)
    if problem:
        return _question(request, context, given, at, problem)
    if at + 1 < len(questions):
        return _question(request, context, given, at + 1)
    return _check_or_send(request, participation, context, given, send=False)


def _problem_with(question: dict[str, Any], given: dict[str, Any]) -> str:
    """What is wrong with the answer to one question; empty if nothing is."""
    __, problems = domain.clean([question], given)
    return problems.get(question["id"], "")


def _check_or_send(
    request: HttpRequest,
    participation: Participation,
    context: dict[str, Any],
    given: dict[str, Any],
    *,
    send: bool,
) -> HttpResponse:
    """All answers on a page, or on their way; the first question that has a problem if any has."""
    checked, problems = domain.clean(participation.round.questions, given)
    if problems:
        return _first_problem(request, context, given, problems)
    if send:
        return _send(request, participation, checked, context)
    return _check_page(request, context, given)


def _first_problem(
    request: HttpRequest, context: dict[str, Any], given: dict[str, Any], problems: dict[str, str]
) -> HttpResponse:
    questions = context["round"].questions
    first = next(at for at, question in enumerate(questions) if question["id"] in problems)
    return _question(request, context, given, first, problems[questions[first]["id"]])


def _check_page(
    request: HttpRequest, context: dict[str, Any], given: dict[str, Any]
) -> HttpResponse:
    rows = _rows(context["round"], given)
    return respond(request, TEMPLATE, context | {"stage": "check", "rows": rows})


def _sent_before(request: HttpRequest, participation: Participation) -> dict[str, Any]:
    """The answers to change, for the person signed in as themselves.

    Nobody else: whoever reads their mail has the link, too.
    """
    if request.user.pk != participation.person_id:
        return {}
    stored = Response.objects.filter(round=participation.round, person=participation.person).first()
    return dict(stored.answers) if stored else {}


def _send(
    request: HttpRequest,
    participation: Participation,
    checked: dict[str, Any],
    context: dict[str, Any],
) -> HttpResponse:
    try:
        domain.submit(participation=participation, answers=checked)
    except DomainError as error:
        context |= {"stage": "problem", "problem": error.messages[0]}
        return respond(request, TEMPLATE, context, status=409)
    return redirect("feedback:survey_answer", token=context["token"])


def _index(text: str | None, survey_round: SurveyRound) -> int:
    """The number of a question; the first one for anything else."""
    return min(whole_number(text or "") or 0, len(survey_round.questions) - 1)


def _given(request: HttpRequest, survey_round: SurveyRound) -> dict[str, Any]:
    """{question id: what the form says}."""
    return {question["id"]: _given_to(request, question) for question in survey_round.questions}


def _given_to(request: HttpRequest, question: dict[str, Any]) -> Any:
    """What the form says to one question: a list where several answers may be chosen."""
    values = [value for value in request.POST.getlist(f"q-{question['id']}") if value]
    if question["kind"] == QuestionKind.MULTIPLE:
        return values
    return values[-1] if values else ""


def _rows(survey_round: SurveyRound, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions with the answers so far, as lists of texts."""
    rows = []
    for at, question in enumerate(survey_round.questions):
        values = _texts(given.get(question["id"]))
        rows.append({"at": at, "question": question, "values": values})
    return rows


def _texts(value: Any) -> list[str]:
    """An answer, or several, as texts; empty if there is none."""
    values = value if isinstance(value, list) else [value]
    return [str(part) for part in values if part not in (None, "")]


def _question(
    request: HttpRequest, context: dict[str, Any], given: dict[str, Any], at: int, problem: str = ""
) -> HttpResponse:
    """The page of one question. All other answers travel in hidden fields."""
    rows = _rows(context["round"], given)
    this = rows.pop(at)
    extra = {
        "stage": "question",
        "at": at,
        "question": this["question"],
        "choices": choices(this["question"]),
        "value": this["values"],
        "others": rows,
        "count": len(rows) + 1,
        "problem": problem,
    }
    return respond(request, TEMPLATE, context | extra, status=422 if problem else 200)


@login_not_required
@require_POST
def survey_opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """No more reminders of this survey."""
    survey_round, participation = _round_of(token)
    if participation is not None:
        domain.opt_out(participation=participation)
    context = {
        "round": survey_round,
        "token": token,
        "stage": "opted_out",
        "contacts": partial(people_who_run, survey_round.program),
    }
    return respond(request, TEMPLATE, context)
