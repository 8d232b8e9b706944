"""Forms of the lists: what is searched, filtered and sorted, and who is invited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade, User
from accounts.search import named
from programs.enums import EnrolmentState, PairRole, ProgramState, StaffRole
from programs.models import Enrolment, Program

MAX_LINES = 2000


class FilterForm(forms.Form):
    """A GET form: a value that makes no sense is left out instead of refused."""

    def chosen(self, name: str) -> Any:
        """The clean value of a field, None where it is empty or wrong."""
        self.is_valid()
        value = self.cleaned_data.get(name)
        return None if value == "" else value


class ProgramFilter(FilterForm):
    """The list of programs."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
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


class EnrolmentFilter(FilterForm):
    """The people of a program."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
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

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Both")), *role_choices(program)]  # type: ignore[attr-defined]

    def apply(self, rows: Any) -> Any:
        """The rows that are asked for, in their order."""
        rows = rows.filter(named(self.chosen("q") or "", "person"))
        if role := self.chosen("role"):
            rows = rows.filter(role=role)
        if state := self.chosen("state"):
            rows = rows.filter(state=state)
        orders = {
            "department": ["person__department"],
            "state": ["state"],
            "applied": ["applied_at"],
        }
        return rows.order_by(*orders.get(self.chosen("sort") or "", []), "person__sort_key", "id")


def role_choices(program: Program) -> list[tuple[str, str]]:
    """The two sides as this program calls them."""
    return [
        (PairRole.MENTOR, program.mentor_label.capitalize()),
        (PairRole.MENTEE, program.mentee_label.capitalize()),
    ]


class InviteFilter(FilterForm):
    """Whom to invite, by what the directory says."""

    role = forms.ChoiceField(label=_("Invite as"), required=False)
    min_grade = forms.TypedChoiceField(
        label=_("Grade from"), required=False, coerce=int, empty_value=None
    )
    max_grade = forms.TypedChoiceField(
        label=_("Grade up to"), required=False, coerce=int, empty_value=None
    )
    department = forms.ChoiceField(label=_("Department"), required=False)
    location = forms.ChoiceField(label=_("Location"), required=False)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.active()
        places = (
            people.exclude(location="")
            .order_by("location")
            .values_list("location", flat=True)
            .distinct()
        )
        departments = (
            people.exclude(department="")
            .order_by("department")
            .values_list("department", flat=True)
            .distinct()
        )
        ranks = [
            ("", _("any")),
            *((grade.rank, grade.name) for grade in Grade.objects.order_by("rank")),
        ]
        for field in ("min_grade", "max_grade"):
            self.fields[field].choices = ranks  # type: ignore[attr-defined]
        named = [
            name for name in departments if not program.departments or name in program.departments
        ]
        self.fields["role"].choices = [("", _("by their grade")), *role_choices(program)]  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", _("all")), *((name, name) for name in named)]  # type: ignore[attr-defined]
        self.fields["location"].choices = [("", _("all")), *((name, name) for name in places)]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """What `programs.domain.eligibility.invitable` takes."""
        department, location, role = (
            self.chosen("department"),
            self.chosen("location"),
            self.chosen("role"),
        )
        return {
            "role": PairRole(role) if role else None,
            "min_rank": self.chosen("min_grade"),
            "max_rank": self.chosen("max_grade"),
            "departments": [department] if department else None,
            "locations": [location] if location else None,
        }


class InviteListForm(forms.Form):
    """Whom to invite, by their addresses."""

    role = forms.ChoiceField(label=_("Invite as"), required=False)
    addresses = forms.CharField(
        label=_("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off"}),
        max_length=MAX_LINES * 100,
        help_text=_("One a line; names around them are fine, as mail programs copy them."),
        error_messages={"required": _("Paste at least one address.")},
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("by their grade")), *role_choices(program)]  # type: ignore[attr-defined]


class StaffForm(forms.Form):
    """Somebody gets a role in the program."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=StaffRole.choices)

    def clean_email(self) -> str:
        """Must be somebody of the company."""
        email = str(self.cleaned_data["email"]).strip().lower()
        self.person = User.objects.active().filter(email=email).first()
        if self.person is None:
            raise forms.ValidationError(_("Nobody with this address is in the directory."))
        return email


class BulkForm(forms.Form):
    """What is done with the ticked people, or with everybody whom the filter shows."""

    action = forms.ChoiceField(
        choices=[("approve", ""), ("waitlist", ""), ("decline", ""), ("nudge", "")],
        error_messages={
            "required": _("Choose what to do."),
            "invalid_choice": _("Choose what to do."),
        },
    )
    everyone = forms.BooleanField(required=False)
    people = forms.ModelMultipleChoiceField(
        queryset=Enrolment.objects.none(), to_field_name="public_id", required=False
    )

    def __init__(self, *args: Any, shown: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown
        self.fields["people"].queryset = shown  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody must be ticked."""
        data = super().clean() or {}
        if not data.get("everyone") and not data.get("people"):
            self.add_error(None, _("Tick at least one person first."))
        return data

    def chosen(self) -> Any:
        """The enrolments meant."""
        return self.shown if self.cleaned_data["everyone"] else self.cleaned_data["people"]
