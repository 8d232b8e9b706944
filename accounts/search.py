"""Finding people by name: for pages that list them, or something else about them.

The one rule is `User.objects.search`: each word of the text begins a word of the name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.domain import names
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


def find_each(texts: Iterable[str]) -> dict[str, list[User]]:
    """{text: the active people in whose names all its words are}, in the order of surnames.

    Two queries, however many texts: the names of the company are read once.
    """
    spelled = {text: names.alternatives(text) for text in texts}
    wanted = {word for found in spelled.values() for each in found for word in each}
    having = _people_having(wanted) if wanted else {}

    ids: dict[str, set[int]] = {}
    for text, found in spelled.items():
        each = [set().union(*(having.get(word, ()) for word in word_as)) for word_as in found]
        ids[text] = set.intersection(*each) if each else set()

    rows = User.objects.active().filter(pk__in=set().union(*ids.values()))
    people = {person.pk: person for person in rows.select_related("grade")} if wanted else {}
    return {
        text: sorted((people[pk] for pk in found if pk in people), key=lambda one: one.sort_key)
        for text, found in ids.items()
    }


def _people_having(wanted: set[str]) -> dict[str, set[int]]:
    """{word: ids of the active people in whose names it is}, of these words. One query."""
    having: dict[str, set[int]] = {word: set() for word in wanted}
    rows = User.objects.active().order_by().values_list("pk", "search_text")
    for pk, text in rows.iterator():
        for word in wanted.intersection(text.split()):
            having[word].add(pk)
    return having


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
