"""How many messages one person's actions may send to others within a day.

The limits are fields of each `MessageKind`. They count the messages whose draft names the person as
`actor`, whether they were sent or were superseded before. What goes to the actor's own mailbox is
not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from common import clock
from common.errors import DomainError
from common.timezones import moment_in_words
from notifications import kinds
from notifications.kinds import MessageKind
from notifications.models import OutboxMessage

PERIOD = timedelta(days=1)

# The first half of the advisory lock's key: messages that a person causes. The second is the
# person.
LOCK_SPACE = 7033


def counted(messages: Iterable[OutboxMessage]) -> list[OutboxMessage]:
    """Those of the messages for which there is a limit."""
    return [message for message in messages if _is_counted(message)]


def _is_counted(message: OutboxMessage) -> bool:
    is_own = message.actor_id == message.recipient_id and not message.address
    if message.actor_id is None or is_own:
        return False
    kind = kinds.get(message.kind)
    return kind.most_to_one is not None or kind.most_in_all is not None


def lock(messages: Sequence[OutboxMessage]) -> None:
    """Nobody else stores messages of these actors until the transaction ends."""
    for actor_id in sorted({message.actor_id for message in messages if message.actor_id}):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, actor_id % 2**31])


def check(messages: Sequence[OutboxMessage]) -> None:
    """DomainError if these messages, which are stored by now, are too many.

    The caller's transaction then undoes all that the action has changed. One query for each actor
    and kind; two where both limits count.
    """
    batches: dict[tuple[int | None, str], list[OutboxMessage]] = defaultdict(list)
    for message in messages:
        batches[message.actor_id, message.kind].append(message)
    for (_actor_id, key), batch in batches.items():
        kind = kinds.get(key)
        if kind.most_to_one is not None:
            _check_each(kind, kind.most_to_one, batch)
        if kind.most_in_all is not None:
            _check_all(kind, kind.most_in_all, batch)


def _recent(batch: Sequence[OutboxMessage]) -> Any:
    """What the actor of a batch has caused of its kind within the period, the oldest first."""
    actor, kind = batch[0].actor, batch[0].kind
    of_kind = OutboxMessage.objects.filter(actor=actor, kind=kind)
    recent = of_kind.filter(due_at__gt=clock.now() - PERIOD).exclude(recipient=actor, address="")
    return recent.order_by("due_at")


def _check_each(kind: MessageKind, most: int, batch: Sequence[OutboxMessage]) -> None:
    """No recipient of the batch gets too many."""
    people = {message.recipient_id: message.recipient for message in batch}
    recent = _recent(batch).filter(recipient__in=people)

    moments: dict[int, list[datetime]] = defaultdict(list)
    for person_id, moment in recent.values_list("recipient", "due_at"):
        moments[person_id].append(moment)
    for person_id, its_moments in moments.items():
        again = _works_again(its_moments, most)
        if again:
            raise _too_many_to_one(kind, most, batch[0].actor, people[person_id], again)


def _check_all(kind: MessageKind, most: int, batch: Sequence[OutboxMessage]) -> None:
    """All recipients together do not get too many."""
    again = _works_again(list(_recent(batch).values_list("due_at", flat=True)), most)
    if again:
        raise _too_many_in_all(kind, most, batch[0].actor, again)


def _works_again(moments: list[datetime], most: int) -> datetime | None:
    """When so many of the messages are older than the period that the others are not too many."""
    surplus = len(moments) - most
    return moments[surplus - 1] + PERIOD if surplus > 0 else None


def _too_many_to_one(
    kind: MessageKind, most: int, actor: Any, recipient: Any, again: datetime
) -> DomainError:
    text = _(
        "Nothing was changed: %(name)s would get too many messages. Within 24 hours you can cause "
        "at most %(most)s of the kind “%(kind)s” to one person. It works again from %(moment)s."
    )
    return DomainError(text, params=_words(kind, most, actor, again) | {"name": recipient.name})


def _too_many_in_all(kind: MessageKind, most: int, actor: Any, again: datetime) -> DomainError:
    text = _(
        "Nothing was changed: too many messages would go out. Within 24 hours you can cause at "
        "most %(most)s of the kind “%(kind)s”. It works again from %(moment)s."
    )
    return DomainError(text, params=_words(kind, most, actor, again))


def _words(kind: MessageKind, most: int, actor: Any, again: datetime) -> dict[str, Any]:
    """The moment is in the actor's zone, and not earlier than it works again."""
    moment = moment_in_words(again + timedelta(minutes=1), actor.time_zone)
    return {"kind": kind.label, "most": most, "moment": moment}
