"""One click that ends a kind of reminder (RFC 8058): the link, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import tokens
from common.http import absolute
from common.tokens import TokenInvalidError
from notifications import kinds
from notifications.models import OutboxMessage
from notifications.preferences import store as preferences

PURPOSE = "unsubscribe"
# Mails are kept, and a link in last year's mail should still work.
LINK_LIFE = timedelta(days=400)


@dataclass(frozen=True)
class Request:
    """Whose link it is, and what it turns off."""

    person: object
    topics: tuple[str, ...]

    @property
    def labels(self) -> list[str]:
        """What the topics are called."""
        return [str(kinds.TOPICS[topic]) for topic in self.topics]

    @property
    def done(self) -> bool:
        """Whether all of it is off already."""
        return set(self.topics) <= set(preferences.of(self.person).off)


def topics_of(message: OutboxMessage) -> list[str]:
    """What one click on this mail turns off; nothing unless it is a reminder or a summary of
    some.
    """
    kind = kinds.find(message.kind)
    if not kind.one_click or message.recipient is None:
        return []
    if kind.topic:
        return [kind.topic]
    return list(message.data.get("topics", []))


def link(message: OutboxMessage) -> str:
    """The address of the page and of the one click; "" where there is none."""
    topics = topics_of(message)
    if not topics or message.recipient is None:
        return ""
    token = tokens.make(PURPOSE, {"person": str(message.recipient.public_id), "topics": topics})
    return absolute(reverse("notifications:unsubscribe", args=[token]))


def read(token: str) -> Request:
    """What a link asks for. Raises TokenError; also for somebody who is no longer here."""
    payload = tokens.read(PURPOSE, token, LINK_LIFE)
    people = get_user_model().objects.filter(is_active=True)
    person = people.filter(public_id=UUID(payload["person"])).first()
    topics = tuple(topic for topic in payload["topics"] if topic in kinds.TOPICS)
    if person is None or not topics:
        raise TokenInvalidError(_("This link leads to nothing any more. You need do nothing."))
    return Request(person, topics)


def stop(request: Request) -> list[str]:
    """Turn them off; which of them were on. Twice changes nothing."""
    return preferences.turn_off(actor=request.person, topics=request.topics)
