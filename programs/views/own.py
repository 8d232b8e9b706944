"""A person's own enrolment: where it stands, its pages one by one, check and apply."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.errors import DomainError
from common.http import redirect_htmx, require, respond
from common.timezones import to_wall
from programs.domain import answers
from programs.domain import enrolment as domain
from programs.domain.prep import prep_pack
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.forms import ANSWER_FORMS
from programs.labels import side_label
from programs.models import Enrolment
from programs.views import summary


def own_enrolment(request: AuthenticatedHttpRequest, public_id: UUID) -> Enrolment:
    """The person's own enrolment.

    404 for strangers; 403 for those who manage the program: these pages are private.
    """
    rows = Enrolment.objects.visible_to(request.user).select_related(
        "person", "program__sponsor", "program__mentor_max_grade", "program__mentee_min_grade"
    )
    enrolment = get_object_or_404(
        rows.prefetch_related("topic_choices__topic", "ratings"), public_id=public_id
    )
    require(request.user, "programs.edit_enrolment", enrolment)
    return enrolment


def step_url(enrolment: Enrolment, step: str) -> str:
    """The address of one page."""
    return reverse("programs:enrol", args=[enrolment.public_id, step])


def step_links(enrolment: Enrolment) -> list[dict[str, Any]]:
    """The pages for the list on top: title, address, whether it is complete."""
    missing = answers.missing_steps(enrolment)
    editable = answers.editable_steps(enrolment)
    return [
        {
            "key": step,
            "title": ANSWER_FORMS[step].short_title,
            "url": step_url(enrolment, step),
            "editable": step in editable,
            "done": step not in missing and at < enrolment.step,
        }
        for at, step in enumerate(answers.STEPS[enrolment.role])
    ]


def optional_links(enrolment: Enrolment) -> list[dict[str, str]]:
    """The pages that one may leave out, as long as they can be changed."""
    editable = answers.editable_steps(enrolment)
    return [
        {"title": ANSWER_FORMS[step].short_title, "url": step_url(enrolment, step)}
        for step in answers.OPTIONAL_STEPS[enrolment.role]
        if step in editable
    ]


def next_step(enrolment: Enrolment) -> str:
    """Where to go on: the first page not done, or "check"."""
    return next((link["key"] for link in step_links(enrolment) if not link["done"]), "check")


def enrolment(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The page behind the invitation: what this is, where one stands, and what to do next."""
    row = own_enrolment(request, public_id)
    program = row.program
    pack = prep_pack(row) if row.state in answers.TAKING_PART else []
    return respond(
        request,
        "programs/enrolment.html",
        {
            "enrolment": row,
            "program": program,
            "label": side_label(row.program, row.role),
            "is_mentor": row.role == PairRole.MENTOR,
            "situation": situation(row),
            "steps": step_links(row),
            "optional_steps": optional_links(row),
            "go_on_url": step_url(row, next_step(row)),
            "started": row.step > 0,
            "editable": bool(answers.editable_steps(row)),
            "prep_left": sum(not line.done for line in pack),
            "has_prep": bool(pack),
            "may_withdraw": row.state in answers.TAKING_PART | answers.NOT_YET_APPLIED
            and not ended(row),
        },
    )


def ended(row: Enrolment) -> bool:
    """Whether the program is closed or cancelled."""
    return row.program.state in {ProgramState.CLOSED, ProgramState.CANCELLED}


def situation(row: Enrolment) -> str:
    """Which of the status page's texts holds: a key that the template knows."""
    if row.program.state == ProgramState.CANCELLED:
        return "cancelled"
    if row.state == EnrolmentState.WITHDRAWN:
        return "withdrawn_open" if answers.is_open(row.program) else "withdrawn"
    if row.program.state == ProgramState.CLOSED:
        return "closed"
    if row.state in answers.NOT_YET_APPLIED:
        if answers.is_open(row.program):
            return "open"
        return "not_open_yet" if row.program.state == ProgramState.DRAFT else "too_late"
    return str(row.state)


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: AuthenticatedHttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One page of the answers.

    A plain POST saves and goes on; htmx saves a draft while somebody types.
    """
    row = own_enrolment(request, public_id)
    if step == "check":
        return check(request, row)
    if step not in answers.steps_of(row.role):
        raise Http404
    if step not in answers.editable_steps(row):
        messages.warning(
            request, _("These answers cannot be changed at the moment. Here is where you stand.")
        )
        return redirect("programs:enrolment", row.public_id)
    if request.method == "POST" and getattr(request, "htmx", None):
        return save_draft(request, row, step)
    if request.method == "POST":
        return save_page(request, row, step)
    return enrol_page(request, row, step, ANSWER_FORMS[step](enrolment=row))


def save_page(request: AuthenticatedHttpRequest, row: Enrolment, step: str) -> HttpResponse:
    """A plain POST: save and go on, or show what is wrong."""
    if "look" in request.POST:
        # "find somebody" without JavaScript: what was typed is kept, the matches are shown
        form = ANSWER_FORMS[step](request.POST, enrolment=row, draft=True)
        if form.is_valid():
            store(request, row, step, form, finished=False)
        return enrol_page(request, row, step, form)
    form = ANSWER_FORMS[step](request.POST, enrolment=row)
    if form.is_valid() and store(request, row, step, form, finished=True):
        return HttpResponseRedirect(onward(row), status=303)
    return enrol_page(request, row, step, form, status=422)


def store(
    request: AuthenticatedHttpRequest, row: Enrolment, step: str, form: Any, *, finished: bool
) -> bool:
    """Save the answers; False, with the reason in the form, if they are refused."""
    try:
        answers.save_step(
            actor=request.user, enrolment=row, step=step, answers=form.answers(), finished=finished
        )
    except DomainError as error:
        form.add_error(None, error)
        return False
    return True


def save_draft(request: AuthenticatedHttpRequest, row: Enrolment, step: str) -> HttpResponse:
    """The answer to htmx: "Saved" or why not, or the colleagues found by name."""
    form = ANSWER_FORMS[step](request.POST, enrolment=row, draft=True)
    saved = form.is_valid() and store(request, row, step, form, finished=False)
    context = {
        "saved_at": to_wall(clock.now(), row.person.time_zone) if saved else None,
        "form": form,
    }
    looking = getattr(request, "htmx", None) and request.htmx.trigger_name == "find"  # type: ignore[attr-defined]
    return respond(
        request, "programs/enrol.html", context, partial="matches" if looking else "saved"
    )


def onward(row: Enrolment) -> str:
    """After a page: the first one not done yet, then the check.

    After a correction: the status page.
    """
    if row.state not in answers.NOT_YET_APPLIED:
        return reverse("programs:enrolment", args=[row.public_id])
    saved = Enrolment.objects.select_related("program", "person").get(pk=row.pk)
    return step_url(row, next_step(saved))


def enrol_page(
    request: AuthenticatedHttpRequest, row: Enrolment, step: str, form: Any, status: int = 200
) -> HttpResponse:
    """The page with its form."""
    pages = answers.STEPS[row.role]
    at = pages.index(step) if step in pages else None
    back = (
        step_url(row, pages[at - 1]) if at else reverse("programs:enrolment", args=[row.public_id])
    )
    context = {
        "enrolment": row,
        "program": row.program,
        "form": form,
        "step": step,
        "steps": step_links(row),
        "number": None if at is None else at + 1,
        "total": len(pages),
        "back_url": back,
        "is_mentor": row.role == PairRole.MENTOR,
        "fresh": row.state in answers.NOT_YET_APPLIED,
        "has_boundaries": bool(row.off_limits),
    }
    return respond(request, "programs/enrol.html", context, status=status)


def check(request: AuthenticatedHttpRequest, row: Enrolment) -> HttpResponse:
    """Check your answers, then hand them in."""
    if row.state not in answers.NOT_YET_APPLIED or not answers.is_open(row.program):
        return redirect("programs:enrolment", row.public_id)
    problem = ""
    if request.method == "POST":
        try:
            domain.apply(actor=request.user, enrolment=row)
        except DomainError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, _("Your answers have been handed in. Next: get ready."))
            return redirect_htmx(request, reverse("programs:enrolment", args=[row.public_id]))
    context = {
        "enrolment": row,
        "program": row.program,
        "sections": summary.own_sections(row),
        "missing": missing_links(row),
        "problem": problem,
        "steps": step_links(row),
        "label": side_label(row.program, row.role),
        "back_url": step_url(row, answers.STEPS[row.role][-1]),
    }
    return respond(request, "programs/enrol_check.html", context, status=422 if problem else 200)


def missing_links(row: Enrolment) -> list[dict[str, Any]]:
    """What is still missing, with the pages on which to add it."""
    return [
        {"text": text, "url": step_url(row, step), "title": ANSWER_FORMS[step].short_title}
        for step, text in answers.missing_steps(row).items()
    ]


@require_POST
def enrolment_rejoin(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Take part after all."""
    row = own_enrolment(request, public_id)
    try:
        domain.rejoin(actor=request.user, enrolment=row)
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Good to have you back. Your answers are still here."))
    return redirect_htmx(request, reverse("programs:enrolment", args=[row.public_id]))
