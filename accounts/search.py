"""Finding people by name in lists of something else."""

from __future__ import annotations

from django.db.models import Q

from accounts.domain.names import words


def named(text: str, *people: str) -> Q:
    """Every word of `text` occurs in what is searched of one of the people (lookup paths to a
    person).
    """
    found = Q()
    for word in words(text):
        either = Q()
        for person in people:
            either |= Q(**{f"{person}__search_text__contains": word})
        found &= either
    return found
