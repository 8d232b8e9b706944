"""What somebody reads who is given a role of a program, and what the role means."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.http import absolute
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from programs.enums import StaffRole
from programs.models import ProgramStaff

COORDINATOR = "programs.coordinator_named"
SAFE_CONTACT = "programs.safe_contact_named"


def tell_named(*, actor: User, staff: ProgramStaff) -> None:
    """Tell somebody who has a new role, unless they have named themselves."""
    if staff.person_id == actor.pk:
        return
    kind = COORDINATOR if staff.role == StaffRole.COORDINATOR else SAFE_CONTACT
    context = {
        "program": staff.program,
        "by": actor.name,
        "is_deputy": staff.role == StaffRole.SAFE_DEPUTY,
    }
    letter = compose(recipient=staff.person, template=kind.replace(".", "/", 1), context=context)
    outbox.enqueue(
        recipient=staff.person,
        actor=actor,
        kind=kind,
        dedupe_key=f"staff:{staff.public_id}:named",
        scope=staff.program.public_id if staff.program else None,
        data={"staff": str(staff.public_id)},
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
    )


def _still_named(message: OutboxMessage) -> bool:
    """The role has not been taken back, and the person is still here."""
    return ProgramStaff.objects.filter(
        public_id=message.data["staff"], person__is_active=True
    ).exists()


def _link(message: OutboxMessage) -> str:
    """The program's page, behind sign-in."""
    return absolute(reverse("mentoring:program_overview", args=[message.scope]))


def _link_to_answer(message: OutboxMessage) -> str:
    """The page on which a safe contact accepts or declines."""
    return absolute(reverse("programs:safe_contact", args=[message.data["staff"]]))


def _sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    return {"program": cast.program, "by": "Cora Brandt", "is_deputy": False}


def register() -> None:
    """Declare these kinds; called when the application starts."""
    kinds.register(
        MessageKind(
            key=COORDINATOR,
            label=_("You look after a program"),
            occasion=_("To a new coordinator, when somebody else names them."),
            why="manager",
            quiet=True,
            digest=True,
            listed=True,
            still_due=_still_named,
            link=_link,
            sample=_sample,
        ),
        MessageKind(
            key=SAFE_CONTACT,
            label=_("You are a safe contact"),
            occasion=_("To a new safe contact or deputy, when somebody else names them."),
            why="listens",
            quiet=True,
            digest=True,
            listed=True,
            still_due=_still_named,
            link=_link_to_answer,
            sample=_sample,
        ),
    )
