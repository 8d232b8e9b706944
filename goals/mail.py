"""What the two of a pair hear of a goal, never what it says.

The partner hears of a new one; its owner of comments and cheers, and when they have been silent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
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
ANSWERED = "goals.goal_answered"
SILENT = "goals.goal_silent"
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


def tell_answer(goal: Goal, actor: Any) -> None:
    """Tell the owner that their partner has commented or cheered; several are one mail."""
    if not goal.owner.is_active:
        return
    prefix = f"goal-answer:{goal.public_id}:"
    outbox.cancel(key_prefix=prefix, reason="another answer")
    now = clock.now()
    context = {"program": goal.pairing.program, "partner": actor}
    letter = compose(recipient=goal.owner, template="goals/goal_answered", context=context)
    outbox.enqueue(
        recipient=goal.owner,
        actor=actor,
        kind=ANSWERED,
        dedupe_key=f"{prefix}{now:%Y%m%d%H%M%S%f}",
        scope=goal.pairing.program.public_id,
        data={"goal": str(goal.public_id)},
        due_at=now + LATER,
        **letter.fields(),
    )


def silence_key(goal: Goal, told_at: datetime) -> str:
    """The reminder of the silence that began then."""
    return f"goal-silence:{goal.public_id}:{told_at:%Y%m%d%H%M%S}"


def silence_draft(
    goal: Goal, told_at: datetime, due_at: datetime, expires_at: datetime
) -> outbox.Draft:
    """The reminder to its owner. Needs the goal's pair with its program."""
    program = goal.pairing.program
    partner = goal.pairing.partner_of(goal.owner)
    context = {"program": program, "partner": partner}
    letter = compose(recipient=goal.owner, template="goals/goal_silent", context=context)
    return {
        "recipient": goal.owner,
        "kind": SILENT,
        "dedupe_key": silence_key(goal, told_at),
        "scope": program.public_id,
        "data": {"goal": str(goal.public_id), "told_at": told_at.isoformat()},
        "due_at": due_at,
        "expires_at": expires_at,
        **letter.fields(),
    }


def _goal_of(message: OutboxMessage) -> QuerySet[Goal]:
    """The goal, if it is worked on in an active pair."""
    active = Goal.objects.filter(state=GoalState.ACTIVE, pairing__state=PairingState.ACTIVE)
    return active.filter(public_id=message.data["goal"])


def _is_shared(message: OutboxMessage) -> bool:
    """The goal is worked on, and its partner may see it."""
    return message.recipient.is_active and _goal_of(message).filter(private=False).exists()


def _is_open(message: OutboxMessage) -> bool:
    """The goal is worked on."""
    return _goal_of(message).exists()


def _is_silent(message: OutboxMessage) -> bool:
    """The goal is worked on, and its owner has said nothing since."""
    told_at = datetime.fromisoformat(message.data["told_at"])
    return _goal_of(message).with_told_at().filter(told_at__lte=told_at).exists()


def _link(message: OutboxMessage) -> str:
    """The home of the pair, with all its goals."""
    return absolute(reverse("mentoring:pair_home", args=[message.data["pairing"]]))


def _to_goal(message: OutboxMessage) -> str:
    """The page of the goal."""
    return absolute(reverse("goals:goal_detail", args=[message.data["goal"]]))


def _to_check_in(message: OutboxMessage) -> str:
    """Where its owner says how it goes."""
    return absolute(reverse("goals:check_in_new", args=[message.data["goal"]]))


def _sample(cast: Cast) -> dict[str, Any]:
    return {"program": cast.program, "owner": cast.mentee, "partner": cast.mentor}


def register() -> None:
    """Declare these kinds; called when the application starts."""
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
        ),
        MessageKind(
            key=ANSWERED,
            label=_("A word on your goal"),
            occasion=_("To the owner of a goal, when the other of the pair comments or cheers."),
            why="pair",
            quiet=True,
            digest=True,
            topic="partner",
            still_due=_is_open,
            link=_to_goal,
            sample=_sample,
        ),
        MessageKind(
            key=SILENT,
            label=_("How is your goal going?"),
            occasion=_("To the owner of a goal, after three weeks without a check-in."),
            why="pair",
            quiet=True,
            digest=True,
            topic="goals",
            nudges=1,
            still_due=_is_silent,
            link=_to_check_in,
            sample=_sample,
        ),
    )
