"""The foot of a mail: why this person gets it, and how to have it otherwise.

Made at sending, so that its links are fresh.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from common.http import absolute
from notifications.kinds import policy
from notifications.mail.rendering import FOOT, SIGNATURE, Letter
from notifications.models import OutboxMessage
from notifications.preferences import unsubscribing


@dataclass(frozen=True)
class Foot:
    """Why, the links below it as (label, address), and the headers that say the same to mail
    programs.
    """

    why: str
    links: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


def of(message: OutboxMessage) -> Foot:
    """The foot of a message, in its recipient's language."""
    if message.recipient is None:
        return Foot("")
    row = policy.of(message.kind)
    with translation.override(message.recipient.locale):
        links = [
            (_("Which messages you get, and when"), absolute(reverse("notifications:preferences")))
        ]
        headers = {}
        url = unsubscribing.link(message)
        if url:
            links.append((_("No more reminders like this"), url))
            # RFC 8058, section 3.1; both headers or neither
            headers = {
                "List-Unsubscribe": f"<{url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        return Foot(str(policy.WHY[row.why]), tuple(links), headers)


def attach(letter: Letter, foot: Foot) -> Letter:
    """The letter with its foot, above the name of the application."""
    lines = "\n".join([foot.why, *(f"{label}: {url}" for label, url in foot.links)])
    before, mark, after = letter.text.rpartition(SIGNATURE)
    text = (
        f"{before}{mark}{lines}\n{after}"
        if mark
        else f"{letter.text.rstrip()}\n{SIGNATURE}{lines}\n"
    )
    links = format_html_join(" · ", '<a href="{1}" style="color: #5a6675;">{0}</a>', foot.links)
    html = letter.html.replace(FOOT, format_html("{}<br>{}<br>", foot.why, links), 1)
    return Letter(letter.subject, text, html)
