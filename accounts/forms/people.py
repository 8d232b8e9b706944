"""Forms of HR about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.forms.person_field import PersonField
from accounts.forms.profile import zone_choices
from accounts.models import Company, Grade, User
from accounts.models.people import UserQuerySet
from common.changes import NoticesChanges
from common.fields import LineField

NONE = "-"
NO_AUTOCOMPLETE = {"autocomplete": "off", "spellcheck": "false"}
SORTS: dict[str, tuple[Any, list[Any]]] = {
    "name": (_("Name"), ["sort_key", "id"]),
    "grade": (_("Grade, senior first"), [F("grade__rank").desc(nulls_last=True), "sort_key", "id"]),
    "grade_up": (_("Grade, junior first"), ["grade__rank", "sort_key", "id"]),
    "department": (_("Department"), ["department", "sort_key", "id"]),
    "location": (_("Location"), ["location", "sort_key", "id"]),
    "hired": (_("Newest first"), [F("hired_on").desc(nulls_last=True), "sort_key", "id"]),
}


class PeopleFilter(forms.Form):
    """What the people list shows; its state lives in the address."""

    q = LineField(
        label=_("Search by name, address or employee id"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs=NO_AUTOCOMPLETE),
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    location = forms.ChoiceField(label=_("Location"), required=False)
    who = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[
            ("", _("Active people")),
            ("inactive", _("Deactivated people")),
            ("hr", _("HR admins")),
            ("all", _("Everybody")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[(key, label) for key, (label, _o) in SORTS.items()],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = Grade.objects.order_by("-rank").values_list("pk", "name")
        self.offer("grade", [(str(pk), name) for pk, name in grades])
        self.offer_names("department")
        self.offer_names("location")

    def offer_names(self, field: str) -> None:
        """Let the field choose one of the values that people have."""
        names = User.objects.order_by(field).values_list(field, flat=True).distinct()
        self.offer(field, [(name, name) for name in names if name])

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let the field choose one of these, all, or those without any."""
        field: Any = self.fields[name]
        field.choices = [("", _("All")), *choices, (NONE, _("(none)"))]

    def people(self) -> UserQuerySet:
        """The people that the filter asks for, sorted. What it does not understand is ignored."""
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name, "") for name in self.fields}
        people = of_kind(with_name_or_id(chosen["q"]), chosen["who"])
        people = with_value(people, "grade", chosen["grade"], none=None)
        people = with_value(people, "department", chosen["department"], none="")
        people = with_value(people, "location", chosen["location"], none="")
        _label, order = SORTS[chosen["sort"] or "name"]
        return people.order_by(*order)


def with_name_or_id(text: str) -> UserQuerySet:
    """The people whose name, address or employee id this is; an empty text finds everybody."""
    by_name = User.objects.search(text)
    if not any(character.isdigit() for character in text):
        return by_name
    return User.objects.filter(Q(pk__in=by_name.order_by().values("pk")) | Q(employee_id=text))


def of_kind(people: UserQuerySet, who: str) -> UserQuerySet:
    """Those of the people whom the field `who` asks for."""
    if who == "hr":
        return people.hr_admins()
    if who == "inactive":
        return people.filter(is_active=False)
    if who == "all":
        return people
    return people.active()


def with_value(people: UserQuerySet, field: str, value: str, *, none: str | None) -> UserQuerySet:
    """Those who have the chosen value, all where none is chosen. `none`: how "(none)" is stored."""
    if not value:
        return people
    return people.filter(**{field: none if value == NONE else value})


class PersonForm(forms.Form):
    """Somebody whom the directory does not bring."""

    name = LineField(label=_("Full name"), max_length=200)
    email = forms.EmailField(label=_("Work e-mail address"), help_text=_("They sign in with it."))
    employee_id = LineField(
        label=_("Employee id"),
        max_length=64,
        required=False,
        help_text=_("As your HR system has it, so that an import recognises them."),
    )
    job_title = LineField(label=_("Job title"), max_length=200, required=False)
    department = LineField(label=_("Department"), max_length=200, required=False)
    location = LineField(label=_("Location"), max_length=200, required=False)
    grade = forms.ModelChoiceField(
        label=_("Grade"), queryset=Grade.objects.order_by("-rank"), required=False
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        company = Company.objects.first()
        time_zone = company.time_zone if company else "UTC"
        super().__init__(*args, initial={"time_zone": time_zone}, **kwargs)


class PersonEditForm(NoticesChanges, forms.Form):
    """What HR sets right by hand."""

    employee_id = LineField(label=_("Employee id"), max_length=64, required=False)
    grade = forms.ModelChoiceField(
        label=_("Grade"),
        queryset=Grade.objects.order_by("-rank"),
        required=False,
        help_text=_(
            "An import with a grade column overwrites this. One without a grade column keeps what "
            "you choose here."
        ),
    )
    email = forms.EmailField(
        label=_("Work e-mail address"),
        help_text=_("A new address has to be confirmed before it takes effect."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        initial = {
            "employee_id": person.employee_id or "",
            "grade": person.grade_id,
            "email": person.email,
        }
        super().__init__(*args, initial=initial, **kwargs)


class BlockForm(forms.Form):
    """Whom somebody must not be paired with."""

    person = PersonField(
        label=_("Name of the other person"),
        help_text=_(
            "They are never matched with each other, in any program. Neither they nor "
            "coordinators learn of it."
        ),
    )


class ManagerForm(NoticesChanges, forms.Form):
    """To whom somebody reports."""

    manager = PersonField(
        label=_("Name of the manager"),
        required=False,
        help_text=_(
            "Leave it empty for the top of the company. An import with managers overwrites this."
        ),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"manager": person.manager}, **kwargs)


class HRAdminForm(forms.Form):
    """Who becomes an HR admin."""

    person = PersonField(label=_("Name"))

    def clean_person(self) -> User:
        """Somebody who is none yet."""
        person: User = self.cleaned_data["person"]
        if person.is_hr_admin:
            raise forms.ValidationError(
                _("%(name)s is an HR admin already."), params={"name": person.name}
            )
        return person


class GradeForm(forms.Form):
    """The name of a grade."""

    name = LineField(label=_("Name"), max_length=80)
