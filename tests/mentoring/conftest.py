"""A pair that somebody looks after."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from pairings.models import Pairing
from tests.mentoring.needs_data import MONDAY, coordinator_of, fresh_pair
from tests.support.types import AsUser, At


@pytest.fixture
def pair(at: At) -> Pairing:
    at(MONDAY)
    return fresh_pair()


@pytest.fixture
def cora(pair: Pairing) -> User:
    return coordinator_of(pair)


@pytest.fixture
def coordinator(cora: User, as_user: AsUser) -> Any:
    return as_user(cora)
