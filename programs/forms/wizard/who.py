"""The steps about who may join, and what matching must keep to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import StepValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade
from programs.forms.invite import values_of_people
from programs.forms.wizard.base import StepForm


class WhoForm(StepForm):
    """Who may join, and as what."""

    step = "who"
    mentor_max_grade = forms.ModelChoiceField(
        label=_("Those who teach: up to this grade"),
        queryset=Grade.objects.order_by("rank"),
        required=False,
        empty_label=_("any grade"),
    )
    mentee_min_grade = forms.ModelChoiceField(
        label=_("Those who learn: from this grade"),
        queryset=Grade.objects.order_by("rank"),
        required=False,
        empty_label=_("any grade"),
    )
    departments = forms.MultipleChoiceField(
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none to let all departments join."),
    )
    open_call = forms.BooleanField(
        label=_("Open call: people may also volunteer"),
        required=False,
        help_text=_(
            "Whoever is within these limits sees the program on their home page while people enrol."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({*values_of_people("department"), *self.program.departments})
        departments_field: Any = self.fields["departments"]
        departments_field.choices = [(name, name) for name in names]

    def clean(self) -> dict[str, Any]:
        """Juniors teach seniors: the two ranges must not overlap."""
        data = super().clean() or {}
        highest, lowest = data.get("mentor_max_grade"), data.get("mentee_min_grade")
        if highest and lowest and highest.rank >= lowest.rank:
            self.add_error(
                "mentee_min_grade",
                _(
                    "Those who learn must be senior to those who teach: choose a grade above "
                    "%(grade)s."
                )
                % {"grade": highest},
            )
        return data


class RulesForm(StepForm):
    """What matching must always keep to."""

    step = "rules"
    grade_gap = forms.IntegerField(
        label=_("Grades between the two, at least"),
        min_value=1,
        max_value=20,
        help_text=_(
            "1 means that the one who learns is at least one grade above the one who teaches."
        ),
    )
    min_overlap_minutes = forms.IntegerField(
        label=_("Minutes a week that both are free, at least"),
        min_value=0,
        max_value=2400,
        validators=[StepValueValidator(15)],
        widget=forms.NumberInput(attrs={"step": 15}),
    )
    require_common_language = forms.BooleanField(
        label=_("They need a language in common"), required=False
    )
    forbid_same_department = forms.BooleanField(
        label=_("Never two people of the same department"), required=False
    )
    allow_former_pairs = forms.BooleanField(
        label=_("People who were a pair before may become one again"), required=False
    )

    def clean_grade_gap(self) -> int:
        """Must be possible with the company's grades and the limits of the program."""
        gap = int(self.cleaned_data["grade_gap"])
        ranks = list(
            Grade.objects.filter(people__is_active=True).values_list("rank", flat=True).distinct()
        )
        if len(ranks) > 1 and gap > max(ranks) - min(ranks):
            raise forms.ValidationError(
                _(
                    "Nobody in the company could be paired: from the lowest to the highest grade "
                    "it is %(steps)d."
                )
                % {"steps": max(ranks) - min(ranks)}
            )
        return gap
