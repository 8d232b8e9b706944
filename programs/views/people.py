"""The people of a program for those who run it: list, decisions, export, one person's answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_for_download
from common import audit
from common.exports import csv_response
from common.forms import announce_refusal
from common.http import page_of, posted, redirect_htmx, require, respond
from programs.domain import enrolment as domain
from programs.domain import invitations
from programs.domain.answers import AFTER_ENROLMENT
from programs.enums import EnrolmentState
from programs.forms.lists import BulkForm, EnrolmentFilter
from programs.labels import side_labels
from programs.models import Enrolment, Program
from programs.styles import language_name
from programs.views import summary
from programs.views.programs import managed_program

ACTIONS = {
    "approve": domain.approve,
    "waitlist": domain.waitlist,
    "decline": domain.decline,
    "nudge": invitations.nudge,
    "let_in": invitations.let_in,
}


def enrolment_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Who was asked, who has applied, and what becomes of them."""
    program = managed_program(request, public_id)
    form = EnrolmentFilter(request.GET, program=program)
    shown = form.apply(program.enrolments.for_list())
    bulk = BulkForm(posted(request), program=program, shown=shown)
    if bulk.is_valid():
        return decide(request, program, bulk)
    context = {
        "program": program,
        "form": form,
        "bulk": bulk,
        "page": page_of(request, shown, 50),
        "is_late": program.state in AFTER_ENROLMENT,
    }
    status = 422 if bulk.errors else 200
    return respond(request, "programs/enrolment_list.html", context, partial="rows", status=status)


def decide(request: AuthenticatedHttpRequest, program: Program, bulk: BulkForm) -> HttpResponse:
    """Do it, or ask first where people would get a "no"."""
    action = bulk.cleaned_data["action"]
    chosen = list(bulk.chosen())
    if action == "decline" and "sure" not in request.POST:
        everyone = bulk.cleaned_data["everyone"]
        context = {"program": program, "people": chosen, "everyone": everyone}
        return respond(request, "programs/enrolment_decline.html", context)

    with announce_refusal(request):
        _act(request, action, chosen)
        if bulk.gone_words():
            messages.warning(request, bulk.gone_words())
        return redirect_htmx(request, list_url(request, program))
    return redirect_htmx(request, request.get_full_path())


def _act(request: AuthenticatedHttpRequest, action: str, chosen: list[Enrolment]) -> None:
    """Do it, and say how many were left out."""
    done = ACTIONS[action](actor=request.user, enrolments=chosen)
    messages.success(request, told(action, len(done)))
    if len(done) < len(chosen):
        messages.warning(request, left_out(action, len(chosen) - len(done)))


def list_url(request: AuthenticatedHttpRequest, program: Program) -> str:
    """The list with the filter that is set."""
    query = request.GET.urlencode()
    url = reverse("programs:enrolment_list", args=[program.public_id])
    return f"{url}?{query}" if query else url


def told(action: str, count: int) -> str:
    """What has just been done."""
    texts = {
        "approve": ngettext(
            "%(n)d person approved. They are told what comes next.",
            "%(n)d people approved. They are told what comes next.",
            count,
        ),
        "waitlist": ngettext(
            "%(n)d person put on the waiting list, and told so.",
            "%(n)d people put on the waiting list, and told so.",
            count,
        ),
        "decline": ngettext(
            "%(n)d person declined, and told so kindly.",
            "%(n)d people declined, and told so kindly.",
            count,
        ),
        "nudge": ngettext("%(n)d person reminded.", "%(n)d people reminded.", count),
        "let_in": ngettext(
            "%(n)d person may answer for another week, and is told so.",
            "%(n)d people may answer for another week, and are told so.",
            count,
        ),
    }
    return texts[action] % {"n": count}


def left_out(action: str, count: int) -> str:
    """Why some of the ticked ones stay as they are."""
    if action == "nudge":
        text = ngettext(
            "%(n)d was left out: nobody is reminded who has applied or said no, more than twice, "
            "or twice a day.",
            "%(n)d were left out: nobody is reminded who has applied or said no, more than "
            "twice, or twice a day.",
            count,
        )
    elif action == "let_in":
        text = ngettext(
            "%(n)d was left out: they have answered, or still can.",
            "%(n)d were left out: they have answered, or still can.",
            count,
        )
    else:
        text = ngettext(
            "%(n)d stays as it is: they have not applied, or are approved and matching has begun.",
            "%(n)d stay as they are: they have not applied, or are approved and matching has "
            "begun.",
            count,
        )
    return text % {"n": count}


def enrolment_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What somebody answered, for those who run the program.

    Never what is off limits, whom they avoid, or how they rate themselves.
    """
    managed = Program.objects.managed_by(request.user)
    rows = Enrolment.objects.filter(program__in=managed).select_related("program")
    row = get_object_or_404(rows.for_list(), public_id=public_id)
    require(request.user, "programs.manage_enrolment", row)
    context = {
        "enrolment": row,
        "program": row.program,
        "person": row.person,
        "sections": summary.open_sections(row),
    }
    return respond(request, "programs/enrolment_detail.html", context)


@step_up_for_download
def enrolment_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The list as CSV, as it is filtered."""
    program = managed_program(request, public_id)
    form = EnrolmentFilter(request.GET, program=program)
    shown = form.apply(program.enrolments.for_list())
    audit.record("program.people_exported", program, actor=request.user, scope=program.public_id)
    name = f"{slugify(program.name) or 'program'}-people"
    return csv_response(name, export_headings(), export_rows(program, shown))


def export_headings() -> list[str]:
    """The headings of `export_rows`."""
    return [
        _("Name"),
        _("E-mail"),
        _("Department"),
        _("Location"),
        _("Grade"),
        _("Side"),
        _("State"),
        _("Applied"),
        _("Topics"),
        _("What for"),
        _("In return"),
        _("Languages"),
    ]


def export_rows(program: Program, rows: Iterable[Enrolment]) -> Iterator[list[Any]]:
    """One line per person."""
    labels = side_labels(program)
    for row in rows:
        person = row.person
        grade = person.grade.name if person.grade else ""
        state = EnrolmentState(row.state).label
        languages = ", ".join(language_name(code) for code in row.languages)
        yield [
            *(person.name, person.email, person.department, person.location, grade),
            *(labels[row.role], state, row.applied_at),
            *_answers_of(row),
            languages,
        ]


def _answers_of(row: Enrolment) -> tuple[str, str, str]:
    """Topics, what for and what in return; empty until they are handed in."""
    if not summary.is_handed_in(row):
        return "", "", ""
    return "; ".join(summary.topic_lines(row)), row.what_for, row.in_return
