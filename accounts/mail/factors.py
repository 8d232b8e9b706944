"""What accounts writes about a second factor that is reset: to the person, and to HR admins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.mail.hr_admins import tell_hr_admins
from accounts.models import FactorReset
from common.http import absolute
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage

REQUESTED, DONE = "accounts.factor_reset_requested", "accounts.factor_reset"


def tell_hr_requested(reset: FactorReset) -> None:
    """All HR admins hear that one of them has asked for it."""
    occasion = f"factor-reset:{reset.public_id}"
    tell_hr_admins(REQUESTED, {"reset": reset}, occasion=occasion, actor=reset.requested_by)


def tell_reset(reset: FactorReset) -> None:
    """The person hears that their second factor is gone."""
    letter = compose(
        recipient=reset.person,
        template=DONE.replace(".", "/", 1),
        context={"reset": reset},
    )
    outbox.enqueue(
        recipient=reset.person,
        kind=DONE,
        dedupe_key=f"factor-reset:{reset.public_id}:done",
        **letter.fields(),
    )


def people_link(_message: OutboxMessage) -> str:
    """To the people, where one finds the person."""
    return absolute(reverse("accounts:people_list"))


def sign_in_link(_message: OutboxMessage) -> str:
    """To the page on which a new factor is set up."""
    return absolute(reverse("mfa_index"))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    reset = FactorReset(
        public_id=UUID(int=0),
        person=cast.reader,
        requested_by=cast.mentor,
        decided_by=cast.mentee,
        created_at=cast.moment,
    )
    return {"reset": reset}


def register() -> None:
    """Declare these kinds; called when the application starts."""
    kinds.register(
        MessageKind(
            key=REQUESTED,
            label=_("A second factor is to be reset"),
            occasion=_("To all HR admins, when one of them asks to reset a lost second factor."),
            why="hr",
            most_in_all=None,  # each action goes to all HR admins
            link=people_link,
            sample=sample,
        ),
        MessageKind(
            key=DONE,
            label=_("Your second factor was reset"),
            occasion=_("To the person, when their second factor is reset."),
            why="account",
            link=sign_in_link,
            sample=sample,
        ),
    )
