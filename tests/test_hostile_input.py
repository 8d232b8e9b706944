"""No text that a browser can send ends in an error page: control characters, endless numbers.

Every page of the matrix is opened, and each of its forms is sent with such texts, one field at a
time, as somebody who may use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.html import Element, parse_html
from django.urls import reverse

from tests.test_urls_are_private import session_of
from tests.url_matrix import core
from tests.url_matrix.world import World

HOSTILE = ["a\x00b", "9" * 5000, "9" * 18, "²"]
PAGES = [row for row in core.all_rows() if row.method == "get" and row.allowed and not row.public]


def client_of(session: str) -> Client:
    """A browser that gets an error page as such, in place of the exception."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def elements(node: Any) -> Iterator[Element]:
    """All elements below one, in order."""
    for child in getattr(node, "children", []):
        if isinstance(child, Element):
            yield child
            yield from elements(child)


def forms_of(page: str, address: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, address and fields of each form of a page, but not the one that signs out."""
    found = []
    for form in elements(parse_html(page)):
        attributes = dict(form.attributes)
        action = attributes.get("action") or address
        if form.name == "form" and urlsplit(action).path != reverse("account_logout"):
            found.append((attributes.get("method", "get"), action, fields_of(form)))
    return found


def fields_of(form: Element) -> dict[str, Any]:
    """The fields of a form with what they hold; a choice holds its first value."""
    fields: dict[str, Any] = {}
    for field in elements(form):
        attributes = dict(field.attributes)
        name = attributes.get("name")
        if not name or name == "csrfmiddlewaretoken" or attributes.get("type") == "file":
            continue
        if field.name in {"input", "button", "textarea", "select"}:
            fields.setdefault(name, attributes.get("value", ""))
    return fields


def failures(session: str, method: str, action: str, fields: dict[str, Any]) -> list[str]:
    """The fields and texts that end in an error page. Leaves no trace."""
    client = client_of(session)
    failed = []
    for name in fields:
        for text in HOSTILE:
            with transaction.atomic():
                response = getattr(client, method)(action, fields | {name: text})
                transaction.set_rollback(True)
            if response.status_code >= 500:
                failed.append(f"{method} {action} {name}={text[:8]!r}: {response.status_code}")
    return failed


@pytest.mark.slow
@pytest.mark.parametrize("item", PAGES, ids=lambda item: item.name)
def test_no_text_ends_in_an_error_page(item: core.Row, world: World) -> None:
    if item.setup:
        item.setup(world)
    address = item.url(world)
    role = min(item.allowed)
    session = session_of(world.people[role])
    page = client_of(session).get(address)
    if "text/html" not in page.headers.get("Content-Type", ""):
        return
    failed: list[str] = []
    for method, action, fields in forms_of(page.content.decode(), address):
        failed += failures(session, method, action, fields)
    assert failed == []
