"""What all HR admins hear of: who is given these rights or loses them, and what else they must."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.http import absolute
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage

RIGHTS_CHANGED = "accounts.hr_rights_changed"


def tell_hr_admins(
    kind: str,
    context: Mapping[str, Any],
    *,
    occasion: str,
    actor: User | None,
    also: User | None = None,
) -> None:
    """Write to every active HR admin, and to `also`; `occasion` makes the messages' keys."""
    readers = list(User.objects.hr_admins().order_by("pk"))
    if also is not None and also not in readers:
        readers.append(also)
    drafts = []
    for reader in readers:
        letter = compose(recipient=reader, template=kind.replace(".", "/", 1), context=context)
        draft = outbox.Draft(
            recipient=reader,
            address=reader.email,  # so that it is sent even if they are deactivated now
            actor=actor,
            kind=kind,
            dedupe_key=f"{occasion}:{kind}:{reader.public_id}",
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
        )
        drafts.append(draft)
    outbox.enqueue_many(drafts)


def tell_rights_changed(person: User, *, actor: User | None, given: bool, occasion: int) -> None:
    """All HR admins and the person hear it. `occasion` is the id of the audit entry.

    Rights can always be taken away: only giving them counts.
    """
    context = {"person": person, "actor": actor, "given": given}
    tell_hr_admins(
        RIGHTS_CHANGED,
        context,
        occasion=f"hr-rights:{occasion}",
        actor=actor if given else None,
        also=person,
    )


def link(_message: OutboxMessage) -> str:
    """To the people."""
    return absolute(reverse("accounts:people_list"))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    return {"person": cast.mentor, "actor": cast.mentee, "given": True}


def register() -> None:
    """Declare the kind; called when the application starts."""
    kinds.register(
        MessageKind(
            key=RIGHTS_CHANGED,
            label=_("Rights of an HR admin"),
            occasion=_("To all HR admins, when somebody is made an HR admin or is no longer one."),
            why="hr",
            most_in_all=None,  # each action goes to all HR admins
            link=link,
            sample=sample,
        )
    )
