"""Mails that came back: delivery reports after RFC 3464, as the mail server delivers them.

A report counts only when it quotes the Message-ID of a message that was lately sent to that
address. Nobody can make one up (see message_ids.py) and so stop a person's mail. Somebody who has
seen the header in the mail itself could, for that one address.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from email.policy import default
from email.utils import getaddresses
from uuid import UUID

import structlog
from django.db import transaction

from common import clock
from notifications.enums import MessageState
from notifications.mail import message_ids, mime
from notifications.models import OutboxMessage
from notifications.preferences import suppression

log = structlog.get_logger(__name__)

MOST_BYTES = 5_000_000
BELIEVED_FOR = timedelta(days=30)
# "Bad destination mailbox", "mailbox moved", "disabled": about the address itself, permanently.
# RFC 3463, sections 3.2 and 3.3.
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
HARD = re.compile(r"^5\.(1\.(1|2|3|6|10)|2\.1|4\.4)$")


@dataclass(frozen=True)
class Report:
    """What a mail server says about one of our messages; `status` is an enhanced status code such
    as 5.1.1.

    `addresses`: to whom the quoted mail or the report says that it went, in lower case.
    """

    message_id: UUID
    action: str
    status: str
    words: str
    addresses: frozenset[str] = frozenset()

    @property
    def is_hard(self) -> bool:
        """Whether the address is permanently the reason."""
        return self.action == "failed" and bool(HARD.match(self.status))


def parse(raw: bytes) -> Report | None:
    """The report in a mail; None for anything else (an answer out of office, a delay, somebody's
    letter).
    """
    if len(raw) > MOST_BYTES:
        return None
    message = email.message_from_bytes(raw, policy=default)
    if message.get_content_type() != "multipart/report":
        return None
    about, to = next(_quoted(message), (None, ""))
    if about is None:
        return None
    for fields in _delivery_fields(message):
        status = STATUS.match(_text(fields, "Status"))
        if _text(fields, "Action").lower() == "failed" and status:
            return Report(about, "failed", status[0], _diagnosis(fields), _addresses(fields, to))
    return None


def _diagnosis(fields: Message) -> str:
    """What the server said, without the type in front of it ("smtp; ...")."""
    code = _text(fields, "Diagnostic-Code")
    words = code.partition(";")[2].strip() or code
    return " ".join(words.split())[:500]


def _addresses(fields: Message, to: str) -> frozenset[str]:
    """All addresses that the report names, and those of the quoted mail."""
    original = _text(fields, "Original-Recipient").partition(";")[2]
    final = _text(fields, "Final-Recipient").partition(";")[2]
    pairs = getaddresses([to, original, final])
    return frozenset(address.strip().lower() for _name, address in pairs if address)


def _text(fields: Message, name: str) -> str:
    """A header's value as one line; "" when it is missing or unreadable."""
    try:
        return " ".join(str(fields.get(name, "")).split())
    except (ValueError, LookupError):  # a header that the parser cannot make sense of
        return ""


def _delivery_fields(message: Message) -> Iterator[Message]:
    """The groups of fields in the part message/delivery-status: the first is about the message, the
    others per recipient.
    """
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (one for one in payload if isinstance(one, Message))


def _quoted(message: Message) -> Iterator[tuple[UUID, str]]:
    """Our Message-ID and the To of the quoted mail, or of its quoted headers."""
    for part in message.walk():
        headers = _quoted_headers(part)
        if headers is None:
            continue
        about = message_ids.read(_text(headers, "Message-ID"))
        if about:
            yield about, _text(headers, "To")


def _quoted_headers(part: Message) -> Message | None:
    """The headers of the mail that this part quotes, if it quotes one."""
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822":
        first = payload[0] if isinstance(payload, list) and payload else None
        return first if isinstance(first, Message) else None
    if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
        body = part.get_payload(decode=True) or str(payload).encode()
        return email.message_from_bytes(body if isinstance(body, bytes) else b"", policy=default)
    return None


def take(raw: bytes) -> str:
    """What became of a mail that came back: "suppressed", "failed", "unknown" (gone, too old) or
    "ignored" (no report, or not about a mail of ours).
    """
    report = parse(raw)
    if report is None:
        return "ignored"
    return apply(report)


@transaction.atomic
def apply(report: Report) -> str:
    """Record that the message did not arrive; when the address is the reason, suppress it.

    Twice changes nothing. The text of what came back is gone, so it is not sent again.
    """
    message = _sent_lately(report) or _bounced_before(report)
    if message is None:
        log.warning("bounce_of_unknown_message", status=report.status)
        return "unknown"
    said = f"It came back: {report.status} {report.words}".strip()
    _set_failed(message, said)

    address = mime.address_of(message).lower()
    person_has_another_address = address not in report.addresses
    if not report.is_hard or person_has_another_address:
        return "failed"
    suppression.suppress(address, said)
    log.info("address_suppressed", message=message.pk, status=report.status)
    return "suppressed"


def _set_failed(message: OutboxMessage, said: str) -> None:
    """Once: a message that failed before stays as it is."""
    if message.state == MessageState.SENT:
        message.state, message.sent_at, message.last_error = MessageState.FAILED, None, said
        message.save(update_fields=["state", "sent_at", "last_error"])


def _sent_lately(report: Report) -> OutboxMessage | None:
    """The message that a report is about, locked."""
    rows = OutboxMessage.objects.select_for_update(of=("self",)).select_related("recipient")
    sent = rows.filter(sent_at__gt=clock.now() - BELIEVED_FOR)
    return sent.filter(public_id=report.message_id).first()


def _bounced_before(report: Report) -> OutboxMessage | None:
    """The same report once more, or one about a message of unknown fate."""
    states = [MessageState.FAILED, MessageState.UNKNOWN]
    recent = OutboxMessage.objects.filter(
        due_at__gt=clock.now() - BELIEVED_FOR, state__in=states, dialog_at__isnull=False
    )
    return recent.select_related("recipient").filter(public_id=report.message_id).first()
