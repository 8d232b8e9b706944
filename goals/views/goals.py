"""Pages of goals: the helper, a goal, changing and closing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseFormSet, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.errors import DomainError
from common.http import redirect_htmx, require
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


def partner_of(pairing: Pairing, person: Any) -> Any:
    """The other one of the pair."""
    return pairing.mentee if pairing.mentor_id == person.pk else pairing.mentor


def add_problem(form: Form, error: DomainError) -> None:
    """The sentence beside the field that it is about, or above the form."""
    code = getattr(error, "code", None)
    form.add_error(code if code in form.fields else None, error)


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
    context = {"pairing": pairing, "partner": partner_of(pairing, request.user)}
    want = WantForm(
        request.GET if "kind" in request.GET else None,
        initial={"want": request.GET.get("want", "")},
    )
    if request.method == "GET" and not want.is_valid():
        context |= {
            "form": want,
            "kinds": helper.KINDS,
            "starters": helper.starters(pairing.program),
        }
        return render(request, "goals/goal_new.html", context, status=422 if want.errors else 200)
    initial = {}
    if want.is_valid():
        today = clock.today(request.user.time_zone)
        initial = helper.proposal(**want.cleaned_data, program=pairing.program, today=today)
    draft = "draft" in request.POST
    form = GoalForm(request.POST or None, initial=initial, topics=topics_for(pairing), draft=draft)
    formset = step_forms(
        request.POST or None, [{"title": title} for title in initial.get("steps", [])]
    )
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        try:
            plan = form.plan(steps_of(formset))
            goal = goals.create_goal(actor=request.user, pairing=pairing, plan=plan, draft=draft)
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(
                request,
                _("Saved as a draft.") if goal.state == GoalState.DRAFT else _("Your goal is set."),
            )
            return to_goal(request, goal)
    return _form_page(request, form, formset, {**context, "state": GoalState.DRAFT, "is_new": True})


@require_http_methods(["GET", "POST"])
def goal_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Change a goal of one's own."""
    goal = goal_or_404(request, public_id)
    require(request.user, "goals.edit_goal", goal)
    names = ("statement", "measure", "unit", "baseline", "target", "due_on", "topic", "private")
    initial = {name: getattr(goal, name) for name in names}
    initial |= {"baseline": plain(goal.baseline), "target": plain(goal.target)}
    draft = "draft" in request.POST and goal.state == GoalState.DRAFT
    form = GoalForm(
        request.POST or None, initial=initial, topics=topics_for(goal.pairing), draft=draft
    )
    formset = step_forms(
        request.POST or None, list(goal.milestones.values("public_id", "title", "due_on"))
    )
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        try:
            plan = form.plan(steps_of(formset))
            goals.update_goal(actor=request.user, goal=goal, plan=plan, activate=not draft)
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(request, _("Saved."))
            return to_goal(request, goal)
    context = {
        "goal": goal,
        "pairing": goal.pairing,
        "partner": partner_of(goal.pairing, request.user),
    }
    return _form_page(request, form, formset, {**context, "state": goal.state})


def _form_page(
    request: AuthenticatedHttpRequest,
    form: Form,
    formset: BaseFormSet[Any],
    context: dict[str, Any],
) -> HttpResponse:
    wrong = bool(form.errors) or (formset.is_bound and not formset.is_valid())
    context |= {"form": form, "formset": formset}
    return render(request, "goals/goal_edit.html", context, status=422 if wrong else 200)


@require_safe
def goal_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """A goal, its milestones, and how it has been going."""
    goal = goal_or_404(request, public_id)
    context = {
        "goal": goal,
        "pairing": goal.pairing,
        "partner": partner_of(goal.pairing, request.user),
        "is_owner": goal.owner_id == request.user.pk,
        "milestones": goal.milestones.all(),
        "check_ins": goal.check_ins.select_related("author"),
        "can_edit": request.user.has_perm("goals.edit_goal", goal),
        "can_check_in": request.user.has_perm("goals.check_in", goal),
        "overdue": goal.is_open
        and goal.due_on is not None
        and goal.due_on < clock.today(request.user.time_zone),
    }
    return render(request, "goals/goal_detail.html", context)


@require_http_methods(["GET", "POST"])
def goal_close(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say how a goal of one's own ended."""
    goal = goal_or_404(request, public_id)
    require(request.user, "goals.close_goal", goal)
    form = CloseForm(request.POST or None, goal=goal)
    if request.method == "POST" and form.is_valid():
        try:
            closed = goals.close_goal(
                actor=request.user, goal=goal, outcome=form.cleaned_data["outcome"]
            )
        except DomainError as error:
            add_problem(form, error)
        else:
            met = closed.state == GoalState.MET
            messages.success(
                request, _("Well done. The goal is met.") if met else _("The goal is closed.")
            )
            return to_goal(request, goal)
    context = {
        "form": form,
        "goal": goal,
        "pairing": goal.pairing,
        "partner": partner_of(goal.pairing, request.user),
    }
    return render(request, "goals/goal_close.html", context, status=422 if form.errors else 200)
