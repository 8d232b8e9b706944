"""Programs for those who run them: the list, the states of a program, and its staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.forms import show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, require, respond
from programs.domain import closing, overview, states
from programs.domain.staff import assign_staff, remove_staff
from programs.enums import EnrolmentState, StaffRole
from programs.forms.lists import EarlyForm, ProgramFilter, StaffForm
from programs.labels import side_label
from programs.models import Program, ProgramStaff


def managed_program(
    request: AuthenticatedHttpRequest, public_id: UUID, permission: str = "programs.manage_program"
) -> Program:
    """A program that the person runs; 404 for everybody else.

    403 where the verb is for HR admins alone.
    """
    programs = Program.objects.managed_by(request.user).with_set_up()
    program = get_object_or_404(programs, public_id=public_id)
    require(request.user, permission, program)
    return program


def program_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The programs that the person runs; an empty list for everybody else."""
    form = ProgramFilter(request.GET)
    programs = Program.objects.managed_by(request.user).annotate(
        asked=Count("enrolments"),
        approved=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.APPROVED)),
        waiting=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.APPLIED)),
    )
    context = {"page": page_of(request, form.apply(programs)), "form": form}
    return respond(request, "programs/program_list.html", context, partial="rows")


def labelled(program: Program, lines: list[overview.Funnel]) -> list[dict[str, object]]:
    """The funnel with the program's own words for the two sides."""
    return [{"label": side_label(program, line.role), "line": line} for line in lines]


def staff_of(program: Program) -> QuerySet[ProgramStaff]:
    """Who runs the program and who can be spoken to in confidence, role by role."""
    return program.staff.select_related("person").order_by("role", "person__sort_key")


VERBS = {
    "open-enrolment": {
        "key": "open-enrolment",
        "name": "open_enrolment",
        "label": _("Open enrolment"),
        "text": _(
            "From now on people can be invited, and those with an open call can volunteer. "
            "Nobody is written to yet."
        ),
        "done": _("Enrolment is open. Now invite people."),
    },
    "start-matching": {
        "key": "start-matching",
        "name": "start_matching",
        "label": _("Close enrolment and start matching"),
        "text": _(
            "Nobody new can apply; whoever was invited still can until the day in their "
            "invitation. Answers are final except times and limits. You can open enrolment again "
            "later."
        ),
        "done": _("Enrolment is closed. Now look for the best pairs."),
    },
    "start-closing": {
        "key": "start-closing",
        "name": "start_closing",
        "label": _("Begin the closing"),
        "text": _(
            "No new pairs are made. The pairs go on meeting until the program is closed. Until "
            "then you can go back to running."
        ),
        "done": _("The program is closing."),
    },
    "resume-running": {
        "key": "resume-running",
        "name": "resume_running",
        "label": _("Go back to running"),
        "text": _("New pairs can be made again. Nothing changes for the pairs there are."),
        "done": _("The program is running again."),
    },
    "close": {
        "key": "close",
        "name": "close_program",
        "page": "mentoring:program_close",  # ends the pairs too, which this floor does not know
        "label": _("Close the program"),
    },
    "archive": {
        "key": "archive",
        "name": "archive",
        "label": _("Archive"),
        "text": _(
            "The program leaves the list. You find it again under “Archived”, and can bring it "
            "back."
        ),
        "done": _("The program is archived."),
    },
    "unarchive": {
        "key": "unarchive",
        "name": "unarchive",
        "label": _("Bring back from the archive"),
        "text": _("The program is on the list again."),
        "done": _("The program is back on the list."),
    },
}
NEXT_PAGE = {"open-enrolment": "programs:invite", "start-matching": "matching:match_run_list"}
TRANSITION_VERBS = frozenset(states.TRANSITIONS)
VERBS_OF_DETAIL = [verb for verb in VERBS.values() if verb["name"] in TRANSITION_VERBS]


def program_state(request: AuthenticatedHttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Ask before a program moves on, then move it."""
    program = managed_program(request, public_id)
    if verb not in VERBS or "page" in VERBS[verb]:
        raise Http404
    words = VERBS[verb]
    is_early = verb == "start-closing" and not closing.is_near_the_end(program)
    form = (EarlyForm if is_early else Form)(posted(request))
    if form.is_valid():
        with show_refusal(form):
            _move(request, program, words)
            next_page = NEXT_PAGE.get(verb, "mentoring:program_overview")
            return redirect_htmx(request, next_page, program.public_id)
    funnel = labelled(program, overview.funnel(program))
    context = {"program": program, "words": words, "funnel": funnel, "is_early": is_early}
    return form_page(request, "programs/program_state.html", form, context)


def _move(request: AuthenticatedHttpRequest, program: Program, words: Mapping[str, Any]) -> None:
    """Change the state as the verb says."""
    move = getattr(states, str(words["name"]))
    move(actor=request.user, program=program)
    messages.success(request, str(words["done"]))


def program_staff(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Who runs a program and who can be spoken to in confidence. HR admins name them."""
    program = managed_program(request, public_id, "programs.assign_staff")
    form = StaffForm(posted(request))
    if form.is_valid():
        with show_refusal(form, "person"):
            _assign(request, program, form)
            return redirect_htmx(request, "programs:program_staff", program.public_id)
    staff = staff_of(program)
    named_myself = any(role.person_id == request.user.pk for role in staff)
    context = {"program": program, "staff": staff, "named_myself": named_myself}
    return form_page(request, "programs/program_staff.html", form, context)


def _assign(request: AuthenticatedHttpRequest, program: Program, form: StaffForm) -> None:
    """Give the role that was chosen to the person who was found."""
    person, role = form.cleaned_data["person"], StaffRole(form.cleaned_data["role"])
    assign_staff(actor=request.user, program=program, person=person, role=role)
    text = _("%(name)s is now: %(role)s.")
    messages.success(request, text % {"name": person, "role": role.label})


@require_http_methods(["GET", "POST"])
def program_staff_remove(
    request: AuthenticatedHttpRequest, public_id: UUID, staff_id: UUID
) -> HttpResponse:
    """Say what it means to take a role from somebody, then take it."""
    program = managed_program(request, public_id, "programs.assign_staff")
    roles = program.staff.select_related("program", "person")
    staff = get_object_or_404(roles, public_id=staff_id)
    if request.method == "POST":
        remove_staff(actor=request.user, staff=staff)
        text = _("%(name)s is no longer: %(role)s.")
        words = {"name": staff.person, "role": staff.get_role_display()}
        messages.success(request, text % words)
        return redirect_htmx(request, "programs:program_staff", program.public_id)
    is_last = not roles.filter(role=staff.role).exclude(pk=staff.pk).exists()
    context = {"program": program, "staff": staff, "is_last": is_last}
    return respond(request, "programs/program_staff_remove.html", context)
