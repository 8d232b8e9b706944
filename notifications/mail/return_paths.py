"""The envelope sender: where mail servers send back what they cannot deliver.

A `*` in RETURN_PATH stands for a proof of the message. The Message-ID has one too, but answers to a
mail quote it. The envelope sender stays between the mail servers and the reader's own mailbox.
"""

from __future__ import annotations

from email.message import Message
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

STAR = "*"
PROOF_LETTERS = 20  # hexadecimal, as some servers write addresses in lower case
# Where a mail server says to whom the report went.
RECIPIENT_HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


def of(public_id: UUID) -> str:
    """The envelope sender of a message."""
    return str(settings.RETURN_PATH).replace(STAR, _proof(public_id, settings.SECRET_KEY))


def is_proven(report: Message, public_id: UUID) -> bool:
    """Whether a report was sent to the envelope sender of the message that it is about.

    Without a `*` in RETURN_PATH all messages have the same one, and it proves nothing.
    """
    if STAR not in settings.RETURN_PATH:
        return True
    recipients = "".join(_header(report, name) for name in RECIPIENT_HEADERS).lower()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(_proof(public_id, key) in recipients for key in keys)


def _header(report: Message, name: str) -> str:
    """All values of a header; "" where it is missing or unreadable."""
    try:
        return " ".join(str(value) for value in report.get_all(name, []))
    except (ValueError, LookupError):  # a header that the parser cannot make sense of
        return ""


def _proof(public_id: UUID, key: str | bytes) -> str:
    mac = salted_hmac("notifications.return-path", str(public_id), secret=key, algorithm="sha256")
    return mac.hexdigest()[:PROOF_LETTERS]
