"""The one table of kinds of messages: what each is called, whether it is still wanted, where it
leads, how it is resent.

Apps fill it in `AppConfig.ready()`. A kind is named `app.kind`. How it is sent (quiet hours,
summaries, preferences) stands in policy.py, where every kind has a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifications.kinds import policy

if TYPE_CHECKING:
    from notifications.models import OutboxMessage

StillDue = Callable[["OutboxMessage"], bool]
Link = Callable[["OutboxMessage"], str]
ReplyTo = Callable[["OutboxMessage"], str]


class UnknownKindError(LookupError):
    """Nobody has registered this kind of message."""


@dataclass(frozen=True)
class Kind:
    """One row of the table.

    `still_due` is asked right before sending: False cancels. `link` makes the absolute address that
    stands in for [[link]], at the moment of sending (and of opening it in the inbox), so that its
    token is fresh. A nudge is not sent a second time when its fate is unknown, because the next
    nudge follows anyway, if one does. `reply_to` is the address to which an answer goes, "" for
    none, asked at the moment of sending: for what a person has written, not the application.
    """

    name: str
    label: Any  # a lazy translation; what kind of message this is, in a few words
    still_due: StillDue | None = None
    link: Link | None = None
    is_nudge: bool = False
    reply_to: ReplyTo | None = None


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    *,
    label: Any,
    still_due: StillDue | None = None,
    link: Link | None = None,
    is_nudge: bool = False,
    reply_to: ReplyTo | None = None,
) -> None:
    """Add a kind. Registering it again replaces it, so that a reloaded app does no harm."""
    if "." not in kind:
        raise ValueError(f"A kind is named app.kind, not {kind!r}.")
    _kinds[kind] = Kind(kind, label, still_due, link, is_nudge, reply_to)


def get(kind: str) -> Kind:
    """The kind. Raises UnknownKindError."""
    try:
        return _kinds[kind]
    except KeyError:
        raise UnknownKindError(
            f"No app has registered messages of the kind {kind!r} in its AppConfig.ready()."
        ) from None


def label_of(kind: str) -> str:
    """What a kind is called; its name when no app knows it any more."""
    found = _kinds.get(kind)
    return str(found.label) if found else kind


def all_kinds() -> list[Kind]:
    """Every kind, sorted by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def repeated() -> list[str]:
    """The names of the nudges that another one follows: not of those of which policy.py allows one
    alone.
    """
    return [
        kind.name for kind in _kinds.values() if kind.is_nudge and policy.of(kind.name).nudges != 1
    ]
