"""Finding people by name: for pages that list them, or something else about them.

The one rule is `User.objects.search`: each word of the text begins a word of the name.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.domain.names import words
from accounts.models import User
from accounts.models.people import UserQuerySet

FEWEST_LETTERS = 2
MOST_FOUND = 20


@dataclass(frozen=True)
class Found:
    """The first MOST_FOUND people of a search, by name. `has_more`: there are others."""

    people: list[User]
    has_more: bool = False


def find_colleagues(*, asker: User, text: str) -> Found:
    """Active people other than the asker; nobody for fewer than FEWEST_LETTERS letters."""
    return _first_of(User.objects.active().exclude(pk=asker.pk), text)


def find_people(text: str) -> Found:
    """Active people, oneself included; nobody for fewer than FEWEST_LETTERS letters."""
    return _first_of(User.objects.active(), text)


def _first_of(people: UserQuerySet, text: str) -> Found:
    """Name, department and job title are all that a page may show of them. One query."""
    if len("".join(words(text))) < FEWEST_LETTERS:
        return Found([])
    rows = people.search(text)
    rows = rows.only("public_id", "name", "preferred_name", "email", "department", "job_title")
    found = list(rows[: MOST_FOUND + 1])
    return Found(found[:MOST_FOUND], has_more=len(found) > MOST_FOUND)


def exactly(people: list[User], text: str) -> User | None:
    """The one of these whose whole name or address the text is, if there is just one."""
    wanted = set(words(text))
    address = text.strip().lower()
    same = [person for person in people if address == person.email]
    if "@" not in text:
        same = [person for person in people if wanted == set(words(person.name))]
    return same[0] if len(same) == 1 else None


def named(text: str, *people: str) -> Q:
    """A filter of rows about people: every word of `text` is found with one of these people.

    `people` are lookup paths to a person, such as "mentor" or "enrolment__person".
    """
    found = Q()
    for word in text.split() if "@" in text else words(text):
        either = Q()
        for person in people:
            either |= Q(**{f"{person}__in": User.objects.search(word).order_by()})
        found &= either
    return found
