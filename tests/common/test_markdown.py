"""Markdown becomes HTML with harmless tags alone, whatever people write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.markdown import TAGS, html_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\nTwo", "<p>One</p>\n<p>Two</p>\n"),
        ("One\nTwo", "<p>One<br>\nTwo</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("**a** *b*", "<p><strong>a</strong> <em>b</em></p>\n"),
        ("# A\n\n## B", "<h3>A</h3>\n<h4>B</h4>\n"),
        (
            "[a](https://example.com)",
            '<p><a href="https://example.com" rel="noopener">a</a></p>\n',
        ),
        ("<script>x()</script>", "<p>&lt;script&gt;x()&lt;/script&gt;</p>\n"),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>\n"),
        ("![a](https://example.com/a.png)", "<p></p>\n"),
        ("[a](http://example.com)", '<p><a rel="noopener">a</a></p>\n'),
    ],
)
def test_what_becomes_of_a_text(text: str, html: str) -> None:
    assert html_of(text) == html


@given(st.text(alphabet="<>\"'()[]!#*_-` \n\\&;:/aonscript=x", max_size=200))
def test_nothing_else_comes_out(text: str) -> None:
    tags = set(re.findall(r"</?([a-z0-9]+)", html_of(text)))
    assert tags <= TAGS
    assert not re.search(r"<[^>]* (on|style|src)", html_of(text))
