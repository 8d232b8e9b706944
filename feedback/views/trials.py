"""A test of a survey: what those who are asked will see. Nothing of it is kept."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.http import respond
from feedback import mail
from feedback.asking import asked, given_in
from feedback.domain import answers
from feedback.domain.trials import send_trial, trial_round
from feedback.models import SurveyPlanItem, SurveyRound
from feedback.views.answering import FORM, NOTE, contacts_of
from feedback.views.plan import item_to_edit


@require_POST
def trial_send(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Send the survey to oneself."""
    item = item_to_edit(request, public_id)
    send_trial(actor=request.user, item=item)
    text = _("A test is on its way to %(address)s.") % {"address": request.user.email}
    messages.success(request, text)
    return redirect("feedback:plan_item_edit", item.public_id)


@require_http_methods(["GET", "POST"])
def survey_trial(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The survey as people answer it. What is sent is checked, and not kept."""
    item = item_to_edit(request, public_id)
    survey_round = trial_round(item)
    given: dict[str, Any] = {}
    problems: dict[str, str] = {}
    if request.method == "POST":
        given = given_in(request.POST, survey_round.questions)
        _checked, problems = answers.clean(survey_round.questions, given)

    context = _about(request, item, survey_round)
    if given and not problems:
        return respond(request, NOTE, {**context, "note": "trial"})
    rows = list(asked(survey_round.questions, given, problems))
    status = 422 if problems else 200
    return respond(request, FORM, {**context, "rows": rows, "problems": problems}, status=status)


def _about(
    request: AuthenticatedHttpRequest, item: SurveyPlanItem, survey_round: SurveyRound
) -> dict[str, Any]:
    """What the pages of answering show, for a round that is none."""
    return {
        "round": survey_round,
        "readers": item.readers.all(),
        "person": request.user,
        "item": item,
        "is_trial": True,
        "minutes": mail.minutes_of(survey_round),
        "contacts": partial(contacts_of, survey_round),
    }
