"""Signed links: for one purpose, one thing, a limited time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock, tokens
from tests.support.types import At

DAY = timedelta(days=1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.broad
@given(JSON)
def test_token_returns_its_payload(payload: Any) -> None:
    assert tokens.read("survey", tokens.make("survey", payload), DAY) == payload


def test_token_fits_into_an_address() -> None:
    token = tokens.make("survey", {"round": "d" * 36, "person": "e" * 36})
    assert all(character.isalnum() or character in "-_:." for character in token)
    assert len(token) < 250


def test_token_for_another_purpose_is_refused() -> None:
    with pytest.raises(tokens.TokenInvalidError):
        tokens.read("calendar", tokens.make("survey", 1), DAY)


@pytest.mark.parametrize("place", [0, 5, -1, -5, 30])
def test_tampered_token_is_refused(place: int) -> None:
    token = list(tokens.make("survey", {"id": 1}))
    token[place] = "A" if token[place] != "A" else "B"
    with pytest.raises(tokens.TokenInvalidError):
        tokens.read("survey", "".join(token), DAY)


@pytest.mark.parametrize("token", ["", ":", "::", "abc", "a:b:c", "é", "." * 300, "\x00"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(tokens.TokenInvalidError, match="copy the whole link"):
        tokens.read("survey", token, DAY)


def test_token_cut_off_by_a_mail_program_is_refused() -> None:
    with pytest.raises(tokens.TokenInvalidError):
        tokens.read("survey", tokens.make("survey", {"id": 1})[:-1], DAY)


def test_token_signed_with_another_secret_is_refused(settings: Any) -> None:
    token = tokens.make("survey", 1)
    settings.SECRET_KEY = "another secret " * 5
    with pytest.raises(tokens.TokenInvalidError):
        tokens.read("survey", token, DAY)


def test_token_of_a_former_secret_is_good_while_it_is_kept(settings: Any) -> None:
    token = tokens.make("survey", 1)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "another secret " * 5,
        [settings.SECRET_KEY],
    )
    assert tokens.read("survey", token, DAY) == 1


def test_token_ends_with_its_time(at: At) -> None:
    token, made = tokens.make("survey", 1), clock.now()
    at(made + DAY - timedelta(minutes=1))
    assert tokens.read("survey", token, DAY) == 1
    at(made + DAY + timedelta(minutes=1))
    with pytest.raises(tokens.TokenExpiredError, match="too old"):
        tokens.read("survey", token, DAY)
