"""What the tests of people and sign-in share."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from accounts.domain.people import create_person
from accounts.models import User
from tests.accounts.sign_in_data import PASSWORD


@pytest.fixture
def fresh_limits(db: None) -> None:
    """Nobody has tried to sign in yet."""
    cache.clear()


@pytest.fixture
def mia(fresh_limits: None) -> User:
    """Somebody with a password, who has not signed in yet."""
    return create_person(actor=None, email="mia@example.com", name="Mia Okafor", password=PASSWORD)
