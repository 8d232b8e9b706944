"""Reading the answers of the test client."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")  # of a form, against forged requests
OWNER = re.compile(r'(?<=name="typed_by" value=")[^"]*')  # whose form it is, signed


def url_of(name: str, target: Any) -> str:
    """The address of a page about one object."""
    return reverse(name, args=[target.public_id])


def text_of(response: Any) -> str:
    """The body of an answer, streamed or not; what is no text becomes replacement characters."""
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode(errors="replace")


def words_of(response: Any) -> str:
    """The body of an answer with every run of white space as one space."""
    return " ".join(text_of(response).split())


def without_random(text: str) -> str:
    """A page without what is random in it, so that two pages can be compared."""
    return OWNER.sub("OWNER", TOKEN.sub("TOKEN", ID.sub("ID", text)))
