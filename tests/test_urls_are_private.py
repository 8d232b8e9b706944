"""Every route, every role: who gets in, who gets 404 or 403, who is led to sign-in. A route that no row names fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.url_matrix import core
from tests.url_matrix.world import World, build

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


@pytest.fixture
def world(db: None) -> World:
    return build()


def answer(row: core.Row, client: Client, world: World) -> Any:
    return getattr(client, row.method)(row.url(world), row.data)


@pytest.mark.parametrize("role", core.ROLES)
@pytest.mark.parametrize("item", ROWS, ids=lambda item: f"{item.name}-{item.method}")
def test_route_by_role(item: core.Row, role: str, world: World, client: Client) -> None:
    if item.setup:
        item.setup(world)
    if role in world.people:
        client.force_login(world.people[role], backend=BACKEND)
    response = answer(item, client, world)
    expected = item.expected(role)
    sign_in = response.status_code in {302, 303} and "/sign-in/login/" in response.headers["Location"]
    if role in {"anonymous", "deactivated"} and not item.public:
        assert sign_in, f"{role} must be led to sign-in, got {response.status_code}"
    elif expected is None:
        assert response.status_code < 400 or response.status_code == 422, response.status_code
        assert item.public or not sign_in
    else:
        assert response.status_code == expected
