"""Running late: the same form for the two of a pair and for a delegate."""

from __future__ import annotations

from django.contrib import messages

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.text import whole_number
from meetings.domain import late
from meetings.models import MentoringSession


def tell(request: AuthenticatedHttpRequest, session: MentoringSession, done: str) -> None:
    """Read the minutes from the form and tell it; `done` is the notice when it worked."""
    minutes = whole_number(request.POST.get("minutes", "")) or 0
    with announce_refusal(request):
        late.say_late(actor=request.user, session=session, minutes=minutes)
        messages.success(request, done)
