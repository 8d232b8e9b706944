"""After a pause: schedule the sessions again that were planned before."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.http import require
from meetings.domain import put_back as domain
from meetings.views.shared import pairing_or_404, to_pair


@require_POST
def put_back(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Schedule them again, for one of the pair."""
    pairing = pairing_or_404(request, public_id)
    require(request.user, "meetings.schedule_session", pairing)
    with announce_refusal(request):
        done = domain.put_back(actor=request.user, pairing=pairing)
        _say_put_back(request, len(done.back))
        _say_left(request, done.left)
        if not done.back and not done.left:
            messages.info(request, _("There was nothing to put back."))
    return to_pair(request, pairing)


def _say_put_back(request: AuthenticatedHttpRequest, count: int) -> None:
    """How many sessions are scheduled again."""
    if count:
        text = ngettext(
            "%(count)d session is back in both your calendars.",
            "%(count)d sessions are back in both your calendars.",
            count,
        )
        messages.success(request, text % {"count": count})


def _say_left(request: AuthenticatedHttpRequest, count: int) -> None:
    """How many sessions stay cancelled, as their time does not suit both."""
    if count:
        text = ngettext(
            "The time of %(count)d session does not suit you both any more. Find another one.",
            "The times of %(count)d sessions do not suit you both any more. Find others.",
            count,
        )
        messages.warning(request, text % {"count": count})
