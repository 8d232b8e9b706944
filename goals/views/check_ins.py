"""How a goal goes: check-ins, comments, milestones."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal, show_refusal
from common.http import form_page, posted, require
from goals.domain import goals
from goals.domain.measures import plain
from goals.forms import CheckInForm
from goals.models import CheckIn, Goal, Milestone
from goals.views.goals import about_goal, goal_or_404, to_goal


@require_http_methods(["GET", "POST"])
def check_in_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The owner says how it goes; the other one comments."""
    goal = goal_or_404(request, public_id, "goals.check_in")
    form = _check_in_form(request, goal)
    if form.is_valid():
        with show_refusal(form):
            goals.check_in(actor=request.user, goal=goal, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return to_goal(request, goal)

    context = about_goal(goal, request.user)
    return form_page(request, "goals/check_in_new.html", form, context)


def _check_in_form(request: AuthenticatedHttpRequest, goal: Goal) -> CheckInForm:
    """The form for the owner or the partner, with where the goal stands."""
    initial = {"value": None if goal.current is None else plain(goal.current)}
    return CheckInForm(posted(request), initial=initial, goal=goal, reader=request.user)


@require_POST
def check_in_cheer(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The other one of the pair cheers at a check-in of the owner's."""
    visible = CheckIn.objects.filter(goal__in=Goal.objects.visible_to(request.user))
    entry = get_object_or_404(visible.select_related("goal__pairing"), public_id=public_id)
    require(request.user, "goals.cheer", entry.goal)
    with announce_refusal(request):
        goals.cheer(actor=request.user, entry=entry)
    return to_goal(request, entry.goal)


@require_POST
def milestone_tick(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """A milestone is done (or, with `done=0`, is not after all)."""
    milestone = _milestone_or_404(request, public_id)
    done = request.POST.get("done") != "0"
    goals.tick_milestone(actor=request.user, milestone=milestone, done=done)
    return to_goal(request, milestone.goal)


def _milestone_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Milestone:
    """A milestone that the reader may tick: 404 for one that they may not see, else 403."""
    visible = Milestone.objects.filter(goal__in=Goal.objects.visible_to(request.user))
    milestone = get_object_or_404(visible.select_related("goal__pairing"), public_id=public_id)
    require(request.user, "goals.tick_milestone", milestone.goal)
    return milestone
