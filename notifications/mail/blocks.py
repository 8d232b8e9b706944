"""The content of a mail: its subject, paragraphs, lists and button, read from rendered HTML.

Templates of mails use the tags in PARENTS. Django escapes every value, so a value contains no tag:
it is words inside the template's own tags, and its line breaks are spaces like all others in HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.text import squeezed

LINK = "[[link]]"
"""Stands for the address of the message's page until the message is sent."""

# Each tag and the tags that it may be directly inside of; "" is outside of all.
PARENTS = {
    "title": {""},
    "p": {""},
    "ul": {""},
    "button": {""},
    "li": {"ul"},
    "br": {"p"},
    "a": {"p", "li"},
}
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'\[\]]+")


class LetterError(ValueError):
    """The template of a message has a mistake."""


@dataclass(frozen=True)
class Link:
    """A link to an address that is known when the mail is written."""

    address: str
    label: str


Line = list[str | Link]


@dataclass
class Block:
    """A paragraph with its lines, a list with its items, or the button with its label."""

    tag: str
    lines: list[Line] = field(default_factory=list)

    def without_empty_lines(self) -> Block:
        """The block without lines that say nothing."""
        return Block(self.tag, [line for line in self.lines if text_of(line)])

    def text(self) -> str:
        """As plain text."""
        lines = [text_of(line) for line in self.lines]
        if self.tag == "button":
            return f"{lines[0]}:\n{LINK}"
        if self.tag == "ul":
            lines = [f"- {line}" for line in lines]
        return "\n".join(lines)

    def for_layout(self) -> dict[str, SafeString | list[SafeString]]:
        """As templates/email/layout.html takes it."""
        lines = [html_of(line) for line in self.lines]
        if self.tag == "button":
            return {"button": lines[0]}
        if self.tag == "ul":
            return {"bullets": lines}
        return {"lines": mark_safe("<br>\n".join(lines))}


def words(text: str) -> str:
    """One line of words; what looks like LINK is not replaced by an address."""
    return re.sub(r"\[(?=\[)", "[\u2060", squeezed(text))


def text_of(line: Line) -> str:
    """A line as plain text. A link with a label has its address on a line of its own."""
    parts = []
    for part in line:
        if isinstance(part, str):
            parts.append(words(part))
        elif part.label == part.address:
            parts.append(part.address)
        else:
            parts.append(f"{part.label}:\n{part.address}")
    return "".join(parts).strip()


def html_of(line: Line) -> SafeString:
    """A line as HTML. An address without a label may break anywhere."""
    parts = []
    for part in line:
        if isinstance(part, str):
            parts.append(format_html("{}", words(part)))
        elif part.label == part.address:
            link = '<a href="{0}" style="word-break: break-all;">{0}</a>'
            parts.append(format_html(link, part.address))
        else:
            parts.append(format_html('<a href="{}">{}</a>', part.address, part.label))
    return mark_safe("".join(parts).strip())


def read(html: str) -> tuple[str, list[Block]]:
    """The subject and the blocks. Raises LetterError for any other tag, or one at a wrong place."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise LetterError(f"A template of a mail does not close <{reader.open[-1]}>.")
    blocks = [block.without_empty_lines() for block in reader.blocks]
    return words(reader.subject).strip(), [block for block in blocks if block.lines]


class _Reader(HTMLParser):
    """Collects the subject and the blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.subject = ""
        self.blocks: list[Block] = []
        self.open: list[str] = []
        self.address = ""
        self.label = ""

    @property
    def inside(self) -> str:
        """The innermost open tag."""
        return self.open[-1] if self.open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a line or a link."""
        self._check(tag, [name for name, _value in attrs])
        if tag in {"p", "ul", "button"}:
            self.blocks.append(Block(tag))
        if tag in {"p", "button", "li", "br"}:
            self.blocks[-1].lines.append([])
        if tag == "a":
            self.address = attrs[0][1] or ""
            self.label = ""
        if tag != "br":
            self.open.append(tag)

    def _check(self, tag: str, attributes: list[str]) -> None:
        if self.inside not in PARENTS.get(tag, set()):
            raise LetterError(f"A template of a mail has <{tag}> at a place where it may not be.")
        if attributes != (["href"] if tag == "a" else []):
            raise LetterError(f"<{tag}> has wrong attributes in a template of a mail.")

    def handle_endtag(self, tag: str) -> None:
        """End what is open."""
        if tag != self.inside:
            raise LetterError(f"A template of a mail has </{tag}> at a place where it may not be.")
        self.open.pop()
        if tag == "a":
            self._add_link()

    def _add_link(self) -> None:
        """A value that is no address of a page is no link: only the words of its label remain."""
        label = words(self.label).strip()
        is_address = WEB_ADDRESS.fullmatch(self.address) and words(self.address) == self.address
        part = Link(self.address, label) if is_address and label else label
        self.blocks[-1].lines[-1].append(part)

    def handle_data(self, data: str) -> None:
        """Add words to what is open."""
        if self.inside == "title":
            self.subject += data
        elif self.inside == "a":
            self.label += data
        elif self.inside in {"p", "li", "button"}:
            self.blocks[-1].lines[-1].append(data)
        elif data.strip():
            raise LetterError(f"A template of a mail has words outside of a paragraph: {data!r}")

    def handle_comment(self, data: str) -> None:
        """No template of a mail has one."""
        raise LetterError("A template of a mail has a comment of HTML.")

    def handle_decl(self, decl: str) -> None:
        """No template of a mail has one."""
        raise LetterError("A template of a mail has a declaration.")
