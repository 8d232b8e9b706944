"""A person's own enrolment: where it stands, its pages one by one, check and apply."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.changes import one_after_another
from common.forms import announce_refusal, show_refusal
from common.http import SeeOther, form_page, posted, redirect_htmx, require, respond
from common.timezones import to_wall
from programs.domain import answers
from programs.domain import enrolment as domain
from programs.domain.prep import prep_pack
from programs.domain.self_assessment import is_asked
from programs.domain.staff import people_who_run
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
    links = []
    for at, step in enumerate(answers.STEPS[enrolment.role]):
        link: dict[str, Any] = _link(enrolment, step)
        link["key"] = step
        link["editable"] = step in editable
        link["done"] = step not in missing and at < enrolment.step
        links.append(link)
    return links


def optional_links(enrolment: Enrolment) -> list[dict[str, str]]:
    """The pages that one may leave out, as long as they can be changed."""
    editable = answers.editable_steps(enrolment)
    optional = answers.OPTIONAL_STEPS[enrolment.role]
    return [_link(enrolment, step) for step in optional if step in editable]


def _link(enrolment: Enrolment, step: str) -> dict[str, str]:
    return {"title": ANSWER_FORMS[step].short_title, "url": step_url(enrolment, step)}


def next_step(enrolment: Enrolment) -> str:
    """Where to go on: the first page not done, or "check"."""
    for link in step_links(enrolment):
        if not link["done"]:
            return str(link["key"])
    return "check"


def enrolment(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The page behind the invitation: what this is, where one stands, and what to do next."""
    row = own_enrolment(request, public_id)
    where = situation(row)
    context = {
        "enrolment": row,
        "program": row.program,
        "label": side_label(row.program, row.role),
        "is_mentor": row.role == PairRole.MENTOR,
        "situation": where,
        "has_guides": row.program.guides.count() >= row.program.planned_sessions,
        "last_day": answers.last_day(row),
        "runners": people_who_run(row.program) if where == "too_late" else [],
        **_pages_of(row),
        **_prep_of(row),
        "may_withdraw": may_withdraw(row),
        "rates_again": is_asked(row),
    }
    return respond(request, "programs/enrolment.html", context)


def _pages_of(row: Enrolment) -> dict[str, Any]:
    """The pages of the answers, and where to go on."""
    return {
        "steps": step_links(row),
        "optional_steps": optional_links(row),
        "go_on_url": step_url(row, next_step(row)),
        "started": row.step > 0,
        "editable": bool(answers.editable_steps(row)),
    }


def _prep_of(row: Enrolment) -> dict[str, Any]:
    """How much of the prep pack is left; there is none before one takes part."""
    pack = prep_pack(row) if row.state in answers.TAKING_PART else []
    return {"has_prep": bool(pack), "prep_left": sum(not line.done for line in pack)}


def may_withdraw(row: Enrolment) -> bool:
    """Whether there is something to withdraw from."""
    has_ended = row.program.state in {ProgramState.CLOSED, ProgramState.CANCELLED}
    return not has_ended and row.state in answers.NOT_YET_APPLIED | answers.TAKING_PART


def situation(row: Enrolment) -> str:
    """Which of the status page's texts holds: a key that the template knows."""
    if row.program.state == ProgramState.CANCELLED:
        return "cancelled"
    if row.state == EnrolmentState.WITHDRAWN:
        return "withdrawn_open" if answers.may_apply(row) else "withdrawn"
    if row.program.state == ProgramState.CLOSED:
        return "closed"
    if row.state in answers.NOT_YET_APPLIED:
        return _before_applying(row)
    return str(row.state)


def _before_applying(row: Enrolment) -> str:
    if answers.may_apply(row):
        return "open"
    return "not_open_yet" if row.program.state == ProgramState.DRAFT else "too_late"


@require_http_methods(["GET", "HEAD", "POST"])
@one_after_another
def enrol(request: AuthenticatedHttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One page of the answers.

    A plain POST saves and goes on; htmx saves a draft while somebody types.
    """
    row = own_enrolment(request, public_id)
    if step == "check":
        return check_answers(request, row)
    if step not in answers.steps_of(row.role):
        raise Http404
    if step not in answers.editable_steps(row):
        text = _("These answers cannot be changed at the moment. Here is where you stand.")
        messages.warning(request, text)
        return redirect("programs:enrolment", row.public_id)

    if request.method == "POST":
        return _take_answers(request, row, step)
    return enrol_page(request, row, step, ANSWER_FORMS[step](enrolment=row))


def _take_answers(request: AuthenticatedHttpRequest, row: Enrolment, step: str) -> HttpResponse:
    """Save a draft, look for people, or save the page and go on."""
    if getattr(request, "htmx", None):
        return save_draft(request, row, step)
    if "look" in request.POST:
        return find_people(request, row, step)
    return save_page(request, row, step)


def save_page(request: AuthenticatedHttpRequest, row: Enrolment, step: str) -> HttpResponse:
    """A plain POST: save and go on, or show what is wrong."""
    form = ANSWER_FORMS[step](request.POST, enrolment=row)
    if form.is_valid():
        with show_refusal(form):
            store(request, row, step, form, finished=True)
            return SeeOther(onward(row))
    return enrol_page(request, row, step, form, status=422)


def find_people(request: AuthenticatedHttpRequest, row: Enrolment, step: str) -> HttpResponse:
    """ "Find somebody" without JavaScript: what was typed is kept, the matches are shown."""
    form = ANSWER_FORMS[step](request.POST, enrolment=row, draft=True)
    if form.is_valid():
        with show_refusal(form):
            store(request, row, step, form, finished=False)
    return enrol_page(request, row, step, form)


def store(
    request: AuthenticatedHttpRequest, row: Enrolment, step: str, form: Any, *, finished: bool
) -> None:
    """Save the answers. DomainError as `answers.save_step`."""
    answers.save_step(
        actor=request.user,
        enrolment=row,
        step=step,
        answers=form.answers(),
        finished=finished,
        saved_from=form.page,
    )


def save_draft(request: AuthenticatedHttpRequest, row: Enrolment, step: str) -> HttpResponse:
    """The answer to htmx: "Saved" or why not, or the colleagues found by name."""
    form = ANSWER_FORMS[step](request.POST, enrolment=row, draft=True)
    saved_at, seen = None, request.POST.get("seen", "")
    if form.is_valid():
        with show_refusal(form):
            store(request, row, step, form, finished=False)
            saved_at = to_wall(clock.now(), row.person.time_zone)
            stored = own_enrolment(request, row.public_id)
            seen = ANSWER_FORMS[step](enrolment=stored).seen
    is_search = request.htmx.trigger_name == "find"  # type: ignore[attr-defined]
    partial = "matches" if is_search else "saved"
    context = {"saved_at": saved_at, "form": form, "seen": seen}
    return respond(request, "programs/enrol.html", context, partial=partial)


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
    context = {
        "enrolment": row,
        "program": row.program,
        "form": form,
        "step": step,
        "steps": step_links(row),
        **_place_of(row, step),
        "is_mentor": row.role == PairRole.MENTOR,
        "fresh": row.state in answers.NOT_YET_APPLIED,
        "has_boundaries": bool(row.off_limits),
    }
    return respond(request, "programs/enrol.html", context, status=status)


def _place_of(row: Enrolment, step: str) -> dict[str, Any]:
    """The number of the page, none for an optional one, and the way back."""
    pages = answers.STEPS[row.role]
    at = pages.index(step) if step in pages else None
    back_url = reverse("programs:enrolment", args=[row.public_id])
    if at:
        back_url = step_url(row, pages[at - 1])
    return {"number": None if at is None else at + 1, "total": len(pages), "back_url": back_url}


def check_answers(request: AuthenticatedHttpRequest, row: Enrolment) -> HttpResponse:
    """Check your answers, then hand them in."""
    if row.state not in answers.NOT_YET_APPLIED or not answers.may_apply(row):
        return redirect("programs:enrolment", row.public_id)
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            domain.apply(actor=request.user, enrolment=row)
            messages.success(request, _("Your answers have been handed in. Next: get ready."))
            return redirect_htmx(request, "programs:enrolment", row.public_id)
    return form_page(request, "programs/enrol_check.html", form, _answers_to_check(row))


def _answers_to_check(row: Enrolment) -> dict[str, Any]:
    """All answers, what is missing, and the ways back."""
    return {
        "enrolment": row,
        "program": row.program,
        "sections": summary.own_sections(row),
        "missing": missing_links(row),
        "steps": step_links(row),
        "label": side_label(row.program, row.role),
        "back_url": step_url(row, answers.STEPS[row.role][-1]),
    }


def missing_links(row: Enrolment) -> list[dict[str, str]]:
    """What is still missing, with the pages on which to add it."""
    missing = answers.missing_steps(row)
    return [{"text": text, **_link(row, step)} for step, text in missing.items()]


@require_POST
def enrolment_rejoin(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Take part after all."""
    row = own_enrolment(request, public_id)
    with announce_refusal(request):
        domain.rejoin(actor=request.user, enrolment=row)
        messages.success(request, _("Good to have you back. Your answers are still here."))
    return redirect_htmx(request, "programs:enrolment", row.public_id)
