"""Finding colleagues by name and ticking them: whom to avoid, and whom one wishes for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.search import MOST_FOUND, find_colleagues


class PicksPeople:
    """For an AnswerForm with a MultipleChoiceField named `picks` and a field `find`.

    Works without JavaScript: those ticked before come with the next post.
    """

    picks: str
    fields: dict[str, Any]
    data: Any
    is_bound: bool
    cleaned_data: dict[str, Any]

    def offer(self, *, asker: User, kept: list[User]) -> None:
        """List the people kept so far, ticked now, and found by name."""
        posted = self.data.getlist(self.add_prefix(self.picks)) if self.is_bound else []  # type: ignore[attr-defined]
        text = str(self.data.get(self.add_prefix("find"), "")) if self.is_bound else ""  # type: ignore[attr-defined]
        kept_ids = [str(person.public_id) for person in kept]
        self.ticked = set(posted) if self.is_bound else set(kept_ids)

        people = {person.pk: person for person in (*kept, *ticked_people(posted))}
        self.listed = sorted(people.values(), key=lambda person: person.sort_key)
        self._search(asker, text)

        self.fields[self.picks].choices = [
            (str(person.public_id), person.name) for person in (*self.listed, *self.found)
        ]
        self.fields[self.picks].initial = kept_ids

    def _search(self, asker: User, text: str) -> None:
        """Find people who are not listed yet."""
        listed = {person.pk for person in self.listed}
        search = find_colleagues(asker=asker, text=text)
        self.found = [person for person in search.people if person.pk not in listed]
        self.has_more, self.most_found = search.has_more, MOST_FOUND
        self.searched = bool(text.strip())

    def picked(self) -> list[User]:
        """Whom the clean answers name."""
        chosen = set(self.cleaned_data[self.picks])
        return [person for person in (*self.listed, *self.found) if str(person.public_id) in chosen]


def ticked_people(posted: list[str]) -> QuerySet[User]:
    """The active people whose public ids were posted."""
    ids = [value for value in posted if is_uuid(value)]
    return User.objects.active().filter(public_id__in=ids)


def is_uuid(text: str) -> bool:
    """Whether a posted value can be a public id at all."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
