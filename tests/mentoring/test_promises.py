"""No page, mail, guide or document promises what the application does not do yet.

Whoever builds one of these takes its line out of the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
NOT_THERE = {
    "certificates": r"certificate(?!s? of TLS)|Zertifikat",
    "the letter to the manager": r"letter to (your|the|their) manager",
    "thank-you notes": r"thank-you note",
    "retention": r"retention|months that personal data|kept for the time in",
    "the impact report": r"impact report|enrolment to impact",
    "guides that a program may not have": r"minutes; there is a guide for every meeting",
    "what HR has not promised to write": r"you will hear what was said and what changes",
}


def sources() -> Iterator[Path]:
    """What people read: templates, the content of programs, and documents."""
    yield from (ROOT / "templates").rglob("*.html")
    yield from (ROOT / "mentoring" / "content").rglob("*")
    yield from (ROOT / "docs").glob("*.md")
    yield ROOT / "README.md"
    yield ROOT / "CHANGELOG.md"
    yield ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("promise", NOT_THERE)
def test_nobody_is_promised_what_is_not_there(promise: str) -> None:
    pattern = re.compile(NOT_THERE[promise], re.IGNORECASE)
    found = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.suffix in {".html", ".py", ".md", ".po", ".toml"}
        and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
