"""Finding people by name: for pages that list them, or something else about them.

The one rule is `User.objects.search`: each word of the text begins a word of the person.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.domain.names import words
from accounts.models import User

FEWEST_LETTERS = 2
MOST_FOUND = 20


@dataclass(frozen=True)
class Found:
    """The first MOST_FOUND people of a search, by name. `has_more`: there are others."""

    people: list[User]
    has_more: bool = False


def find_colleagues(*, asker: User, text: str) -> Found:
    """Active people other than the asker; nobody for fewer than FEWEST_LETTERS letters.

    Name and department are all that a page may show of them. One query.
    """
    if len("".join(words(text))) < FEWEST_LETTERS:
        return Found([])
    rows = User.objects.active().exclude(pk=asker.pk).search(text)
    rows = rows.only("public_id", "name", "preferred_name", "department")
    people = list(rows[: MOST_FOUND + 1])
    return Found(people[:MOST_FOUND], has_more=len(people) > MOST_FOUND)


def named(text: str, *people: str) -> Q:
    """A filter of rows about people: every word of `text` is found with one of these people.

    `people` are lookup paths to a person, such as "mentor" or "enrolment__person".
    """
    found = Q()
    for word in words(text):
        either = Q()
        for person in people:
            either |= Q(**{f"{person}__in": User.objects.search(word).order_by()})
        found &= either
    return found
