"""Mails that came back: delivery reports after RFC 3464 and 6533, and those of older programs that
are mere text, as the mail server delivers them.

A report counts only when it quotes the Message-ID of a message that was lately sent to that
address, and, where RETURN_PATH has a `*`, was sent to the envelope sender of that message. Nobody
can make either up (message_ids.py, return_paths.py) and so stop a person's mail.
"""

from __future__ import annotations

import contextlib
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from email.policy import default
from email.utils import getaddresses, parseaddr
from unicodedata import normalize
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.encoding import punycode

from common import clock
from notifications.enums import MessageState
from notifications.mail import message_ids, mime, return_paths
from notifications.mail.refusals import STATUS, is_about_address, status_of
from notifications.models import OutboxMessage
from notifications.preferences import suppression

log = structlog.get_logger(__name__)

MOST_BYTES = 5_000_000
BELIEVED_FOR = timedelta(days=30)
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
WHOLE_MAILS = ("message/rfc822", "message/global")
HEADERS_ALONE = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
# Who writes reports that are mere text, and where in them our own mail begins.
MAIL_SERVERS = {"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"}
OWN_MAIL = re.compile(r"(?im)^[>\s]*(return-path|received|dkim-signature|mime-version|message-id):")
PERMANENT = re.compile(r"(?i)\bpermanent error\b|\bdelivery has failed\b|\b55[0-4][ -]")
ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")
ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,5})\}")  # RFC 6533, section 3


@dataclass(frozen=True)
class Report:
    """What a mail server says about one of our messages; `status` is an enhanced status code such
    as 5.1.1.

    `addresses`: to whom the quoted mail or the report says that it went, as `comparable`.
    """

    message_id: UUID
    action: str
    status: str
    words: str
    addresses: frozenset[str] = frozenset()

    @property
    def is_hard(self) -> bool:
        """Whether the address is permanently the reason."""
        return self.action == "failed" and is_about_address(self.words, self.status)


def parse(raw: bytes) -> Report | None:
    """The report in a mail; None for anything else (an answer out of office, a delay, somebody's
    letter, a report that was not sent to our envelope sender).
    """
    if len(raw) > MOST_BYTES:
        return None
    message = email.message_from_bytes(raw, policy=default)
    is_standard = message.get_content_type() == "multipart/report"
    report = _standard_report(message) if is_standard else _plain_report(message)
    if report is None or return_paths.is_proven(message, report.message_id):
        return report
    log.warning("bounce_to_another_address", status=report.status)
    return None


def _standard_report(message: Message) -> Report | None:
    about, to = next(_quoted(message), (None, ""))
    if about is None:
        return None
    for fields in _delivery_fields(message):
        words = _diagnosis(fields)
        said = _text(fields, "Status")
        is_status = bool(STATUS.match(said))
        if _text(fields, "Action").lower() == "failed" and is_status:
            return Report(about, "failed", status_of(words, said), words, _addresses(fields, to))
    return None


def _plain_report(message: Message) -> Report | None:
    """What qmail, Exim and old Exchange servers write: the reason in words, then our own mail."""
    if not _is_from_mail_server(message):
        return None
    text = _plain_text(message)
    about = _id_in(text) or next(_quoted(message), (None, ""))[0]
    if about is None:
        return None
    own_mail = OWN_MAIL.search(text)
    words = " ".join(text[: own_mail.start() if own_mail else None].split())
    status = status_of(words)
    is_permanent = status.startswith("5") or bool(not status and PERMANENT.search(words))
    if not is_permanent:
        return None
    addresses = frozenset(comparable(address) for address in ADDRESS.findall(text))
    return Report(about, "failed", status, words[:1000], addresses)


def _id_in(text: str) -> UUID | None:
    """The first Message-ID of ours; servers write their own ones too."""
    for found in message_ids.FORM.finditer(text):
        about = message_ids.read(found[0])
        if about:
            return about
    return None


def _is_from_mail_server(message: Message) -> bool:
    _name, sender = parseaddr(_text(message, "From"))
    has_no_return_path = _text(message, "Return-Path") == "<>"
    is_server = sender.partition("@")[0].lower() in MAIL_SERVERS
    return is_server or has_no_return_path or "X-Failed-Recipients" in message


def _plain_text(message: Message) -> str:
    """The text of all parts that are text, with what they quote."""
    texts = []
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            texts.append(content.decode("utf-8", "replace"))
    return "\n".join(texts)


def _diagnosis(fields: Message) -> str:
    """What the server said, without the type in front of it ("smtp; ...")."""
    code = _text(fields, "Diagnostic-Code")
    words = code.partition(";")[2].strip() or code
    return " ".join(words.split())[:500]


def _addresses(fields: Message, to: str) -> frozenset[str]:
    """All addresses that the report names, and those of the quoted mail."""
    original = _text(fields, "Original-Recipient").partition(";")[2]
    final = _text(fields, "Final-Recipient").partition(";")[2]
    pairs = getaddresses([to, _unescaped(original), _unescaped(final)])
    return frozenset(comparable(address) for _name, address in pairs if address)


def _unescaped(address: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), address)


def comparable(address: str) -> str:
    """In lower case, the domain in ASCII, so that both forms of a domain are the same."""
    name, _at, domain = address.strip().rstrip(".").lower().rpartition("@")
    with contextlib.suppress(UnicodeError):
        domain = punycode(domain)
    return f"{normalize('NFC', name)}@{domain}"


def _text(fields: Message, name: str) -> str:
    """A header's value as one line; "" when it is missing or unreadable."""
    try:
        return " ".join(str(fields.get(name, "")).split())
    except (ValueError, LookupError):  # a header that the parser cannot make sense of
        return ""


def _delivery_fields(message: Message) -> Iterator[Message]:
    """The groups of fields in the part with the status: the first is about the message, the others
    per recipient.
    """
    for part in message.walk():
        if part.get_content_type() not in STATUS_PARTS:
            continue
        payload = part.get_payload()
        groups = [one for one in payload if isinstance(one, Message)] if payload else []
        yield from groups
        if len(groups) == 1:  # Python knows the groups of message/delivery-status alone
            yield from _further_groups(groups[0])


def _further_groups(group: Message) -> Iterator[Message]:
    """The groups that the parser took for the body of the first."""
    body = group.get_payload(decode=True)
    if isinstance(body, bytes):
        for block in re.split(rb"\r?\n[ \t]*\r?\n", body.strip()):
            yield email.message_from_bytes(block, policy=default)


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
    kind = part.get_content_type()
    if kind not in (*WHOLE_MAILS, *HEADERS_ALONE):
        return None
    payload = part.get_payload()
    if isinstance(payload, list):
        first = payload[0] if payload else None
        return first if isinstance(first, Message) else None
    body = part.get_payload(decode=True) or str(payload).encode()
    return email.message_from_bytes(body if isinstance(body, bytes) else b"", policy=default)


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

    address = mime.address_of(message)
    person_has_another_address = comparable(address) not in report.addresses
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
