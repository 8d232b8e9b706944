"""Finding colleagues by name and ticking whom one means: whom to avoid, and with whom one would
like to be matched.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.search import MOST_FOUND, find_colleagues


class PicksPeople:
    """For an AnswerForm with a MultipleChoiceField named `picks` and a field `find`: who is listed
    and who was found.

    Works without JavaScript: what was ticked or found before comes with the next post.
    """

    picks: str
    fields: dict[str, Any]
    data: Any
    is_bound: bool
    cleaned_data: dict[str, Any]

    def offer(self, *, asker: User, kept: list[User]) -> None:
        """The list as it is; who was found or ticked now joins it."""
        posted = self.data.getlist(self.add_prefix(self.picks)) if self.is_bound else []  # type: ignore[attr-defined]
        ticked = list(
            User.objects.active().filter(
                public_id__in=[value for value in posted if is_uuid(value)]
            )
        )
        self.listed = sorted(
            {person.pk: person for person in (*kept, *ticked)}.values(),
            key=lambda person: person.sort_key,
        )
        text = str(self.data.get(self.add_prefix("find"), "")) if self.is_bound else ""  # type: ignore[attr-defined]
        known = {person.pk for person in self.listed}
        search = find_colleagues(asker=asker, text=text)
        self.found = [person for person in search.people if person.pk not in known]
        self.has_more, self.most_found = search.has_more, MOST_FOUND
        self.searched = bool(text.strip())
        self.fields[self.picks].choices = [
            (str(person.public_id), person.name) for person in (*self.listed, *self.found)
        ]
        self.fields[self.picks].initial = [str(person.public_id) for person in kept]
        self.ticked = set(posted) if self.is_bound else {str(person.public_id) for person in kept}

    def picked(self) -> list[User]:
        """Whom the clean answers name."""
        chosen = set(self.cleaned_data[self.picks])
        return [person for person in (*self.listed, *self.found) if str(person.public_id) in chosen]


def is_uuid(text: str) -> bool:
    """Whether a posted value can be a public id at all."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
