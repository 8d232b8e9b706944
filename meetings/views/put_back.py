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
        _say_done(request, len(done.back), done.left)
    return to_pair(request, pairing)


def _say_done(request: AuthenticatedHttpRequest, back: int, left: int) -> None:
    """How many are scheduled again, and how many are not."""
    if back:
        messages.success(request, _back_words(back))
    if left:
        messages.warning(request, _left_words(left))
    if not back and not left:
        messages.info(request, _("There was nothing to put back."))


def _back_words(count: int) -> str:
    text = ngettext(
        "%(count)d session is back in both your calendars.",
        "%(count)d sessions are back in both your calendars.",
        count,
    )
    return text % {"count": count}


def _left_words(count: int) -> str:
    text = ngettext(
        "The time of %(count)d session does not suit you both any more, or is on a public holiday. "
        "Find another one.",
        "The times of %(count)d sessions do not suit you both any more, or are on public holidays. "
        "Find others.",
        count,
    )
    return text % {"count": count}
