"""Forms of the lists: what is searched, filtered and sorted, and who is invited."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms.person_field import PersonField
from accounts.models import User
from common.fields import LineField
from common.lists import ListForm
from programs.enums import EnrolmentState, ProgramState, StaffRole
from programs.labels import side_labels
from programs.models import Enrolment, Program

MAX_LINES = 2000
NAMED = 5  # people whom a sentence names
UUID_TEXT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ProgramFilter(ListForm):
    """The list of programs."""

    q = LineField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All but archived")), *ProgramState.choices, ("archived", _("Archived"))],
    )
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[
            ("", _("First day")),
            ("name", _("Name")),
            ("state", _("State")),
            ("-created_at", _("Newest")),
        ],
    )

    def apply(self, rows: QuerySet[Program]) -> QuerySet[Program]:
        """The programs that are asked for, in their order."""
        state = self.value("state")
        is_archived = state == "archived"
        rows = rows.filter(archived_at__isnull=not is_archived)
        if state and not is_archived:
            rows = rows.filter(state=state)
        if text := self.value("q"):
            rows = rows.filter(Q(name__icontains=text) | Q(purpose__icontains=text))
        return rows.order_by(self.value("sort") or "-starts_on", "name", "id")


class EarlyForm(forms.Form):
    """A tick that says that closing early is no mistake."""

    sure = forms.BooleanField(
        label=_("Yes, begin the closing early"),
        error_messages={"required": _("Tick the box to confirm.")},
    )


class EnrolmentFilter(ListForm):
    """The people of a program."""

    role = forms.ChoiceField(label=_("Side"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *EnrolmentState.choices]
    )
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[
            ("", _("Name")),
            ("department", _("Department")),
            ("state", _("State")),
            ("applied", _("Applied first")),
        ],
    )
    ORDERS = {
        "": [],
        "department": ["person__department"],
        "state": ["state"],
        "applied": ["applied_at"],
    }

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", _("Both"), role_choices(program))

    def apply(self, rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
        """The enrolments that are asked for, in their order."""
        if text := self.value("q"):
            rows = rows.filter(person__in=User.objects.search(text))
        if role := self.value("role"):
            rows = rows.filter(role=role)
        if state := self.value("state"):
            rows = rows.filter(state=state)
        return rows.order_by(*self.ORDERS[self.value("sort")], "person__sort_key", "id")


def role_choices(program: Program) -> list[tuple[str, str]]:
    """The two sides, as this program calls them."""
    return [(role, capfirst(label)) for role, label in side_labels(program).items()]


def set_choices(form: forms.Form, name: str, empty: Any, choices: list[tuple[Any, str]]) -> None:
    """Give a field its choices; `empty` is the label of no choice."""
    field: Any = form.fields[name]
    field.choices = [("", empty), *choices]


class StaffForm(forms.Form):
    """Somebody gets a role in the program."""

    person = PersonField(label=_("Name"))
    role = forms.ChoiceField(label=_("Role"), choices=StaffRole.choices)


class TickedField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """The ticked rows of a list, without those that have left the list meanwhile: see `gone`."""

    def clean(self, value: Any) -> Any:
        """The rows that are still there. `gone` are the public ids of the others."""
        ids = {UUID(one) for one in value or [] if UUID_TEXT.fullmatch(one)}
        rows = self.queryset.filter(public_id__in=ids)  # type: ignore[union-attr]
        self.gone = ids - {row.public_id for row in rows}
        return rows


class BulkForm(forms.Form):
    """What is done with the ticked people, or with everybody whom the filter shows."""

    action = forms.ChoiceField(
        choices=[("approve", ""), ("waitlist", ""), ("decline", ""), ("nudge", ""), ("let_in", "")],
        error_messages={
            "required": _("Choose what to do."),
            "invalid_choice": _("Choose what to do."),
        },
    )
    everyone = forms.BooleanField(required=False)
    people = TickedField(queryset=Enrolment.objects.none(), required=False)

    def __init__(self, *args: Any, program: Program, shown: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        self.shown = shown
        self.fields["people"].queryset = shown  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody must be ticked."""
        data = super().clean() or {}
        if not data.get("everyone") and not data.get("people"):
            text = self.gone_words() or _("Tick at least one person first.")
            self.add_error(None, text)
        return data

    def gone_words(self) -> str:
        """Who was ticked and has been decided meanwhile; empty if nobody."""
        gone = self.program.enrolments.filter(public_id__in=self.fields["people"].gone)  # type: ignore[attr-defined]
        rows = list(gone.select_related("person").order_by("person__sort_key", "pk"))
        text = ngettext(
            "%(number)d of these is no longer in this list and stays as it is: %(names)s.",
            "%(number)d of these are no longer in this list and stay as they are: %(names)s.",
            len(rows),
        )
        names = [f"{row.person.name} ({row.get_state_display()})" for row in rows[:NAMED]]
        if len(rows) > NAMED:
            names.append("…")
        return text % {"number": len(rows), "names": ", ".join(names)} if rows else ""

    def chosen(self) -> Any:
        """The enrolments meant."""
        return self.shown if self.cleaned_data["everyone"] else self.cleaned_data["people"]
