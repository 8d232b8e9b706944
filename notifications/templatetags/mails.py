"""For the templates of mails.

{{ text|paragraphs }}    what somebody wrote in several lines; it stands outside of <p>
"""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines

register = template.Library()

# An address in running words, without the full stop after it.
ADDRESS = re.compile(r"(https://[^\s<>\"'()\[\]]*[^\s<>\"'()\[\].,;:!?])")


@register.filter
def paragraphs(text: str) -> SafeString:
    """Text with blank lines as paragraphs, lines that all begin with "- " as a list.

    The only filter that lets line breaks through; it also makes links of addresses.
    """
    parts = re.split(r"\n[ \t]*\n", normalize_newlines(text))
    return mark_safe("\n".join(_block(part.strip()) for part in parts))


def _block(part: str) -> SafeString:
    lines = [line.strip() for line in part.split("\n")]
    if all(line.startswith("- ") for line in lines):
        items = ((_with_links(line.removeprefix("- ")),) for line in lines)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
    return format_html("<p>{}</p>", mark_safe("<br>".join(_with_links(line) for line in lines)))


def _with_links(line: str) -> SafeString:
    """The line escaped, with its addresses as links."""
    parts = ADDRESS.split(line)  # words and addresses in turn
    made = []
    for at, part in enumerate(parts):
        link = '<a href="{0}">{0}</a>' if at % 2 else "{}"
        made.append(format_html(link, part))
    return mark_safe("".join(made))
