"""From the template of a mail to a letter: subject, text, and HTML in the one layout.

templates/email/<template>.html has the subject in <title>, then paragraphs, lists and a button; see
blocks.py. The text and the HTML are made of the same blocks, so both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import escape

from notifications.mail.blocks import LINK, Block, LetterError, read

FOOTER = "<!--footer-->"  # replaced at sending; see mime.py
SIGNATURE = "-- \n"
MOST_BYTES = 100_000  # larger mails are cut off by Gmail


@dataclass(frozen=True)
class Letter:
    """What a message says. `text` and `html` have LINK in place of the address."""

    subject: str
    text: str
    html: str

    def fields(self) -> dict[str, Any]:
        """As arguments of `outbox.enqueue`."""
        return asdict(self)


def product_name() -> str:
    """What the application calls itself in mails: the name in the sender."""
    return _name_in(settings.MAIL_FROM)


@cache
def _name_in(sender: str) -> str:
    return parseaddr(sender)[0] or "Upstream"


def compose(*, recipient: Any, template: str, context: Mapping[str, Any]) -> Letter:
    """The letter of `templates/email/<template>.html`, in the recipient's language and time zone.

    The context has `recipient` and `product` besides what is given. Raises LetterError when the
    template has no subject or a wrong tag, or when the letter is larger than MOST_BYTES.
    """
    with translation.override(recipient.locale), timezone.override(recipient.time_zone):
        values = {**context, "recipient": recipient, "product": product_name()}
        content = render_to_string(f"email/{template}.html", values)
        try:
            return finish(content, language=recipient.locale)
        except LetterError as error:
            raise LetterError(f"templates/email/{template}.html: {error}") from error


def finish(content: str, *, language: str) -> Letter:
    """A letter of a rendered template."""
    subject, blocks = read(content)
    if not subject:
        raise LetterError("A template of a mail must have its subject in <title>.")

    signature = f"{SIGNATURE}{product_name()}\n{settings.BASE_URL}"
    text = "\n\n".join([*(block.text() for block in blocks), signature]) + "\n"
    html = _in_layout(subject, blocks, language)
    if len((text + html).encode()) > MOST_BYTES:
        raise LetterError(f"The letter “{subject}” is larger than {MOST_BYTES} bytes.")
    return Letter(subject, text, html)


def _in_layout(subject: str, blocks: list[Block], language: str) -> str:
    context = {
        "subject": subject,
        "language": language,
        "blocks": [block.for_layout() for block in blocks],
        "product": product_name(),
        "base_url": settings.BASE_URL,
    }
    return render_to_string("email/layout.html", context).strip()


def with_link(letter: Letter, url: str) -> Letter:
    """The letter with the address in the place of [[link]]."""
    return Letter(
        letter.subject, letter.text.replace(LINK, url), letter.html.replace(LINK, escape(url))
    )
