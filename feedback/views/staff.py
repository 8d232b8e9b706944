"""Staff surveys, which belong to no program: HR's alone."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.http import require, respond
from feedback.enums import Audience, RoundState
from feedback.models import SurveyPlanItem
from feedback.views.plan import edit
from feedback.views.rounds import frame_of, page_of_rounds


@require_GET
def staff_survey_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What staff are asked, and the rounds so far."""
    require(request.user, "feedback.survey_staff")
    surveys = SurveyPlanItem.objects.of_staff().annotate(
        question_count=Count("questions", distinct=True), round_count=Count("rounds", distinct=True)
    )
    state = request.GET.get("state", "")
    context = {
        **frame_of(request, None),
        "surveys": surveys.order_by("position", "pk"),
        "page": page_of_rounds(request, None, state),
        "state": state,
        "states": RoundState.choices,
    }
    return respond(request, "feedback/staff_survey_list.html", context)


@require_http_methods(["GET", "POST"])
@one_after_another
def staff_survey_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Plan another staff survey."""
    require(request.user, "feedback.survey_staff")
    return edit(request, SurveyPlanItem(audience=Audience.STAFF))
