"""Saying that one runs late: the same for the two of a pair and for a delegate."""

from __future__ import annotations

from django.contrib import messages

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from meetings.domain import late
from meetings.models import MentoringSession


def tell(request: AuthenticatedHttpRequest, session: MentoringSession, done: str) -> None:
    """Take the minutes from the form, and say what is wrong with them or that it is done."""
    minutes = request.POST.get("minutes", "")
    try:
        late.say_late(
            actor=request.user, session=session, minutes=int(minutes) if minutes.isdecimal() else 0
        )
    except DomainError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, done)
