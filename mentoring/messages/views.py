"""The messages of a program, for those who run it: what became of them, and how they look."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages as flash
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import page_of, redirect_htmx, require, respond
from mentoring.messages import queries as reporting
from mentoring.messages import samples as message_samples
from mentoring.messages.forms import MessageFilterForm, ResendForm
from mentoring.messages.unlisted import unlisted_of
from notifications.delivery import resending, retrying
from notifications.kinds import policy
from notifications.mail.preview import look, shows_mail
from programs.models import Program


def managed(request: AuthenticatedHttpRequest, public_id: UUID) -> Program:
    """The program, for those who run it. 404 for everybody else."""
    return get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)


@require_GET
def program_messages(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Every listed message by kind, recipient and state, with why it failed or was missed."""
    program = managed(request, public_id)
    form = MessageFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, reporting.messages_of(program, chosen))
    context = {
        "program": program,
        "page": page,
        "rows": reporting.rows_of(page),
        "filter_form": form,
        "filtered": any(chosen.values()),
        "unlisted": unlisted_of(program),
        "resend_form": ResendForm(initial={"press": uuid4()}),
    }
    return respond(request, "mentoring/program_messages.html", context, partial="rows")


@require_POST
def message_retry(
    request: AuthenticatedHttpRequest, public_id: UUID, message_id: UUID
) -> HttpResponse:
    """Send one that failed or was missed after all, where it still has a point."""
    program = managed(request, public_id)
    require(request.user, "programs.manage_program", program)
    message = get_object_or_404(reporting.messages_of(program, {}), public_id=message_id)
    try:
        retrying.retry(actor=request.user, message=message)
    except DomainError as error:
        flash.error(request, " ".join(error.messages))
    else:
        flash.success(request, _("It is on its way again, if it still has a point."))
    return redirect_htmx(request, reverse("mentoring:program_messages", args=[program.public_id]))


@require_POST
def messages_resend(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Send again what did not arrive of the program's messages that are not listed.

    The answer is always the same.
    """
    program = managed(request, public_id)
    require(request.user, "programs.manage_program", program)
    _resend(request, program.public_id)
    return redirect_htmx(request, reverse("mentoring:program_messages", args=[program.public_id]))


@require_http_methods(["GET", "HEAD", "POST"])
def all_messages(request: AuthenticatedHttpRequest) -> HttpResponse:
    """For HR admins: what did not arrive, of all programs and of what belongs to none; POST sends
    it again.
    """
    require(request.user, "accounts.see_all_messages")
    if request.method == "POST":
        _resend(request, None)
        return redirect_htmx(request, reverse("mentoring:all_messages"))
    context = {
        "programs": reporting.troubles_by_program(),
        "unlisted": unlisted_of(None),
        "resend_form": ResendForm(initial={"press": uuid4()}),
    }
    return render(request, "mentoring/all_messages.html", context)


def _resend(request: AuthenticatedHttpRequest, scope: UUID | None) -> None:
    form = ResendForm(request.POST)
    if form.is_valid():
        resending.ask(actor=request.user, scope=scope, key=form.cleaned_data["press"])
        flash.success(
            request,
            _(
                "What did not arrive and still has a point is being sent again, if there is "
                "anything."
            ),
        )
    else:
        flash.error(request, _("Nothing was sent. Please press the button once more."))


@require_GET
def message_samples_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """All kinds of messages, each with who gets it and when, and how it is sent."""
    program = managed(request, public_id)
    samples = message_samples
    rows = [
        (kind, samples.label(kind, program), samples.when(kind, program), policy.of(kind))
        for kind in samples.kinds()
    ]
    context = {"program": program, "rows": sorted(rows, key=lambda row: row[1])}
    return render(request, "mentoring/message_samples_list.html", context)


@require_GET
@shows_mail
def message_sample(request: AuthenticatedHttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """One kind as it looks in this program, with invented people in it."""
    program = managed(request, public_id)
    if kind not in policy.POLICIES:
        raise Http404
    letter = message_samples.sample(kind, program=program, reader=request.user)
    row = policy.of(kind)
    context = {
        "program": program,
        "label": message_samples.label(kind, program),
        "when": message_samples.when(kind, program),
        "look": look(letter, recipient=request.user, kind=kind),
        "row": row,
        "topic": policy.TOPICS.get(row.topic, ""),
    }
    return render(request, "mentoring/message_sample.html", context)
