"""What the sessions of a pair are about, for the two to arrange."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, require
from meetings.domain import subjects
from meetings.forms.topics import TopicsForm
from meetings.views.shared import pairing_or_404, to_pair


@require_http_methods(["GET", "POST"])
@one_after_another
def session_topics(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Choose a topic for each session ahead; the sessions that are booked take it at once."""
    pairing = pairing_or_404(request, public_id)
    require(request.user, "meetings.arrange_topics", pairing)
    form = TopicsForm(posted(request), pairing=pairing)
    if form.is_valid():
        with show_refusal(form):
            subjects.arrange(actor=request.user, pairing=pairing, topics=form.chosen())
            messages.success(request, _("Saved. Your sessions follow this order."))
            return to_pair(request, pairing)
    context = {"pairing": pairing, "partner": pairing.partner_of(request.user)}
    return form_page(request, "meetings/session_topics.html", form, context)
