"""What the partner hears of a new goal: that there is one, never what it says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.http import absolute
from goals.enums import GoalState
from goals.models import Goal
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from pairings.enums import PairingState

KIND = "goals.goal_set"
LATER = timedelta(minutes=15)  # several goals in a row are one mail, and one may be made private


def tell_set(goal: Goal) -> None:
    """Tell the partner of an active goal; an unsent mail about another goal of the owner goes."""
    pairing = goal.pairing
    partner = pairing.partner_of(goal.owner)
    if not partner.is_active:
        return
    prefix = f"goals:{pairing.public_id}:{goal.owner.public_id}:"
    outbox.cancel(key_prefix=prefix, reason="another goal")
    context = {"program": pairing.program, "owner": goal.owner}
    letter = compose(recipient=partner, template="goals/goal_set", context=context)
    outbox.enqueue(
        recipient=partner,
        actor=goal.owner,
        kind=KIND,
        dedupe_key=f"{prefix}{goal.public_id}",
        scope=pairing.program.public_id,
        data={"pairing": str(pairing.public_id), "goal": str(goal.public_id)},
        due_at=clock.now() + LATER,
        **letter.fields(),
    )


def _is_shared(message: OutboxMessage) -> bool:
    """The goal is worked on, and its partner may see it."""
    shared = Goal.objects.filter(private=False, state=GoalState.ACTIVE)
    of_active_pair = shared.filter(pairing__state=PairingState.ACTIVE)
    return (
        message.recipient.is_active
        and of_active_pair.filter(public_id=message.data["goal"]).exists()
    )


def _link(message: OutboxMessage) -> str:
    """The home of the pair, with all its goals."""
    return absolute(reverse("mentoring:pair_home", args=[message.data["pairing"]]))


def _sample(cast: Cast) -> dict[str, Any]:
    return {"program": cast.program, "owner": cast.mentee}


def register() -> None:
    """Declare this kind; called when the application starts."""
    kinds.register(
        MessageKind(
            key=KIND,
            label=_("A new goal"),
            occasion=_("To the other of a pair, when one sets a goal that is not private."),
            why="pair",
            quiet=True,
            digest=True,
            topic="partner",
            still_due=_is_shared,
            link=_link,
            sample=_sample,
        )
    )
