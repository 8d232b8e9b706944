"""The form of a staff survey, which belongs to no program."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade
from common import clock
from feedback.domain.audiences import asks_too_few, k_of, people_to_ask
from feedback.domain.plan import zone_of
from feedback.enums import Audience, Label
from feedback.forms import SurveyPlanItemForm
from feedback.models import SurveyPlanItem
from programs.forms.invite import values_of_people
from programs.forms.wizard.base import DateInput

FILTERS = ("departments", "locations", "grades")


def _choice(label: Any, help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, help_text=help_text, required=False, widget=forms.CheckboxSelectMultiple
    )


class StaffSurveyForm(SurveyPlanItemForm):
    """Which part of the staff is asked, and when. Always anonymous, and HR's alone."""

    reader_addresses = None  # type: ignore[assignment]
    departments = _choice(_("Departments"), _("Tick none to ask all departments."))
    locations = _choice(_("Locations"), _("Tick none to ask all locations."))
    grades = _choice(_("Grades"), _("Tick none to ask all grades."))

    class Meta(SurveyPlanItemForm.Meta):
        fields = [
            "title",
            "intro",
            *FILTERS,
            "asks_readers",
            "opens_on",
            "every_months",
            "open_days",
        ]
        widgets = {"intro": forms.Textarea(attrs={"rows": 2}), "opens_on": DateInput()}
        labels = {"asks_readers": _("HR admins are asked too")}
        help_texts = {
            "opens_on": _("At 9:00. Leave empty to open it by hand."),
            "every_months": _("Until you stop it. Leave empty to ask once."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = {
            "departments": values_of_people("department"),
            "locations": values_of_people("location"),
            "grades": list(Grade.objects.order_by("rank").values_list("name", flat=True)),
        }
        for name, values in found.items():
            chosen = getattr(self.instance, name)  # nobody may have it any more
            names = [*values, *(value for value in chosen if value not in values)]
            field: Any = self.fields[name]
            field.choices = [(value, value) for value in names]

    def asked_now(self) -> dict[str, Any]:
        """How many people it asks as the form stands, and whether these are too few."""
        item = SurveyPlanItem(
            audience=Audience.STAFF,
            label=Label.ANONYMOUS,
            asks_readers=bool(self["asks_readers"].value()),
        )
        for name in FILTERS:
            field: Any = self.fields[name]
            known = dict(field.choices)
            chosen = [value for value in self[name].value() or [] if value in known]
            setattr(item, name, chosen)
        people = people_to_ask(item).count()
        return {"people": people, "too_few": asks_too_few(item, people), "k": k_of(item)}

    def clean(self) -> dict[str, Any]:
        """A day that is ahead, and one to count the months from."""
        cleaned: dict[str, Any] = forms.ModelForm.clean(self) or self.cleaned_data
        day = cleaned.get("opens_on")
        is_new = "opens_on" in self.changed_data
        if day and is_new and day < clock.today(zone_of(self.instance)):
            self.add_error("opens_on", _("This day has passed. Choose today or a later one."))
        if cleaned.get("every_months") and not day and "opens_on" not in self.errors:
            self.add_error("opens_on", _("Say when it opens first."))
        return cleaned
