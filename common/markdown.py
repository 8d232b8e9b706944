"""Texts that people write in Markdown, as safe HTML."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# Raw HTML in a text is shown as it was typed. A line break in a text is one on the page.
PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True})
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "a"}
LINKS = {"https", "mailto"}


def html_of(text: str) -> SafeString:
    """Paragraphs, lists, emphasis, small headings and links of a text; nothing else.

    Headings begin at the third level, as those of the page come first. Images are left out.
    """
    rendered = PARSER.render(text)
    for level, lower in (("h2", "h4"), ("h1", "h3")):
        rendered = rendered.replace(f"<{level}>", f"<{lower}>").replace(
            f"</{level}>", f"</{lower}>"
        )
    cleaned = nh3.clean(
        rendered, tags=TAGS, attributes={"a": {"href"}}, url_schemes=LINKS, link_rel="noopener"
    )
    return mark_safe(cleaned)  # nh3 has left only what TAGS and LINKS allow
