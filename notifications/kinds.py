"""The kinds of messages: what each is called, who gets it when, and how it is sent.

The app that owns a kind declares it once, as a `MessageKind`, and registers it when the application
starts. Its text is templates/email/<app>/<name>.html. docs/messages.md shows the table of all
kinds; a test compares the two.

Mails for signing in are no kind: they are sent at once, not through the outbox
(accounts/adapter.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

Message = Any
"""An OutboxMessage: its module imports this one."""

DIGEST = "notifications.digest"

# What a person may turn off: key → what it is called on the page of preferences.
TOPICS: dict[str, Any] = {
    "enrol": _("Reminders to answer an invitation to a program"),
    "offers": _("Reminders that a match waits for your answer"),
    "agreement": _("Reminders to sign the agreement of your pair"),
    "booking": _("Reminders to find a date, where that is your part"),
    "sessions": _("Reminders of your next session"),
    "questions": _("Some days before a session: what will you ask?"),
    "partner": _("Your partner has written a question, set a goal, or a word on yours"),
    "logs": _("Reminders to log a session"),
    "goals": _("Reminders to check in on a goal of yours"),
    "commitments": _("Reminders of what you meant to do differently"),
    "surveys": _("Reminders of a survey that is still open"),
    "findings": _("What a survey found, and what changes"),
}

# Why somebody gets a message: the footer of every mail says it.
WHY: dict[str, Any] = {
    "program": _(
        "You get this because you take part in a mentoring program or were invited to one."
    ),
    "pair": _("You get this because you belong to a mentoring pair, or one was found for you."),
    "survey": _("You get this because you are one of those whom this survey asks."),
    "manager": _("You get this because you look after this program."),
    "listens": _("You get this because you are a safe contact, or are asked to be one."),
    "hr": _("You get this because you are an HR admin here."),
    "account": _("You get this because it is about your own access."),
    "digest": _(
        "You get this because several messages to you had to wait; this one stands for all of them."
    ),
}


class UnknownKindError(LookupError):
    """Nobody has registered this kind of message."""


@dataclass(frozen=True)
class Cast:
    """The invented people of a sample, in a real program. `reader` is whom the mail is addressed
    to.

    The models are those of apps that this one must not know; nothing of them is stored.
    """

    program: Any
    reader: Any
    mentor: Any
    mentee: Any
    moment: datetime


@dataclass(frozen=True, kw_only=True)
class MessageKind:
    """The declaration of one kind. The defaults are safe for a kind that nobody knows: sent at once
    and always, and shown to nobody but its recipient.
    """

    key: str
    """`app.name`; names the template too."""

    label: Any
    """What kind of message this is, in a few words. Translated lazily."""

    occasion: Any = ""
    """Who gets it, and when: one line. %(mentor)s and %(mentee)s are the program's own labels."""

    why: str = "program"
    """A key of WHY."""

    quiet: bool = False
    """Waits for the end of the recipient's quiet hours, unless it would expire."""

    digest: bool = False
    """May be put into a summary when it is late."""

    topic: str = ""
    """May be turned off under this key of TOPICS; "" is always sent."""

    nudges: int = 0
    """The most reminders of this kind that one person gets about one thing; 0 is no reminder."""

    listed: bool = False
    """Shown on the coordinator's page of messages. False for whatever would tell who said no, who
    cancelled, or who has not answered."""

    own_inbox_copy: bool = False
    """Is enqueued for the inbox separately, so the inbox does not show the mail as well."""

    side: str = ""
    """"mentor" or "mentee" where two kinds have the same label and differ by the side they ask."""

    most_to_one: int | None = 10
    """The most messages of this kind to one person that another person can cause within 24 hours,
    see outbox/limits.py. None where something else bounds it."""

    most_in_all: int | None = 50
    """The same to all people together. None for what one action sends to many."""

    still_due: Callable[[Message], bool] | None = None
    """Asked right before sending. False cancels the message."""

    link: Callable[[Message], str] | None = None
    """The absolute address that replaces [[link]]. Made at sending, so that its token is fresh."""

    reply_to: Callable[[Message], str] | None = None
    """The address for answers, or "". Only for what a person has written."""

    sample: Callable[[Cast], Mapping[str, Any]] | None = None
    """The template's context with invented people. Called with the reader's language active."""

    @property
    def one_click(self) -> bool:
        """Whether its mails carry List-Unsubscribe (RFC 8058): reminders and summaries only."""
        return self.nudges > 0 or self.key == DIGEST

    @property
    def always(self) -> bool:
        """Whether it is sent whatever the recipient prefers."""
        return not self.topic

    @property
    def is_followed_by_another(self) -> bool:
        """Whether a reminder of unknown fate need not be sent once more: the next one follows."""
        return self.nudges > 1

    @property
    def template(self) -> str:
        """The name of its template, as `compose` takes it."""
        return self.key.replace(".", "/", 1)


_kinds: dict[str, MessageKind] = {}


def register(*kinds: MessageKind) -> None:
    """Add kinds. Registering one again replaces it, so that reloading an app does no harm."""
    for kind in kinds:
        if "." not in kind.key:
            raise ValueError(f"A kind is named app.kind, not {kind.key!r}.")
        _kinds[kind.key] = kind


def get(key: str) -> MessageKind:
    """The kind. Raises UnknownKindError."""
    try:
        return _kinds[key]
    except KeyError:
        raise UnknownKindError(
            f"No app has registered messages of the kind {key!r} in its AppConfig.ready()."
        ) from None


def find(key: str) -> MessageKind:
    """The kind, or the safe defaults for one that no app knows any more."""
    return _kinds.get(key) or MessageKind(key=key, label=key)


def label_of(key: str) -> str:
    """What a kind is called."""
    return str(find(key).label)


def occasion_of(key: str, *, mentor: str, mentee: str) -> str:
    """Who gets the kind and when, with the program's names of the two sides."""
    return str(find(key).occasion) % {"mentor": mentor, "mentee": mentee}


def all_kinds() -> list[MessageKind]:
    """Every kind, sorted by key."""
    return [_kinds[key] for key in sorted(_kinds)]


def keys_where(condition: Callable[[MessageKind], bool]) -> list[str]:
    """The keys of the kinds that fulfil a condition."""
    return [kind.key for kind in _kinds.values() if condition(kind)]


def listed_keys() -> list[str]:
    """What the coordinator's page of messages may show."""
    return keys_where(lambda kind: kind.listed)
