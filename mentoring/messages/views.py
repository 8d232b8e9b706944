"""The messages of a program, for those who run it: what became of them, and how they look."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from accounts.requests import AuthenticatedHttpRequest
from common.http import page_of, require, respond
from mentoring.access import program_or_404
from mentoring.messages import queries as reporting
from mentoring.messages import samples
from mentoring.messages.forms import MessageFilterForm
from notifications import kinds
from notifications.mail.preview import look, shows_mail


@require_GET
def program_messages(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Every listed message by kind, recipient and state, with why it failed or was missed."""
    program = program_or_404(request, public_id)
    form = MessageFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, reporting.messages_of(program, chosen))
    context = {
        "program": program,
        "page": page,
        "rows": reporting.rows_of(page),
        "filter_form": form,
        "filtered": any(chosen.values()),
    }
    return respond(request, "mentoring/program_messages.html", context, partial="rows")


@require_GET
def all_messages(request: AuthenticatedHttpRequest) -> HttpResponse:
    """For HR admins: what did not arrive, in all programs, and the addresses that get no mail."""
    require(request.user, "accounts.see_all_messages")
    context = {
        "programs": reporting.troubles_by_program(),
        "mailboxes": reporting.broken_mailboxes(),
    }
    return respond(request, "mentoring/all_messages.html", context)


@require_GET
def message_samples_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """All kinds of messages, each with who gets it and when, and how it is sent."""
    program = program_or_404(request, public_id)
    context = {"program": program, "rows": samples.listed(program)}
    return respond(request, "mentoring/message_samples_list.html", context)


@require_GET
@shows_mail
def message_sample(request: AuthenticatedHttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """One kind as it looks in this program, with invented people in it."""
    program = program_or_404(request, public_id)
    found = kinds.find(kind)
    if found.sample is None:
        raise Http404
    letter = samples.sample(kind, program=program, reader=request.user)
    context = {
        "program": program,
        "label": samples.label(found, program),
        "occasion": samples.occasion(found, program),
        "look": look(letter, recipient=request.user, kind=kind, scope=program.public_id),
        "kind": found,
        "topic": kinds.TOPICS.get(found.topic, ""),
    }
    return respond(request, "mentoring/message_sample.html", context)
