"""What an author does. No function here knows who that is, writes an audit entry or sends a mail:
each of these would have a time, and the author's sign-in has one too.
"""

from __future__ import annotations

from django.db import transaction

from concerns.domain import codes, days
from concerns.domain.routing import Route
from concerns.enums import WAITING, ConcernState, Helped, Side
from concerns.models import Concern, ConcernEntry


@transaction.atomic
def write(*, code: str, route: Route, text: str) -> Concern:
    """Begin the thread of a new code. Sent twice, it is one thread with each text once."""
    day = days.today()
    concern, _made = Concern.objects.get_or_create(
        code_hash=codes.digest(code),
        defaults={
            "contact": route.contact,
            "deputy": route.deputy,
            "written_on": day,
            "last_written_on": day,
            "acknowledge_by": day + days.ACKNOWLEDGE,
            "answer_by": day + days.ANSWER,
        },
    )
    return write_more(concern=concern, text=text)


@transaction.atomic
def write_more(*, concern: Concern, text: str) -> Concern:
    """Add what the author writes. The same text twice in a row is one entry.

    Where the contact had answered or closed, both promises begin anew.
    """
    locked = lock(concern)
    last = locked.entries.filter(is_note=False).order_by("position").last()
    if last is not None and last.side == Side.AUTHOR and last.text == text:
        return locked

    add_entry(locked, side=Side.AUTHOR, text=text)
    day = days.today()
    if locked.state not in WAITING:
        locked.state = ConcernState.OPEN
        locked.acknowledge_by, locked.answer_by = day + days.ACKNOWLEDGE, day + days.ANSWER
    locked.last_written_on, locked.is_told = day, False
    locked.closed_on, locked.helped = None, ""
    locked.save()
    return locked


@transaction.atomic
def say_whether_it_helped(*, concern: Concern, helped: Helped) -> Concern:
    """The author's answer to a closed thread; another state changes nothing."""
    locked = lock(concern)
    if locked.state == ConcernState.CLOSED:
        locked.helped = helped
        locked.save(update_fields=["helped"])
    return locked


def lock(concern: Concern) -> Concern:
    """The thread as it is now, locked until the transaction ends."""
    rows = Concern.objects.select_related("contact", "deputy")
    return rows.select_for_update(of=("self",)).get(pk=concern.pk)


def add_entry(concern: Concern, *, side: Side, text: str, is_note: bool = False) -> ConcernEntry:
    """One more entry of a locked thread."""
    return ConcernEntry.objects.create(
        concern=concern,
        position=concern.entries.count() + 1,
        side=side,
        text=text,
        is_note=is_note,
        written_on=days.today(),
    )
