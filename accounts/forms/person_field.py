"""Naming one person by name: the field of every form in which somebody names somebody else.

One types a name. While one types, htmx shows who is called so, to choose from; without JavaScript
the form comes back with them. A whole name that only one person has, or an address, is enough.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.search import MOST_FOUND, exactly, find_people
from common.text import checked_line

LONGEST = 200


class Named(NamedTuple):
    """What somebody typed, and the public id of whom they chose."""

    text: str
    chosen: str = ""


def people_found(named: Named) -> dict[str, Any]:
    """Whom a page offers for a text: the chosen person first; the only one is chosen already."""
    found = find_people(named.text)
    chosen = _chosen(named)
    people = [chosen] if chosen else []
    people += [person for person in found.people if person != chosen]
    if chosen is None and len(people) == 1:
        chosen = people[0]
    return {
        "people": people[:MOST_FOUND],
        "chosen": chosen,
        "namesakes": _namesakes(people),
        "has_more": found.has_more,
        "most_found": MOST_FOUND,
        "searched": bool(named.text.strip()),
    }


def _chosen(named: Named) -> User | None:
    """The chosen person, as long as the text still fits them."""
    try:
        public_id = UUID(named.chosen)
    except ValueError:
        return None
    return User.objects.active().search(named.text).filter(public_id=public_id).first()


def _namesakes(people: list[User]) -> set[int]:
    """The ids of those whom name and department do not tell apart."""
    seen: dict[tuple[str, str], list[int]] = {}
    for person in people:
        seen.setdefault((person.name, person.department), []).append(person.pk)
    return {pk for same in seen.values() if len(same) > 1 for pk in same}


class PersonWidget(forms.Widget):
    """The search, and below it those who are called so."""

    template_name = "components/person_field.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Named:
        """What was sent."""
        return Named(str(data.get(name) or ""), str(data.get(f"{name}-chosen") or ""))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form was sent without this field."""
        return name not in data

    def format_value(self, value: Any) -> str:
        """What stands in the search."""
        return _as_named(value).text

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the people to choose from."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["name"] = name
        named = _as_named(value)
        return {**context, **people_found(named)}


def _as_named(value: Any) -> Named:
    if isinstance(value, Named):
        return value
    if isinstance(value, User):
        return Named(value.name, str(value.public_id))
    return Named(str(value or ""))


class PersonField(forms.Field):
    """An active person; None where the field may stay empty."""

    widget = PersonWidget
    is_draft = False  # then a text that is half typed names nobody
    default_error_messages = {
        "required": _("Type a name."),
        "nobody": _(
            "Nobody here has this name or address. Check the spelling; HR adds people who are "
            "missing."
        ),
        "which": _("Choose whom you mean."),
    }

    def to_python(self, value: Any) -> User | None:
        """The person. ValidationError where the text could mean nobody or several."""
        named = _as_named(value)
        if not checked_line(named.text).strip():
            return None
        chosen = _chosen(named)
        if chosen:
            return chosen
        found = find_people(named.text[:LONGEST])
        person = exactly(found.people, named.text)
        if person is None and not self.is_draft:
            code = "which" if found.people else "nobody"
            raise ValidationError(self.error_messages[code], code=code)
        return person

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether somebody else is named."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True
