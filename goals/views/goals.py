"""Pages of goals: the helper, a goal, changing and closing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseFormSet, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.errors import DomainError
from common.forms import add_problem
from common.http import redirect_htmx, require, respond
from goals.domain import goals, helper
from goals.enums import GoalState
from goals.forms import CloseForm, GoalForm, WantForm, plain, step_forms, steps_of, topics_for
from goals.models import Goal
from pairings.models import Pairing

WITH_PAIR = ("owner", "topic", "pairing__program", "pairing__mentor", "pairing__mentee")


def goal_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Goal:
    """A goal that the reader may see."""
    goals_seen = Goal.objects.visible_to(request.user).select_related(*WITH_PAIR)
    return get_object_or_404(goals_seen, public_id=public_id)


def to_goal(request: AuthenticatedHttpRequest, goal: Goal) -> HttpResponse:
    """On to the page of the goal."""
    return redirect_htmx(request, reverse("goals:goal_detail", args=[goal.public_id]))


@require_http_methods(["GET", "POST"])
def goal_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """First what one wants and how one will notice, then the goal with what that proposes.

    Both pages work as links.
    """
    pairs = Pairing.objects.of_pair(request.user).select_related("program", "mentor", "mentee")
    pairing = get_object_or_404(pairs, public_id=public_id)
    require(request.user, "goals.create_goal", pairing)

    answered = request.GET if "kind" in request.GET else None
    want = WantForm(answered, initial={"want": request.GET.get("want", "")})
    if request.method == "GET" and not want.is_valid():
        return _helper_page(request, pairing, want)

    proposed: dict[str, Any] = {}
    if want.is_valid():
        today = clock.today(request.user.time_zone)
        proposed = helper.proposal(**want.cleaned_data, program=pairing.program, today=today)
    draft = "draft" in request.POST
    form = GoalForm(request.POST or None, initial=proposed, topics=topics_for(pairing), draft=draft)
    steps = [{"title": title} for title in proposed.get("steps", [])]
    formset = step_forms(request.POST or None, steps)

    if request.method == "POST" and form.is_valid() and formset.is_valid():
        goal = _created(request, pairing, form, formset, draft=draft)
        if goal is not None:
            return to_goal(request, goal)
    context = {**_about(pairing, request.user), "state": GoalState.DRAFT, "is_new": True}
    return _form_page(request, form, formset, context)


def _helper_page(
    request: AuthenticatedHttpRequest, pairing: Pairing, want: WantForm
) -> HttpResponse:
    context = {
        **_about(pairing, request.user),
        "form": want,
        "kinds": helper.KINDS,
        "starters": helper.starters(pairing.program),
    }
    return respond(request, "goals/goal_new.html", context, status=422 if want.errors else 200)


def _created(
    request: AuthenticatedHttpRequest,
    pairing: Pairing,
    form: GoalForm,
    formset: BaseFormSet[Any],
    *,
    draft: bool,
) -> Goal | None:
    """The new goal; None, with the reason in the form, where it could not be made."""
    plan = form.plan(steps_of(formset))
    try:
        goal = goals.create_goal(actor=request.user, pairing=pairing, plan=plan, draft=draft)
    except DomainError as error:
        add_problem(form, error)
        return None
    messages.success(request, _("Saved as a draft.") if draft else _("Your goal is set."))
    return goal


@require_http_methods(["GET", "POST"])
def goal_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Change a goal of one's own."""
    goal = goal_or_404(request, public_id)
    require(request.user, "goals.edit_goal", goal)
    draft = "draft" in request.POST and goal.state == GoalState.DRAFT
    topics = topics_for(goal.pairing)
    form = GoalForm(request.POST or None, initial=_as_typed(goal), topics=topics, draft=draft)
    milestones: list[Any] = list(goal.milestones.values("public_id", "title", "due_on"))
    formset = step_forms(request.POST or None, milestones)

    if request.method == "POST" and form.is_valid() and formset.is_valid():
        plan = form.plan(steps_of(formset))
        try:
            goals.update_goal(actor=request.user, goal=goal, plan=plan, activate=not draft)
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(request, _("Saved."))
            return to_goal(request, goal)
    context = {**_about(goal.pairing, request.user), "goal": goal, "state": goal.state}
    return _form_page(request, form, formset, context)


def _as_typed(goal: Goal) -> dict[str, Any]:
    """A goal as its form shows it."""
    names = ("statement", "measure", "unit", "due_on", "topic", "private")
    values = {name: getattr(goal, name) for name in names}
    return {**values, "baseline": plain(goal.baseline), "target": plain(goal.target)}


def _about(pairing: Pairing, reader: User) -> dict[str, Any]:
    """What all pages of a goal show of its pair."""
    return {"pairing": pairing, "partner": pairing.partner_of(reader)}


def _form_page(
    request: AuthenticatedHttpRequest,
    form: Form,
    formset: BaseFormSet[Any],
    context: dict[str, Any],
) -> HttpResponse:
    wrong = bool(form.errors) or (formset.is_bound and not formset.is_valid())
    context |= {"form": form, "formset": formset}
    return respond(request, "goals/goal_edit.html", context, status=422 if wrong else 200)


@require_safe
def goal_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """A goal, its milestones, and how it has been going."""
    goal = goal_or_404(request, public_id)
    today = clock.today(request.user.time_zone)
    context = {
        **_about(goal.pairing, request.user),
        "goal": goal,
        "is_owner": goal.owner_id == request.user.pk,
        "milestones": goal.milestones.all(),
        "check_ins": goal.check_ins.select_related("author"),
        "can_edit": request.user.has_perm("goals.edit_goal", goal),
        "can_check_in": request.user.has_perm("goals.check_in", goal),
        "overdue": goal.is_open and goal.due_on is not None and goal.due_on < today,
    }
    return respond(request, "goals/goal_detail.html", context)


@require_http_methods(["GET", "POST"])
def goal_close(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say how a goal of one's own ended."""
    goal = goal_or_404(request, public_id)
    require(request.user, "goals.close_goal", goal)
    form = CloseForm(request.POST or None, goal=goal)
    if request.method == "POST" and form.is_valid():
        outcome = form.cleaned_data["outcome"]
        try:
            goals.close_goal(actor=request.user, goal=goal, outcome=outcome)
        except DomainError as error:
            add_problem(form, error)
        else:
            met = outcome == GoalState.MET
            text = _("Well done. The goal is met.") if met else _("The goal is closed.")
            messages.success(request, text)
            return to_goal(request, goal)
    context = {**_about(goal.pairing, request.user), "form": form, "goal": goal}
    return respond(request, "goals/goal_close.html", context, status=422 if form.errors else 200)
