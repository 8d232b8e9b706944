"""The threads of a safe contact, or of a deputy once a promised day is over. 404 for others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.http import form_page, page_of, redirect_htmx, respond
from concerns.domain import listening
from concerns.domain.settings import talk_settings
from concerns.forms.contact import AnswerForm, NoteForm
from concerns.models import Concern
from programs.models import ProgramStaff


@require_GET
def thread_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Those that wait first, then the newest."""
    threads = Concern.objects.visible_to(request.user).waiting_first()
    page = page_of(request, threads)
    if not page.object_list and not ProgramStaff.objects.asked_of(request.user).exists():
        raise Http404
    return respond(request, "concerns/thread_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def thread_detail(request: AuthenticatedHttpRequest, concern_id: UUID) -> HttpResponse:
    """What was written, and what the contact can do."""
    threads = Concern.objects.visible_to(request.user).select_related("contact", "deputy")
    concern = get_object_or_404(threads, pk=concern_id)
    action = request.POST.get("action", "")
    answer_form = AnswerForm(
        request.POST if action == "answer" else None, outside_line=talk_settings().outside_line
    )
    note_form = NoteForm(request.POST if action == "note" else None, prefix="note")
    with announce_refusal(request):
        if _done(request, concern, action, answer_form, note_form):
            return redirect_htmx(request, "concerns:thread_detail", concern_id)
    context = {
        "concern": concern,
        "side": concern.side_of(request.user),
        "entries": listening.entries_for(concern, request.user),
        "answer_form": answer_form,
        "note_form": note_form,
    }
    form = note_form if note_form.is_bound else answer_form
    return form_page(request, "concerns/thread_detail.html", form, context)


def _done(
    request: AuthenticatedHttpRequest,
    concern: Concern,
    action: str,
    answer_form: AnswerForm,
    note_form: NoteForm,
) -> bool:
    """Whether what was posted could be done."""
    who: dict[str, Any] = {"actor": request.user, "concern": concern}
    if answer_form.is_valid():
        listening.answer(**who, text=answer_form.whole_text())
        messages.success(request, _("Sent. The author reads it with the reply code."))
    elif note_form.is_valid():
        listening.note(**who, text=note_form.cleaned_data["text"])
        messages.success(request, _("Saved."))
    elif action == "acknowledge":
        listening.acknowledge(**who)
        messages.success(request, _("The author reads that you have read it."))
    elif action == "close":
        listening.close(**who)
        messages.success(request, _("Closed. The author is asked whether it helped."))
    else:
        return False
    return True
