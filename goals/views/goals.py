"""Pages of goals: the helper, a goal, changing and closing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from goals.domain import goals, helper
from goals.domain.measures import plain
from goals.enums import GoalState, MeasureKind
from goals.forms import CloseForm, GoalForm, WantForm, topics_for
from goals.models import Goal
from goals.pictures import curve
from pairings.models import Pairing
from programs.enums import PairRole

WITH_PAIR = ("owner", "topic", "pairing__program", "pairing__mentor", "pairing__mentee")


def goal_or_404(request: AuthenticatedHttpRequest, public_id: UUID, permission: str = "") -> Goal:
    """A goal: 404 for one that the reader may not see, 403 without the permission."""
    goals_seen = Goal.objects.visible_to(request.user).select_related(*WITH_PAIR)
    goal = get_object_or_404(goals_seen, public_id=public_id)
    if permission:
        require(request.user, permission, goal)
    return goal


def to_goal(request: AuthenticatedHttpRequest, goal: Goal) -> HttpResponse:
    """On to the page of the goal."""
    return redirect_htmx(request, "goals:goal_detail", goal.public_id)


def about(pairing: Pairing, reader: User) -> dict[str, Any]:
    """What all pages of goals show of the pair."""
    return {"pairing": pairing, "partner": pairing.partner_of(reader)}


def about_goal(goal: Goal, reader: User) -> dict[str, Any]:
    """What all pages of a goal show of it and of its pair."""
    return {**about(goal.pairing, reader), "goal": goal, "is_owner": goal.owner_id == reader.pk}


@require_http_methods(["GET", "POST"])
def goal_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """First what one wants and how one will notice, then the goal with what that proposes.

    Both pages work as links.
    """
    pairing = _own_pairing(request, public_id)
    require(request.user, "goals.create_goal", pairing)
    want = _want_form(request, pairing)
    if request.method == "GET" and not want.is_valid():
        return _helper_page(request, pairing, want)
    proposed = _proposed(want, pairing, request.user)
    return _new_goal_page(request, pairing, proposed)


def _own_pairing(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    pairs = Pairing.objects.of_pair(request.user).select_related("program", "mentor", "mentee")
    return get_object_or_404(pairs, public_id=public_id)


def _want_form(request: AuthenticatedHttpRequest, pairing: Pairing) -> WantForm:
    """The first page: answered once its button was pressed or the address names a kind."""
    answered = request.GET if {"asked", "kind"} & request.GET.keys() else None
    named = {name: request.GET.get(name, "") for name in ("want", "topic")}
    return WantForm(answered, initial=named, topics=topics_for(pairing))


def _proposed(want: WantForm, pairing: Pairing, reader: User) -> dict[str, Any]:
    """What the helper proposes to the reader; nothing where its questions were not answered."""
    if not want.is_valid():
        return {}
    today = clock.today(reader.time_zone)
    return helper.proposal(**want.cleaned_data, program=pairing.program, today=today)


def _helper_page(
    request: AuthenticatedHttpRequest, pairing: Pairing, want: WantForm
) -> HttpResponse:
    starters = helper.starters(
        program=pairing.program,
        topics=topics_for(pairing),
        role=PairRole.MENTOR if pairing.mentor_id == request.user.pk else PairRole.MENTEE,
    )
    context = {**about(pairing, request.user), "kinds": helper.KINDS, "starters": starters}
    return form_page(request, "goals/goal_new.html", want, context)


def _new_goal_page(
    request: AuthenticatedHttpRequest, pairing: Pairing, proposed: dict[str, Any]
) -> HttpResponse:
    """The form of a new goal, filled with the proposal."""
    draft = "draft" in request.POST
    form = _new_form(request, pairing, proposed, draft=draft)
    if form.is_valid():
        with show_refusal(form):
            goal = goals.create_goal(
                actor=request.user, pairing=pairing, plan=form.plan(), draft=draft
            )
            messages.success(request, _("Saved as a draft.") if draft else _("Your goal is set."))
            return to_goal(request, goal)
    context = {**about(pairing, request.user), "state": GoalState.DRAFT, "is_new": True}
    return _goal_form_page(request, form, context)


def _new_form(
    request: AuthenticatedHttpRequest, pairing: Pairing, proposed: dict[str, Any], *, draft: bool
) -> GoalForm:
    topics = topics_for(pairing)
    return GoalForm(
        posted(request),
        initial=proposed,
        stored={},
        steps=proposed.get("steps", []),
        topics=topics,
        draft=draft,
        measure_kind=proposed.get("measure_kind", MeasureKind.NUMBER),
    )


def _goal_form_page(
    request: AuthenticatedHttpRequest, form: GoalForm, context: dict[str, Any]
) -> HttpResponse:
    """The form of a goal; status 422 when it or one of its milestones has errors."""
    has_errors = form.is_bound and not form.is_valid()
    status = 422 if has_errors else 200
    return respond(request, "goals/goal_edit.html", {**context, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@one_after_another
def goal_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Change a goal of one's own."""
    goal = goal_or_404(request, public_id, "goals.edit_goal")
    draft = "draft" in request.POST and goal.state == GoalState.DRAFT
    form = _edit_form(request, goal, draft=draft)
    if form.is_valid():
        with show_refusal(form):
            goals.update_goal(actor=request.user, goal=goal, plan=form.plan(), activate=not draft)
            messages.success(request, _("Saved."))
            return to_goal(request, goal)
    context = {**about_goal(goal, request.user), "state": goal.state}
    return _goal_form_page(request, form, context)


def _edit_form(request: AuthenticatedHttpRequest, goal: Goal, *, draft: bool) -> GoalForm:
    steps: list[Any] = list(goal.milestones.values("public_id", "title", "due_on"))
    topics = topics_for(goal.pairing)
    return GoalForm(
        posted(request),
        initial=_as_typed(goal),
        steps=steps,
        topics=topics,
        draft=draft,
        measure_kind=goal.measure_kind,
    )


def _as_typed(goal: Goal) -> dict[str, Any]:
    """A goal as its form shows it."""
    names = ("statement", "measure", "unit", "due_on", "topic", "private")
    values = {name: getattr(goal, name) for name in names}
    for name in ("baseline", "target"):
        number = getattr(goal, name)
        values[name] = None if number is None else plain(number)
    return values


@require_safe
def goal_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """A goal, its milestones, and how it has been going."""
    goal = goal_or_404(request, public_id)
    user = request.user
    context = {
        **about_goal(goal, user),
        **_history(goal),
        "can_edit": user.has_perm("goals.edit_goal", goal),
        "can_close": user.has_perm("goals.close_goal", goal),
        "can_check_in": user.has_perm("goals.check_in", goal),
        "can_cheer": user.has_perm("goals.cheer", goal),
        "overdue": goal.is_overdue(clock.today(user.time_zone)),
    }
    return respond(request, "goals/goal_detail.html", context)


def _history(goal: Goal) -> dict[str, Any]:
    """How it has been going: as a list, and as a picture."""
    milestones = list(goal.milestones.all())
    check_ins = list(goal.check_ins.select_related("author"))
    return {
        "milestones": milestones,
        "check_ins": check_ins,
        "changes": goal.changes.all(),
        "curve": curve(goal, check_ins, milestones),
    }


@require_http_methods(["GET", "POST"])
def goal_close(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say how a goal of one's own ended."""
    goal = goal_or_404(request, public_id, "goals.close_goal")
    form = CloseForm(posted(request), goal=goal)
    if form.is_valid():
        with show_refusal(form):
            closed = goals.close_goal(actor=request.user, goal=goal, **form.cleaned_data)
            messages.success(request, _closed_words(closed))
            return to_goal(request, goal)
    return form_page(request, "goals/goal_close.html", form, about_goal(goal, request.user))


def _closed_words(goal: Goal) -> str:
    if goal.state == GoalState.MET:
        return _("Well done. The goal is met.")
    return _("The goal is closed.")
