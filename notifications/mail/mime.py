"""A stored message as a mail, with its footer and headers.

All of it is made at the moment of sending, so that links are fresh.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from common import clock
from common.http import absolute
from common.text import one_line
from notifications import kinds
from notifications.kinds import MessageKind
from notifications.mail import return_paths
from notifications.mail.blocks import LINK
from notifications.mail.origin import origin_of
from notifications.mail.rendering import FOOTER, SIGNATURE, Letter, with_link
from notifications.models import OutboxMessage
from notifications.outbox.store import Attachment
from notifications.preferences import unsubscribing


@dataclass(frozen=True)
class Footer:
    """Why the reader gets the mail, links as (label, address), and headers for mail programs.

    `origin` says where the mail comes from and whom to ask, in lines.
    """

    why: str
    origin: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


def address_of(message: OutboxMessage) -> str:
    """Where it goes: the recipient's address as it is now, unless the message names another."""
    assert message.recipient is not None
    return message.address or str(message.recipient.email)


def build(message: OutboxMessage, kind: MessageKind) -> EmailMultiAlternatives:
    """The mail. Raises whatever the kind's `link` or `reply_to` raises.

    Message-ID stays the same at every attempt. Auto-Submitted (RFC 3834) and Exchange's own header
    keep out-of-office replies away.
    """
    footer = footer_of(message)
    letter = with_footer(_letter(message, kind), footer)
    reply_to = one_line(kind.reply_to(message)) if kind.reply_to else ""
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=return_paths.of(message.public_id),
        to=[address_of(message)],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "From": settings.MAIL_FROM,
            "Message-ID": message.message_id,
            "Date": format_datetime(clock.now()),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            **footer.headers,
        },
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    _attach_files(mail, message)
    return mail


def _letter(message: OutboxMessage, kind: MessageKind) -> Letter:
    """The stored texts with the link."""
    letter = Letter(message.subject, message.text, message.html)
    if kind.link is None or LINK not in message.text + message.html:
        return letter
    return with_link(letter, kind.link(message))


def _attach_files(mail: EmailMultiAlternatives, message: OutboxMessage) -> None:
    for stored in message.attachments:
        attachment = Attachment.restored(stored)
        if attachment.alternative:
            mail.attach_alternative(attachment.content.decode(), attachment.mimetype)
        mail.attach(attachment.name, attachment.content, attachment.mimetype)


def footer_of(message: OutboxMessage) -> Footer:
    """The footer of a message, in its recipient's language.

    Four queries at most, once per program where many are sent (origin.py).
    """
    if message.recipient is None:
        return Footer("")
    with translation.override(message.recipient.locale):
        why = str(kinds.WHY[kinds.find(message.kind).why])
        origin = tuple(origin_of(message.scope).lines())
        settings_url = absolute(reverse("notifications:preferences"))
        settings_link = (_("Which messages you get, and when"), settings_url)
        url = unsubscribing.link(message)
        if not url:
            return Footer(why, origin, (settings_link,))
        # RFC 8058, section 3.1: both headers or neither
        headers = {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        links = (settings_link, (_("No more reminders like this"), url))
        return Footer(why, origin, links, headers)


def with_footer(letter: Letter, footer: Footer) -> Letter:
    """The letter with its footer, above the name of the application."""
    text = _text_with_footer(letter.text, footer)
    links = format_html_join(" · ", '<a href="{1}" style="color: #5a6675;">{0}</a>', footer.links)
    lines = format_html_join("", "{}<br>", [(line,) for line in (*footer.origin, footer.why)])
    html = letter.html.replace(FOOTER, format_html("{}{}<br>", lines, links), 1)
    return Letter(letter.subject, text, html)


def _text_with_footer(text: str, footer: Footer) -> str:
    lines = [*footer.origin, footer.why, *(f"{label}: {url}" for label, url in footer.links)]
    words = "\n".join(lines)
    before, mark, after = text.rpartition(SIGNATURE)
    if mark:
        return f"{before}{mark}{words}\n{after}"
    return f"{text.rstrip()}\n{SIGNATURE}{words}\n"
