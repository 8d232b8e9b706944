"""Helpers of views."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from common.http import absolute, page_of, redirect_htmx, requested_partial, require
from tests.factories import UserFactory


def test_redirect_is_303_for_forms_and_a_header_for_htmx(rf: RequestFactory) -> None:
    plain: Any = rf.post("/")
    assert (
        redirect_htmx(plain, "/x").status_code,
        redirect_htmx(plain, "/x").headers["Location"],
    ) == (303, "/x")
    plain.htmx = SimpleNamespace(boosted=False)
    assert (
        redirect_htmx(plain, "/x").status_code,
        redirect_htmx(plain, "/x").headers["HX-Redirect"],
    ) == (204, "/x")


def test_redirect_takes_the_name_of_a_url(rf: RequestFactory) -> None:
    request: Any = rf.post("/")
    person_id = uuid4()
    answer = redirect_htmx(request, "accounts:person_detail", person_id)
    assert answer.headers["Location"] == reverse("accounts:person_detail", args=[person_id])


def test_requested_partial_is_named_only_when_htmx_aims_at_it(rf: RequestFactory) -> None:
    request: Any = rf.get("/")
    assert requested_partial(request, "rows") == ""

    request.htmx = SimpleNamespace(target="rows")
    assert requested_partial(request, "rows") == "rows"
    assert requested_partial(request, "run") == ""


@pytest.mark.parametrize(
    ("asked", "number"), [("1", 1), ("2", 2), ("99", 3), ("x", 1), ("-1", 3), ("", 1)]
)
def test_page_of_a_list_is_the_nearest(
    db: None, rf: RequestFactory, asked: str, number: int
) -> None:
    UserFactory.create_batch(5)
    assert (
        page_of(rf.get("/", {"page": asked}), User.objects.order_by("pk"), per_page=2).number
        == number
    )


def test_require_raises_without_the_permission() -> None:
    require(SimpleNamespace(has_perm=lambda verb, target: True), "x.y")
    with pytest.raises(PermissionDenied):
        require(SimpleNamespace(has_perm=lambda verb, target: False), "x.y")


def test_absolute_is_of_the_configured_address(settings: Any) -> None:
    settings.BASE_URL = "https://mentoring.company.example"
    assert absolute("/pairs/") == "https://mentoring.company.example/pairs/"
