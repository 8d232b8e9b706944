"""From one plain-text template to a letter: subject, text, and HTML in the one layout.

templates/email/<template>.txt: the first line is "Subject: …", then paragraphs with a blank line
between them. Lines that all begin with "- " are a list. A line that is only "[[link]] Label"
becomes the button; its address is put in when the message is sent. The text is the original and the
HTML says the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LINK = "[[link]]"
FOOTER = "<!--footer-->"  # replaced at sending; see mime.py
SIGNATURE = "-- \n"
MOST_BYTES = 100_000  # larger mails are cut off by Gmail
# "[[https://…]] Label": a link that is known when the letter is written
KNOWN = re.compile(r"^\[\[(?P<url>https?://[^\]\s]+)\]\][ \t]+(?P<label>\S.*)$", re.MULTILINE)
# An address in running words, without the full stop after it.
ADDRESS = re.compile(r"https://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]")
BUTTON = re.compile(r"^\[\[link\]\][ \t]+(?P<label>\S.*)$", re.MULTILINE)


class LetterError(ValueError):
    """A template of a message is not as it must be."""


@dataclass(frozen=True)
class Letter:
    """What a message says. `text` and `html` have [[link]] in place of the address."""

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
    """The letter of `templates/email/<template>.txt`, in the recipient's language and time zone.

    The context has `recipient` and `product` besides what is given. Raises LetterError when the
    template has no subject or the letter is larger than MOST_BYTES.
    """
    with translation.override(recipient.locale), timezone.override(recipient.time_zone):
        source = get_template(f"email/{template}.txt").template  # type: ignore[attr-defined]
        values = {**context, "recipient": recipient, "product": product_name()}
        # plain text: nothing is escaped here; the HTML below escapes every word of it
        raw = source.render(Context(values, autoescape=False, use_tz=True)).strip()
        first, _, body = raw.partition("\n")
        subject = " ".join(first.removeprefix("Subject:").split())
        if not first.startswith("Subject:") or not subject:
            raise LetterError(
                f"templates/email/{template}.txt must begin with a line “Subject: …”."
            )
        return finish(subject=subject, body=body, language=recipient.locale)


def finish(*, subject: str, body: str, language: str) -> Letter:
    """A letter of a subject and paragraphs of plain text, as for what somebody wrote by hand."""
    paragraphs = [part.strip() for part in re.split(r"\n[ \t]*\n", body) if part.strip()]
    signature = f"{SIGNATURE}{product_name()}\n{settings.BASE_URL}"
    text = "\n\n".join([*map(_plain, paragraphs), signature]) + "\n"
    html = render_to_string(
        "email/layout.html",
        {
            "subject": subject,
            "language": language,
            "blocks": [block(part) for part in paragraphs],
            "product": product_name(),
            "base_url": settings.BASE_URL,
        },
    ).strip()
    if len((text + html).encode()) > MOST_BYTES:
        raise LetterError(f"The letter “{subject}” is larger than {MOST_BYTES} bytes.")
    return Letter(subject, text, html)


def _plain(paragraph: str) -> str:
    """A paragraph of the plain text, its links as lines of their own."""
    with_button = BUTTON.sub(rf"\g<label>:\n{LINK}", paragraph)
    return KNOWN.sub(r"\g<label>:\n\g<url>", with_button)


def block(paragraph: str) -> dict[str, Any]:
    """One paragraph for the layout: {"button": label}, {"bullets": [...]} or {"lines": safe
    HTML}.
    """
    lines = [line.strip() for line in paragraph.splitlines()]
    button = BUTTON.fullmatch(paragraph)
    if button:
        return {"button": button["label"].strip()}
    if all(line.startswith("- ") for line in lines):
        return {"bullets": [line[2:] for line in lines]}
    return {"lines": joined(lines)}


def joined(lines: list[str]) -> SafeString:
    """Escaped lines with breaks between them; links and addresses inside a paragraph become
    links.
    """
    return mark_safe("<br>\n".join(_html_of(line) for line in lines))


def _html_of(line: str) -> str:
    """One line, escaped."""
    known = KNOWN.fullmatch(line)
    if known:
        return f'<a href="{escape(known["url"])}">{escape(known["label"])}</a>'
    button = BUTTON.fullmatch(line)
    if button:
        return f'<a href="{LINK}">{escape(button["label"])}</a>'
    return with_addresses(line)


def with_addresses(line: str) -> str:
    """The line escaped, its addresses as links that may break anywhere."""
    made = ""
    at = 0
    for found in ADDRESS.finditer(line):
        address = escape(found[0])
        made += escape(line[at : found.start()])
        made += f'<a href="{address}" style="word-break: break-all;">{address}</a>'
        at = found.end()
    return made + escape(line[at:])


def with_link(letter: Letter, url: str) -> Letter:
    """The letter with the address in the place of [[link]]."""
    return Letter(
        letter.subject, letter.text.replace(LINK, url), letter.html.replace(LINK, escape(url))
    )
