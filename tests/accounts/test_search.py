"""Finding people by name."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.search import MOST_FOUND, Found, find_colleagues, named
from pairings.models import Pairing
from tests.factories import PairingFactory, UserFactory

pytestmark = pytest.mark.django_db


def person(name: str, **fields: Any) -> User:
    return UserFactory(name=name, sort_key=name.lower(), search_text=name.lower(), **fields)


def test_find_colleagues_wants_two_letters_and_never_finds_oneself_or_leavers() -> None:
    me = person("Anna Berg")
    person("Anna Gone", is_active=False)
    other = person("Anna Muller")
    assert find_colleagues(asker=me, text="a") == Found([])
    assert find_colleagues(asker=me, text="Müller anna") == Found([other])
    assert find_colleagues(asker=me, text="anna") == Found([other])


def test_find_colleagues_says_when_there_are_more_than_it_lists() -> None:
    me = person("Me")
    people = [person(f"Anna {number:02}") for number in range(MOST_FOUND)]
    assert find_colleagues(asker=me, text="ann") == Found(people)
    person("Anna 99")
    assert find_colleagues(asker=me, text="ann") == Found(people, has_more=True)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("", True),
        ("mia", True),
        ("mia hol", True),
        ("mia sommer", True),  # one word with each of the two
        ("mia nobody", False),
        ("olt", False),  # the middle of a word
    ],
)
def test_named_finds_each_word_with_one_of_the_people(text: str, is_found: bool) -> None:
    pair = PairingFactory(mentor=person("Mia Holt"), mentee=person("Jo Sommer"))
    expected = [pair] if is_found else []
    assert list(Pairing.objects.filter(named(text, "mentor", "mentee"))) == expected
