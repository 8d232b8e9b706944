"""Running late: the same form for the two of a pair and for a delegate."""

from __future__ import annotations

from django.contrib import messages

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from meetings.domain import late
from meetings.models import MentoringSession


def tell(request: AuthenticatedHttpRequest, session: MentoringSession, done: str) -> None:
    """Read the minutes from the form and tell it; `done` is the notice when it worked."""
    given = request.POST.get("minutes", "")
    minutes = int(given) if given.isdecimal() else 0
    try:
        late.say_late(actor=request.user, session=session, minutes=minutes)
    except DomainError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, done)
