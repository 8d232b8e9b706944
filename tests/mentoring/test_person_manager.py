"""HR says by name to whom somebody reports; pairs in one reporting line then pause."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.models.people import normalise
from pairings.enums import PairingState
from tests.factories import PairingFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def person(name: str) -> User:
    made: User = UserFactory(name=name)
    normalise(made).save()
    return made


def test_the_manager_is_named_and_pairs_in_one_line_pause(as_user: AsUser) -> None:
    boss, middle, junior = person("Bo Boss"), person("Mi Middle"), person("Ju Junior")
    pairing = PairingFactory(mentor=junior, mentee=boss)
    middle.manager = boss
    middle.save()
    client = as_user(UserFactory(is_hr_admin=True))
    url = reverse("mentoring:person_manager", args=[junior.public_id])
    assert client.post(url, {"manager": "middle mi"}).status_code == 303
    junior.refresh_from_db()
    pairing.refresh_from_db()
    assert (junior.manager, pairing.state) == (middle, PairingState.PAUSED)
    assert "Mi Middle" in client.get(url).text

    assert client.post(url, {"manager": ""}).status_code == 303
    junior.refresh_from_db()
    assert junior.manager is None


@pytest.mark.parametrize(
    ("name", "words"),
    [("Bo Boss", "reports to themselves"), ("Mi Middle", "cannot be the other way round")],
)
def test_no_circle_of_managers(name: str, words: str, as_user: AsUser) -> None:
    boss, middle, below = person("Bo Boss"), person("Mi Middle"), person("Be Low")
    below.manager, middle.manager = boss, below
    below.save()
    middle.save()
    url = reverse("mentoring:person_manager", args=[boss.public_id])
    page = as_user(UserFactory(is_hr_admin=True)).post(url, {"manager": name})
    boss.refresh_from_db()
    assert page.status_code == 422 and words in page.text and boss.manager is None
