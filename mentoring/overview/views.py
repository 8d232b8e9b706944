"""The overview of a program: where it stands, what needs somebody, what lies ahead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.http import respond
from common.prepared import prepared
from goals.enums import GoalState
from goals.models import Goal
from mentoring.needs.queue import open_entries
from mentoring.overview import pictures, verdict
from mentoring.overview.dates import dates_chart
from mentoring.overview.surveys import openings_of, surveys_of
from mentoring.reporting.progress import pace_of, sides_of
from programs.domain import overview, readiness, states
from programs.domain import programs as domain
from programs.domain.closing import is_near_the_end
from programs.enums import ProgramState
from programs.models import Program, ProgramStaff
from programs.views.programs import VERBS_OF_DETAIL

NEEDS_SHOWN = 3
UNDER_WAY = (ProgramState.RUNNING, ProgramState.CLOSING)
OPEN = (ProgramState.ENROLLING, ProgramState.MATCHING, *UNDER_WAY)


@require_GET
def program_overview(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Where a program stands, for those who run it."""
    program = _program_or_404(request, public_id)
    entries = open_entries(program) if program.state in OPEN else []
    context = {
        "program": program,
        "week": week_of(program),
        "needs": entries[:NEEDS_SHOWN],
        "needs_in_all": len(entries),
        "staff": _staff(program.pk),
        **_stage(program),
        **_dates(program),
        **_steps(program),
    }
    return respond(request, "mentoring/program_overview.html", context)


def _program_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Any:
    """The program, for those who run it; with `goals_active` and `goals_met`: how many."""
    user = request.user
    found = _programs(public_id, user.pk, is_hr=user.is_hr_admin)
    if not found:
        raise Http404
    return found[0]


@prepared
def _programs(public_id: UUID, person_id: int, *, is_hr: bool) -> QuerySet[Any]:
    managed = Program.objects.managed_by(User(pk=person_id, is_hr_admin=is_hr))
    programs = managed.filter(public_id=public_id).with_set_up().select_related("planned_closing")
    return programs.annotate(goals_active=_goals(GoalState.ACTIVE), goals_met=_goals(GoalState.MET))


def _goals(state: GoalState) -> Coalesce:
    """How many goals of a program are in this state. What they say stays with the pair."""
    goals = Goal.objects.filter(pairing__program=OuterRef("pk"), state=state).order_by()
    counts = goals.values("pairing__program").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


@prepared
def _staff(program_id: int) -> QuerySet[ProgramStaff]:
    """Who runs the program and who can be spoken to in confidence, role by role."""
    staff = ProgramStaff.objects.filter(program=program_id).select_related("person")
    return staff.order_by("role", "person__sort_key")


def week_of(program: Program) -> tuple[int, int] | None:
    """Which week of how many it is; None before the first day, after the last and without dates."""
    first, last = program.starts_on, program.ends_on
    if program.state not in UNDER_WAY or not (first and last):
        return None
    today = clock.today(program.time_zone)
    if not first <= today <= last:
        return None
    weeks = max(1, (last - first).days // 7)
    return min(weeks, (today - first).days // 7 + 1), weeks


def _stage(program: Program) -> dict[str, Any]:
    """The verdict and the charts that fit the program's state."""
    if program.state == ProgramState.DRAFT:
        return _draft(program)
    if program.state in (ProgramState.ENROLLING, ProgramState.MATCHING):
        return _enrolment(program)
    return _sessions(program)


def _draft(program: Program) -> dict[str, Any]:
    """The checklist, and what of it keeps enrolment shut."""
    checks = readiness.readiness(program)
    missing = [check for check in checks if check.blocks and not check.done]
    return {"checks": checks, "missing": missing, "verdict": verdict.of_draft(missing)}


def _enrolment(program: Program) -> dict[str, Any]:
    """How far people have come, and whether the two sides fit each other."""
    sides = overview.funnel(program)
    is_enrolling = program.state == ProgramState.ENROLLING
    say = verdict.of_enrolment if is_enrolling else verdict.of_matching
    charts = [
        pictures.enrolment_funnel(program, sides),
        pictures.topics_chart(program, overview.balance(program)),
    ]
    return {
        "verdict": say(program, sides),
        "asked": sum(side.asked for side in sides),
        "waiting": sum(side.waiting for side in sides),
        "both_sides": all(side.approved for side in sides),
        "charts": charts,
    }


def _sessions(program: Program) -> dict[str, Any]:
    """Sessions against the plan, and how many people meet."""
    pace = pace_of(program)
    is_under_way = program.state in UNDER_WAY
    charts = [
        pictures.sessions_chart(program, pace),
        pictures.pairs_funnel(program, sides_of(program), pace),
    ]
    return {
        "verdict": verdict.of_sessions(pace) if is_under_way else verdict.of_the_end(pace),
        "charts": [chart for chart in charts if not chart.is_empty],
    }


def _dates(program: Program) -> dict[str, Any]:
    """Surveys, and the dates ahead."""
    surveys = surveys_of(program)
    is_over = program.state in domain.ENDED
    dates = None if is_over else dates_chart(program, surveys, openings_of(program))
    return {"surveys": surveys, "dates": dates}


def _steps(program: Program) -> dict[str, Any]:
    """What can be done with the program as a whole."""
    return {
        "verbs": _verbs(program),
        "may_cancel": states.allowed(program, "cancel_program"),
        "may_archive": program.state in domain.ENDED,
    }


def _verbs(program: Program) -> list[dict[str, Any]]:
    """The ways from here to another state.

    At most one of them is what one does next; the rare ones stand apart.
    """
    is_about_to_close = hasattr(program, "planned_closing")
    next_verbs = {"open_enrolment"} if program.state == ProgramState.DRAFT else set()
    if is_near_the_end(program) and not is_about_to_close:
        next_verbs |= {"start_closing", "close_program"}

    verbs = []
    for verb in VERBS_OF_DETAIL:
        name = str(verb["name"])
        is_refused = name == "resume_running" and is_about_to_close
        if states.allowed(program, name) and not is_refused:
            is_next = name in next_verbs
            is_rare = program.state in UNDER_WAY and not is_next
            verbs.append({**verb, "is_next": is_next, "is_rare": is_rare})
    return verbs
