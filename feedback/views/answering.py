"""Answering a survey from the mailed link: one form, which script shows a question at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import tokens
from common.errors import DomainError
from common.http import respond
from feedback import mail
from feedback.asking import asked, given_in
from feedback.domain import answers as domain
from feedback.enums import Label, RoundState, SurveyKind
from feedback.models import Participation, Response, SurveyRound
from programs.domain.self_assessment import is_asked
from programs.domain.staff import people_who_run
from programs.models import Enrolment

FORM, NOTE = "feedback/survey_answer.html", "feedback/survey_note.html"


@require_GET
def survey_open(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The way from the home page to one's personal link."""
    asked = Participation.objects.filter(
        person=request.user, round__public_id=public_id
    ).select_related("round")
    return redirect("feedback:survey_answer", token=mail.make_token(get_object_or_404(asked)))


def _round_of(token: str) -> tuple[SurveyRound, Participation | None]:
    """The round and, while it is open, the person asked. TokenError for a link that is none."""
    payload = tokens.read(mail.PURPOSE, token, mail.LINK_LIFE)
    rounds = SurveyRound.objects.select_related("program__sponsor")
    survey_round = rounds.filter(public_id=payload["round"]).first()
    if survey_round is None:
        raise tokens.TokenInvalidError(_("This survey no longer exists."))
    asked = survey_round.participations.filter(pk=payload["participation"], person__is_active=True)
    return survey_round, asked.select_related("person", "round__program").first()


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """All questions in one form. Opening it changes nothing; only a POST keeps answers."""
    try:
        survey_round, participation = _round_of(token)
    except tokens.TokenError as error:
        return _dead_link(request, error)

    context = _about(survey_round, token)
    given = given_in(request.POST, survey_round.questions) if request.method == "POST" else {}
    if survey_round.state != RoundState.OPEN:
        return _not_taken(request, context, given, "closed")
    if participation is None:
        return _note(request, context, "gone", status=404)
    if request.user.is_authenticated and request.user.pk != participation.person_id:
        return _note(request, context, "not_yours", status=403)
    return _answer(request, participation, given, context)


def _answer(
    request: HttpRequest,
    participation: Participation,
    given: Mapping[str, Any],
    context: dict[str, Any],
) -> HttpResponse:
    """The form of an open round, what came of sending it, or that it has been sent."""
    is_final = participation.responded and participation.round.label == Label.ANONYMOUS
    context |= {"person": participation.person, "final": is_final}
    if given and is_final:
        return _not_taken(request, context, given, "answered")
    if given:
        return _take(request, participation, given, context)
    if participation.responded and (is_final or "change" not in request.GET):
        return _note(request, context | {"rate_again": _rates_again(participation)}, "sent")
    return _form(request, participation, _earlier(request, participation), {}, context)


def _about(survey_round: SurveyRound, token: str) -> dict[str, Any]:
    """What all these pages show of a round."""
    return {
        "round": survey_round,
        "readers": survey_round.readers.all(),
        "token": token,
        "minutes": mail.minutes_of(survey_round),
        # The template calls it: also people who are not signed in find somebody to ask.
        "contacts": partial(contacts_of, survey_round),
    }


def contacts_of(survey_round: SurveyRound) -> list[User]:
    """Who runs the program; HR for a staff survey."""
    if survey_round.program is None:
        return list(User.objects.hr_admins())
    return people_who_run(survey_round.program)


def _rates_again(participation: Participation) -> list[Enrolment]:
    """After a closing survey: the person's enrolments whose page asks where they stand now.

    A page of its own, so that it is no part of an anonymous answer.
    """
    survey_round = participation.round
    if survey_round.kind != SurveyKind.CLOSING:
        return []
    own = Enrolment.objects.filter(program=survey_round.program, person=participation.person)
    return [row for row in own.select_related("program") if is_asked(row)]


def _take(
    request: HttpRequest,
    participation: Participation,
    given: Mapping[str, Any],
    context: dict[str, Any],
) -> HttpResponse:
    """Keep what was sent, or show what is wrong beside each question."""
    is_draft = request.POST.get("action") == "save"
    checked, problems = domain.clean(participation.round.questions, given, partly=is_draft)
    if problems:
        return _form(request, participation, given, problems, context)
    try:
        if is_draft:
            domain.save_draft(actor=request.user, participation=participation, answers=checked)
            messages.success(request, _("Saved. Only you see this until you send it."))
        else:
            domain.submit(participation=participation, answers=checked)
    except domain.AnsweredAlreadyError:
        return _not_taken(request, context, given, "answered")
    except DomainError as error:
        return _not_taken(request, context | {"problem": error.messages[0]}, given, "refused")
    return redirect("feedback:survey_answer", token=context["token"])


def _earlier(request: HttpRequest, participation: Participation) -> Mapping[str, Any]:
    """What was saved or sent before, for the person signed in as themselves.

    Nobody else: whoever reads their mail has the link, too.
    """
    if request.user.pk != participation.person_id:
        return {}
    if participation.draft is not None:
        return dict(participation.draft)
    stored = Response.objects.filter(round=participation.round, person=participation.person).first()
    return dict(stored.answers) if stored else {}


def _form(
    request: HttpRequest,
    participation: Participation,
    given: Mapping[str, Any],
    problems: Mapping[str, str],
    context: dict[str, Any],
) -> HttpResponse:
    """All questions, with the answers so far."""
    survey_round = participation.round
    keeps_drafts = survey_round.label != Label.ANONYMOUS and not participation.responded
    extra = {
        "rows": list(asked(survey_round.questions, given, problems)),
        "problems": problems,
        "has_answered": participation.responded,
        "has_begun": any(given.values()),
        "keeps_drafts": keeps_drafts,
        "may_save": keeps_drafts and request.user.pk == participation.person_id,
    }
    return respond(request, FORM, context | extra, status=422 if problems else 200)


def _note(
    request: HttpRequest, context: dict[str, Any], note: str, *, status: int = 200
) -> HttpResponse:
    """A page that says why there is no form."""
    return respond(request, NOTE, context | {"note": note}, status=status)


def _not_taken(
    request: HttpRequest, context: dict[str, Any], given: Mapping[str, Any], note: str
) -> HttpResponse:
    """Why there is no form, and what was typed, so that it can be copied."""
    rows = list(asked(context["round"].questions, given, {}))
    typed = [row for row in rows if row.values]
    return _note(request, context | {"typed": typed}, note, status=409 if typed else 200)


def _dead_link(request: HttpRequest, error: tokens.TokenError) -> HttpResponse:
    """A link that is too old, or not complete."""
    return respond(request, NOTE, {"note": "dead", "problem": error.messages[0]}, status=404)


@login_not_required
@require_POST
def survey_opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """No more reminders of this survey."""
    try:
        survey_round, participation = _round_of(token)
    except tokens.TokenError as error:
        return _dead_link(request, error)
    if participation is not None:
        domain.opt_out(participation=participation)
    return _note(request, _about(survey_round, token), "opted_out")
