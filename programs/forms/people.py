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
        posted, text = self._posted()
        kept_ids = [str(person.public_id) for person in kept]
        self.ticked = set(posted) if self.is_bound else set(kept_ids)

        people = {person.pk: person for person in (*kept, *ticked_people(posted))}
        self.listed = sorted(people.values(), key=lambda person: person.sort_key)
        self._search(asker, text)

        field = self.fields[self.picks]
        field.choices = [(str(person.public_id), person.name) for person in self.shown()]
        field.initial = kept_ids

    def _posted(self) -> tuple[list[str], str]:
        """The public ids that were ticked, and the name that was typed."""
        if not self.is_bound:
            return [], ""
        ticked = self.data.getlist(self.add_prefix(self.picks))  # type: ignore[attr-defined]
        text = self.data.get(self.add_prefix("find"), "")  # type: ignore[attr-defined]
        return ticked, str(text)

    def _search(self, asker: User, text: str) -> None:
        """Find people who are not listed yet."""
        listed = {person.pk for person in self.listed}
        search = find_colleagues(asker=asker, text=text)
        self.found = [person for person in search.people if person.pk not in listed]
        self.has_more = search.has_more
        self.most_found = MOST_FOUND
        self.searched = bool(text.strip())

    def shown(self) -> list[User]:
        """The people on the page: those listed, then those found."""
        return [*self.listed, *self.found]

    def picked(self) -> list[User]:
        """Whom the clean answers name."""
        chosen = set(self.cleaned_data[self.picks])
        return [person for person in self.shown() if str(person.public_id) in chosen]


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
