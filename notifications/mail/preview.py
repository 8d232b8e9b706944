"""A mail as it will look, inside a page: the same document that is sent, with no active content.

The pages' Content-Security-Policy allows no style attribute, and a mail has nothing else. So the
preview has its styles in one sheet that is the same for every mail, and a page that shows one
allows exactly that sheet, by its hash (`shows_mail`). The document is in the page itself, as
`srcdoc` of an <iframe sandbox>: it has no address, so nobody can open it who may not open the page,
and no other site can frame it. It inherits the page's policy. No script runs in it, nothing is
loaded, its links lead nowhere.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, wraps
from html.parser import HTMLParser
from math import ceil
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.http import HttpResponseBase
from django.utils.html import escape, format_html_join
from django.utils.translation import gettext as _

from notifications import kinds
from notifications.mail.blocks import LINK
from notifications.mail.mime import Footer, footer_of, with_footer
from notifications.mail.rendering import SIGNATURE, Letter, finish
from notifications.models import OutboxMessage

DROPPED = {"style", "href", "target", "class"}
# A link without an address still looks like one. What the layout says of single links comes later
# and wins.
LINKS = "a { color: LinkText; text-decoration: underline; cursor: default; }"
NARROW, WIDE = 26, 62  # letters of a line, on a phone and at a desk


@dataclass(frozen=True)
class Look:
    """What a page shows of a mail: the document for the frame, its words as plain text, and how
    tall the frame is.
    """

    subject: str
    text: str
    footer: str
    document: str
    rows_narrow: int
    rows_wide: int

    @property
    def size(self) -> str:
        """The class of the frame: its height on a phone and at a desk, in steps, as no style
        attribute may say it.
        """
        return f"mail-narrow-{step(self.rows_narrow)} mail-wide-{step(self.rows_wide)}"


def step(rows: int) -> int:
    """Lines of text as one of the heights in upstream.css; what is longer than the last scrolls."""
    return min(max(-(-rows // 5), 1), 10)


def look(letter: Letter, *, recipient: Any, kind: str, scope: UUID | None = None) -> Look:
    """The letter with its footer, as it would reach `recipient`; no link in it leads anywhere.

    `scope` is the public id of its program.
    """
    no_address = _("(the link to the page)")
    whole = with_footer(letter, _footer(recipient, kind, scope, no_address))
    body, _mark, end = whole.text.replace(LINK, no_address).rpartition(SIGNATURE)
    text = body.strip()
    return Look(
        subject=letter.subject,
        text=text,
        footer=end.strip(),
        document=inert(whole.html),
        rows_narrow=_rows(text, NARROW),
        rows_wide=_rows(text, WIDE),
    )


def _footer(recipient: Any, kind: str, scope: UUID | None, no_address: str) -> Footer:
    """The footer, with words in the place of its addresses."""
    # A summary may be of reminders, of which one click ends a kind.
    topics = [*kinds.TOPICS][:1]
    message = OutboxMessage(recipient=recipient, kind=kind, scope=scope, data={"topics": topics})
    footer = footer_of(message)
    links = tuple((label, no_address) for label, _url in footer.links)
    return replace(footer, links=links)


def _rows(text: str, width: int) -> int:
    """How many rows of so many letters the text takes."""
    return sum(max(ceil(len(line) / width), 1) for line in text.splitlines())


def inert(html: str) -> str:
    """The mail's document with its styles in the one sheet and its links without addresses."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return "".join(writer.made)


def source() -> str:
    """The one sheet, as the Content-Security-Policy names it."""
    digest = hashlib.sha256(_sheet()[0].encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"


def shows_mail(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorate a view whose page shows mails: allows their style sheet, and nothing else."""

    @wraps(view)
    def allowing(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return csp_update({"style-src": [source()]})(view)(*args, **kwargs)

    return allowing


@cache
def _sheet() -> tuple[str, dict[str, str]]:
    """The sheet, and {style attribute: the class that has it there}."""
    reader = _Reader()
    reader.feed(_letter_with_everything().html)
    reader.close()
    classes = {style: f"m{at}" for at, style in enumerate(dict.fromkeys(reader.styles))}
    rules = [f".{name} {{ {style} }}" for style, name in classes.items()]
    own = [line.strip() for line in reader.sheet.splitlines()]
    return "\n".join([LINKS, *own, *rules, ""]), classes


def _letter_with_everything() -> Letter:
    """A mail that has everything a mail can have."""
    address = "https://one.example"
    content = (
        f'<title>-</title><p><a href="{address}">{address}</a></p>'
        "<ul><li>item</li></ul><button>Button</button>"
    )
    return with_footer(
        finish(content, language="en"), Footer("why", ("program",), (("label", address),))
    )


class _Reader(HTMLParser):
    """Collects the style attributes of a mail and its style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.styles: list[str] = []
        self.sheet = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A style attribute."""
        self.styles += [value for name, value in attrs if name == "style" and value]

    def handle_data(self, data: str) -> None:
        """What stands in the style sheet."""
        if self.cdata_elem == "style":
            self.sheet += data


def _class_names(attributes: dict[str, str | None], classes: dict[str, str]) -> str:
    """The tag's own class, and the one for its style."""
    style = attributes.get("style") or ""
    names = [attributes.get("class"), classes.get(style)]
    return " ".join(name for name in names if name)


class _Writer(HTMLParser):
    """Writes a mail anew, escaped anew; a style that the sheet does not know is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []

    def handle_decl(self, decl: str) -> None:
        """The doctype."""
        self.made.append(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """With a class for its style."""
        sheet, classes = _sheet()
        kept = [(name, value or "") for name, value in attrs if name not in DROPPED]
        names = _class_names(dict(attrs), classes)
        if names:
            kept.insert(0, ("class", names))
        attributes = format_html_join("", ' {}="{}"', kept)
        self.made.append(f"<{tag}{attributes}>")
        if tag == "style":
            self.made.append(sheet)

    def handle_endtag(self, tag: str) -> None:
        """As it was."""
        self.made.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Escaped; the sheet takes the place of the mail's own."""
        if self.cdata_elem != "style":
            self.made.append(escape(data))
