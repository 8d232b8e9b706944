"""Every route, every role: who gets in, who gets 404 or 403, who is led to sign-in.

A route that no row names fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from tests.support.forms import says_what_it_showed
from tests.url_matrix import core
from tests.url_matrix.world import World

pytestmark = pytest.mark.broad

ROWS = core.all_rows()
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def route_names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """The full names of all routes; a nameless route is an error."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from route_names(entry, inner)
        elif isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name"
            yield f"{namespace}{entry.name}"


def test_every_route_is_in_the_matrix() -> None:
    routes, listed = set(route_names(get_resolver())), {row.name for row in ROWS}
    assert sorted(routes - listed) == [], "routes without a row in tests/url_matrix"
    assert sorted(listed - routes) == [], "rows without a route"


def session_of(person: User) -> str:
    """The session key of somebody who has just signed in."""
    client = Client()
    # a fresh object: signing in changes it, and a rollback would not change it back
    client.force_login(User.objects.get(pk=person.pk), backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="module")
def sessions(shared_world: World, django_db_blocker: Any) -> dict[str, str]:
    """The session key of each role. Everybody signs in once: all that follows is rolled back."""
    with django_db_blocker.unblock():
        return {role: session_of(person) for role, person in shared_world.people.items()}


def problem(row: core.Row, role: str, address: str, session: str | None) -> str:
    """What is wrong with the answer that a role gets; empty when it is as the matrix says.

    Leaves no trace.
    """
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        response = getattr(client, row.method)(address, row.data)
        transaction.set_rollback(True)
    status, expected = response.status_code, row.expected(role)
    sign_in = status in {302, 303} and "/sign-in/" in response.headers["Location"]
    if role in {"anonymous", "deactivated"} and not row.public:
        return "" if sign_in else f"{role}: {status} instead of being led to sign-in"
    if expected is not None:
        return "" if status == expected else f"{role}: {status} instead of {expected}"
    if status >= 400 and status != 422:
        return f"{role}: {status} instead of getting in"
    if not says_what_it_showed(response):
        return f"{role}: the page lacks {{{{ form.seen }}}} (common/changes.py)"
    return f"{role}: led to sign-in" if sign_in and not row.public else ""


@pytest.mark.usefixtures("short_error_pages")
@pytest.mark.parametrize("item", ROWS, ids=lambda item: f"{item.name}-{item.method}")
def test_route_by_role(item: core.Row, world: World, sessions: dict[str, str]) -> None:
    if item.setup:
        item.setup(world)
        # a new password ends a session
        sessions = {role: session_of(person) for role, person in world.people.items()}
    address = item.url(world)
    problems = [problem(item, role, address, sessions.get(role)) for role in core.ROLES]
    assert [found for found in problems if found] == []
