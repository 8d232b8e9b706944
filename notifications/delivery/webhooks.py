"""A program's channel at Slack or Teams: what its coordinators should notice, as one sentence and a
link.

No names and nothing that somebody wrote: this application does not know who reads such a channel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from common import audit, clock, outgoing
from common.errors import DomainError
from common.outgoing import Answer, ForbiddenAddressError, OutgoingError, UnreachableError
from notifications import kinds, outbox
from notifications.delivery.transport import PermanentError, TemporaryError, UncertainError
from notifications.enums import WEBHOOK_CHANNELS, Channel, MessageState
from notifications.models import OutboxMessage, Webhook

SECONDS = 15.0
MOST_BYTES = 10_000  # of an answer: both say "ok" or one line
LONGEST_WAIT = timedelta(days=1)
LOOKED_AT = timedelta(minutes=15)  # for so long the page of channels refreshes itself
IN_WORDS = re.compile(
    r"Webhook message delivery failed with error(?:.*?HTTP error (\d{3})\b)?", re.DOTALL
)
ONE_WORD = re.compile(r"[a-z_]{3,40}", re.ASCII)


def check_address(address: str) -> str:
    """The address without blanks around it.

    DomainError unless it leads to a service that the operator allows.
    """
    try:
        outgoing.check(address, hosts=settings.WEBHOOK_HOSTS)
    except ForbiddenAddressError as error:
        raise DomainError(
            _(
                "This is not the address of an incoming webhook. It begins with https:// and "
                "leads to one of: %(hosts)s"
            ),
            params={"hosts": ", ".join(settings.WEBHOOK_HOSTS)},
        ) from error
    return address.strip()


@transaction.atomic
def connect(*, actor: Any, scope: UUID, channel: str, label: str, address: str) -> Webhook:
    """Set a program's channel at a service, in place of the one before.

    The audit entry says that, never the address.
    """
    row, _new = Webhook.objects.update_or_create(
        scope=scope,
        channel=channel,
        defaults={"label": label.strip(), "address": check_address(address), "added_by": actor},
    )
    audit.record("webhook.connected", row, actor=actor, scope=scope, channel=channel)
    return row


@transaction.atomic
def disconnect(*, actor: Any, webhook: Webhook) -> None:
    """Post nothing there any more; what waits is cancelled when its time comes."""
    audit.record(
        "webhook.disconnected", webhook, actor=actor, scope=webhook.scope, channel=webhook.channel
    )
    webhook.delete()


def state_words(message: OutboxMessage) -> str:
    """What became of a message, in words that fit its channel."""
    if message.state == MessageState.FAILED and message.channel in WEBHOOK_CHANNELS:
        return _("Refused by %(service)s") % {"service": message.get_channel_display()}
    return str(message.get_state_display())


@dataclass(frozen=True)
class Connected:
    """A channel, and the last message to it, if there was any."""

    webhook: Webhook
    last: OutboxMessage | None

    @property
    def words(self) -> str:
        """What became of it."""
        return state_words(self.last) if self.last else ""

    @property
    def is_waiting(self) -> bool:
        """Whether the outcome of the last message is expected soon."""
        if self.last is None or self.last.due_at <= clock.now() - LOOKED_AT:
            return False
        return self.last.state in (MessageState.QUEUED, MessageState.LEASED)


def with_last_posts(scope: UUID) -> list[Connected]:
    """A program's channels, without their addresses, by service."""
    rows = Webhook.objects.filter(scope=scope).select_related("added_by").defer("address")
    posts = OutboxMessage.objects.filter(scope=scope, channel__in=WEBHOOK_CHANNELS)
    newest = posts.order_by("channel", "-due_at", "-pk").distinct("channel")
    last = {post.channel: post for post in newest}
    return [Connected(row, last.get(row.channel)) for row in rows.order_by("channel")]


def announce(
    *,
    scope: UUID,
    kind: str,
    dedupe_key: str,
    sentence: str,
    data: Mapping[str, Any] | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Queue one sentence for each of a program's channels, in the caller's transaction; how many
    were new.
    """
    channels = list(Webhook.objects.filter(scope=scope).values_list("channel", flat=True))
    return outbox.enqueue_many(
        outbox.Draft(
            recipient=None,
            kind=kind,
            channel=channel,
            scope=scope,
            dedupe_key=dedupe_key,
            subject=sentence,
            text=sentence,
            data=data,
            expires_at=expires_at,
        )
        for channel in channels
    )


def webhook_of(message: OutboxMessage) -> Webhook | None:
    """The channel that it goes to now; None when it has been disconnected."""
    if message.scope is None:
        return None
    return Webhook.objects.filter(scope=message.scope, channel=message.channel).first()


def payload(message: OutboxMessage) -> dict[str, Any]:
    """The body of the request."""
    kind = kinds.get(message.kind)
    url = kind.link(message) if kind.link else ""
    make = slack if message.channel == Channel.SLACK else teams
    return make(message.subject, url)


def slack(sentence: str, url: str) -> dict[str, Any]:
    """A sentence and a link. Slack's special characters are escaped: a sentence pings nobody."""
    words = sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if url:
        words += f"\n<{url}|{_('Open')}>"
    return {"text": words, "unfurl_links": False}


def teams(sentence: str, url: str) -> dict[str, Any]:
    """An adaptive card, the only thing that Teams' workflows accept. Its Markdown is escaped."""
    words = "".join(f"\\{sign}" if sign in "\\`*_[]()<>#" else sign for sign in sentence)
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": words, "wrap": True}],
    }
    if url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": _("Open"), "url": url}]
    content = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [content]}


class BusyError(TemporaryError):
    """The service wants to be asked later, and may have said when."""

    def __init__(self, message: str, *, wait: timedelta = timedelta()) -> None:
        super().__init__(message)
        self.wait = wait


def post(webhook: Webhook, body: dict[str, Any]) -> None:
    """Return when the service has accepted it; else raise a TransportError, as for mails.

    UncertainError when it may have it and did not say so: neither service can tell a second copy,
    so none is sent.
    """
    assert webhook.channel in WEBHOOK_CHANNELS
    answer = _request(webhook, body)
    status = meant(answer, webhook.channel)
    if 200 <= status < 300:
        return
    said = f"The service answered {status}{reason(answer)}."
    if status in (408, 425, 429) or status >= 500:
        raise BusyError(said, wait=wait_of(answer))
    raise PermanentError(said)


def _request(webhook: Webhook, body: dict[str, Any]) -> Answer:
    """The answer of the service. Its errors become those of mails."""
    try:
        return outgoing.request(
            "POST",
            webhook.address,
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            hosts=settings.WEBHOOK_HOSTS,
            seconds=SECONDS,
            most_bytes=MOST_BYTES,
        )
    except ForbiddenAddressError as error:
        raise PermanentError(str(error)) from error
    except UnreachableError as error:
        raise (UncertainError if error.sent else TemporaryError)(str(error)) from error
    except OutgoingError as error:  # too much of an answer: it has been taken
        raise UncertainError(str(error)) from error


def meant(answer: Answer, channel: str) -> int:
    """The status that the service means.

    Teams' old connectors answer 200 to everything and say in words what went wrong. Its workflows
    answer 202 with nothing, or whatever their maker has chosen: unknown words are no error.
    """
    if channel != Channel.TEAMS or answer.status != 200:
        return answer.status
    words = answer.body.decode("utf-8", "replace").strip()
    wrapped = IN_WORDS.match(words)
    if wrapped:
        return int(wrapped[1] or 400)
    if words.startswith("System.Net.Http.HttpRequestException"):
        return 502
    return _status_in_json(words) or answer.status


def _status_in_json(words: str) -> int | None:
    """The status of an error that is told as JSON; None for anything else."""
    try:
        told = json.loads(words)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("isSuccessStatusCode") is not False:
        return None
    status = told.get("statusCode")
    return status if isinstance(status, int) and 400 <= status < 600 else 400


def reason(answer: Answer) -> str:
    """Slack's one word for what is wrong ("no_service"), in brackets; "" for anything longer."""
    words = answer.body.decode("utf-8", "replace").strip()
    return f" ({words})" if ONE_WORD.fullmatch(words) else ""


def wait_of(answer: Answer) -> timedelta:
    """What Retry-After asks for, in seconds or as a date, a day at most.

    RFC 9110, section 10.2.3.
    """
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal() and len(said) < 20:
        return timedelta(seconds=min(int(said), LONGEST_WAIT.total_seconds()))
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return timedelta()
    until = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(until - clock.now(), timedelta()), LONGEST_WAIT)
