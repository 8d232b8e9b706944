"""Forms that say whom to invite: by the directory, by addresses, or one person by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.person_field import PersonField
from accounts.models import Grade, User
from common.fields import LinesField
from common.lists import ListForm
from programs.domain.pasted import ADDRESS
from programs.enums import PairRole
from programs.forms.lists import UUID_TEXT, role_choices, set_choices
from programs.models import Program

MAX_LINES = 2000
MOST_LEFT_OUT = 50  # they stand in the address, which may not grow without end


def set_words(form: forms.Form, name: str, words: Iterable[str]) -> None:
    """Give a field these words as choices, or all of them."""
    set_choices(form, name, _("all"), [(word, word) for word in words])


class InviteFilter(ListForm):
    """Whom to invite, by what the directory says."""

    q = None  # type: ignore[assignment]
    role = forms.ChoiceField(label=_("Invite as"), required=False)
    min_grade = forms.ChoiceField(label=_("Grade from"), required=False)
    max_grade = forms.ChoiceField(label=_("Grade up to"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    location = forms.ChoiceField(label=_("Location"), required=False)
    out = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", _("by their grade"), role_choices(program))
        ranks = list(Grade.objects.order_by("rank").values_list("rank", "name"))
        set_choices(self, "min_grade", _("any"), ranks)
        set_choices(self, "max_grade", _("any"), ranks)
        set_words(self, "department", departments_of(program))
        set_words(self, "location", values_of_people("location"))

    def arguments(self) -> dict[str, Any]:
        """What `programs.domain.eligibility.invitable` takes."""
        role = self.value("role")
        return {
            "role": PairRole(role) if role else None,
            "min_rank": self._rank("min_grade"),
            "max_rank": self._rank("max_grade"),
            "departments": self._words("department"),
            "locations": self._words("location"),
            "without": self.left_out(),
        }

    def left_out(self) -> list[str]:
        """The public ids of the people who are left out by hand, MOST_LEFT_OUT at most."""
        self.is_valid()
        asked = self.cleaned_data.get("out") or []
        return [one for one in asked if UUID_TEXT.fullmatch(one)][:MOST_LEFT_OUT]

    def _rank(self, name: str) -> int | None:
        value = self.value(name)
        return int(value) if value else None

    def _words(self, name: str) -> list[str] | None:
        value = self.value(name)
        return [value] if value else None


def departments_of(program: Program) -> list[str]:
    """The departments whose people may join the program."""
    departments = values_of_people("department")
    if not program.departments:
        return departments
    return [name for name in departments if name in program.departments]


def values_of_people(field: str) -> list[str]:
    """The values of a field of the directory that active people have, in alphabetical order."""
    people = User.objects.active().exclude(**{field: ""})
    return list(people.order_by(field).values_list(field, flat=True).distinct())


class InviteListForm(forms.Form):
    """Whom to invite, by their addresses or names."""

    role = forms.ChoiceField(label=_("Invite as"), required=False)
    people = LinesField(
        label=_("People"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off"}),
        max_length=MAX_LINES * 100,
        help_text=_("One per line: an e-mail address, a whole name, or both."),
        error_messages={"required": _("Paste at least one address or name.")},
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", _("by their grade"), role_choices(program))

    def chosen_role(self) -> PairRole | None:
        """The side that was chosen; None for "by their grade"."""
        role = self.cleaned_data["role"]
        return PairRole(role) if role else None

    def choices(self) -> dict[int, str]:
        """{number of a line: the address of whom it means}, as chosen beside the list.

        A line that has been changed since then keeps what stands there.
        """
        lines = self.cleaned_data["people"].splitlines()
        chosen = {}
        for number, line in enumerate(lines, start=1):
            address, _gap, text = self.data.get(f"meant-{number}", "").partition(" ")
            if ADDRESS.fullmatch(address) and text == line.strip():
                chosen[number] = address
        return chosen


class InvitePersonForm(forms.Form):
    """One person, by name."""

    person = PersonField(label=_("Name"))
    role = forms.ChoiceField(label=_("Invite as"), required=False)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", _("by their grade"), role_choices(program))

    def chosen_role(self) -> PairRole | None:
        """The side that was chosen; None for "by their grade"."""
        role = self.cleaned_data["role"]
        return PairRole(role) if role else None
