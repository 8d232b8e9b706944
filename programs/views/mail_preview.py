"""Every message of a program as it will look, before anybody gets one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.http import respond
from notifications.mail.preview import look, shows_mail
from notifications.mail.rendering import compose
from programs.enums import PairRole
from programs.labels import side_labels
from programs.models import Program
from programs.views.programs import managed_program


@dataclass(frozen=True)
class Preview:
    """A message: its key in the address, what it is, and when it goes out."""

    key: str
    title: Any
    when: Any


LETTERS = (
    Preview("invitation", _("Invitation"), _("when you invite somebody")),
    Preview(
        "nudge",
        _("Reminder to enrol"),
        _("when you nudge somebody who has not applied; two at most"),
    ),
    Preview("let_in", _("You can still take part"), _("when you let in somebody who is late")),
    Preview("applied", _("Application received"), _("when somebody has applied")),
    Preview("approved", _("You take part"), _("when you approve somebody")),
    Preview("waitlisted", _("On the waiting list"), _("when you put somebody on the waiting list")),
    Preview("declined", _("Not this time"), _("when you decline somebody")),
    Preview(
        "cancelled", _("Program cancelled"), _("to everybody in it, when you cancel the program")
    ),
)
BY_KEY = {letter.key: letter for letter in LETTERS}


def letters() -> tuple[Preview, ...]:
    """All that can be previewed."""
    return LETTERS


@shows_mail
def mail_preview(request: AuthenticatedHttpRequest, public_id: UUID, key: str) -> HttpResponse:
    """One message with this program's data, addressed to the reader, for both sides."""
    program = managed_program(request, public_id)
    if key not in BY_KEY:
        raise Http404
    sides = _both_sides(program, request.user, key)
    context = {"program": program, "letter": BY_KEY[key], "sides": sides, "letters": LETTERS}
    return respond(request, "programs/mail_preview.html", context)


def _both_sides(program: Program, reader: User, key: str) -> list[dict[str, Any]]:
    """What a mentor and what a mentee reads."""
    sides = []
    for role, label in side_labels(program).items():
        extra = {
            "program": program,
            "label": label,
            "is_mentor": role == PairRole.MENTOR,
            "answer_by": program.enrolment_deadline,
        }
        letter = compose(recipient=reader, template=f"programs/{key}", context=extra)
        shown = look(letter, recipient=reader, kind=f"programs.{key}", scope=program.public_id)
        sides.append({"label": label, "look": shown})
    return sides
