"""A stored message as a mail with its headers."""

from __future__ import annotations

from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from common import clock
from notifications.kinds.registry import Kind
from notifications.mail import foot
from notifications.mail.rendering import LINK, Letter, with_link
from notifications.models import OutboxMessage
from notifications.outbox.store import Attachment


def address_of(message: OutboxMessage) -> str:
    """Where it goes: the recipient's address as it is now, unless the message names another."""
    assert message.recipient is not None
    return message.address or str(message.recipient.email)


def build(message: OutboxMessage, kind: Kind) -> EmailMultiAlternatives:
    """The mail, its link made now. Raises whatever the kind's `link` or `reply_to` raises.

    Message-ID stays the same at every attempt. Auto-Submitted (RFC 3834) and Exchange's own header
    keep out-of-office replies away.
    """
    letter = Letter(message.subject, message.text, message.html)
    if kind.link is not None and LINK in message.text + message.html:
        letter = with_link(letter, kind.link(message))
    answer_to = kind.reply_to(message) if kind.reply_to else ""
    below = foot.of(message)
    letter = foot.attach(letter, below)
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.RETURN_PATH,
        to=[address_of(message)],
        reply_to=[answer_to] if answer_to else None,
        headers={
            "From": settings.MAIL_FROM,
            "Message-ID": message.message_id,
            "Date": format_datetime(clock.now()),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            **below.headers,
        },
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    for stored in message.attachments:
        attachment = Attachment.restored(stored)
        if attachment.alternative:
            mail.attach_alternative(attachment.content.decode(), attachment.mimetype)
        mail.attach(attachment.name, attachment.content, attachment.mimetype)
    return mail
