"""One's own messages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from common.http import page_of, redirect_htmx, respond
from notifications import inbox as domain
from notifications.forms import InboxFilterForm
from notifications.models import OutboxMessage


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What was sent to oneself, the newest first; ?q= searches the subjects, ?unread=on leaves out
    what was opened.
    """
    form = InboxFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = page_of(
        request,
        domain.messages_of(
            request.user, search=chosen.get("q", ""), unread=chosen.get("unread", False)
        ),
    )
    context = {
        "page": page,
        "entries": [domain.entry(message) for message in page],
        "unread_count": domain.unread_count(request.user),
        "form": form,
        "filtered": any(chosen.values()),
    }
    return respond(request, "notifications/inbox.html", context, partial="rows")


@login_not_required
@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """The number on the bell, asked for every minute by open pages.

    Whoever is no longer signed in is left where they are.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return respond(
        request, "notifications/unread.html", {"count": domain.unread_count(request.user)}
    )


@require_GET
def open_message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark a message as read and lead to what it is about."""
    message = get_object_or_404(OutboxMessage.objects.visible_to(request.user), public_id=public_id)
    url = domain.open_message(message)
    if not url:
        messages.info(request, _("There is nothing more to see behind this message."))
    return redirect(url or "notifications:inbox")


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    number = domain.mark_all_read(request.user)
    messages.success(
        request,
        ngettext("%d message marked as read.", "%d messages marked as read.", number) % number,
    )
    return redirect_htmx(request, reverse("notifications:inbox"))
