"""When something is not there, not allowed or broken: a page in our look, in plain words, with a
way on.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import EnrolmentFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def assert_in_our_look(page: str) -> None:
    assert "css/upstream.css" in page
    assert page.count("<h1>") == 1
    assert 'class="btn btn-primary" href="/"' in page
    assert "Traceback" not in page


def test_unknown_page(client: Client, as_user: AsUser) -> None:
    for visitor in (client, as_user(UserFactory())):
        response = visitor.get("/no-such-page/")
        assert response.status_code == 404
        assert "We cannot find this page" in response.content.decode()
        assert_in_our_look(response.content.decode())


def test_forbidden_page(as_user: AsUser) -> None:
    response = as_user(UserFactory()).get("/setup/")
    assert response.status_code == 403
    assert "ask your HR department" in response.text
    assert_in_our_look(response.content.decode())


def test_forbidden_page_tells_hr_not_to_ask_hr(as_user: AsUser) -> None:
    enrolment = EnrolmentFactory(state="approved")
    url = reverse("programs:self_assessment", args=[enrolment.public_id])
    response = as_user(UserFactory(is_hr_admin=True)).get(url)
    assert response.status_code == 403
    assert "HR cannot do this either" in response.text
    assert "ask your HR department" not in response.text


def test_form_without_its_token() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/login/", {"login": "a@example.com"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
    assert_in_our_look(response.content.decode())


def test_fault_of_ours(monkeypatch: pytest.MonkeyPatch, as_user: AsUser) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    client = as_user(UserFactory())
    client.raise_request_exception = False
    monkeypatch.setattr("accounts.views.profile.form_page", broken)
    response = client.get("/me/profile/")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
    assert_in_our_look(response.content.decode())


def test_request_for_a_foreign_host(client: Client) -> None:
    response = client.get("/sign-in/login/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert_in_our_look(response.content.decode())


def test_pages_are_kept_out_of_caches_and_search_engines(as_user: AsUser) -> None:
    response = as_user(UserFactory()).get("/me/profile/")
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["X-Frame-Options"] == "DENY"
