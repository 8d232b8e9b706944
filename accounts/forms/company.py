"""The form about the company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.profile import zone_choices
from accounts.models import Company
from common.changes import NoticesChanges
from common.fields import LineField, LinesField

STORED = ("name", "product_name", "time_zone", "locale", "anonymity_k")


class CompanyForm(NoticesChanges, forms.Form):
    """Names, time zone, language, grades, and how small a group of a staff survey may be."""

    name = LineField(
        label=_("Name of the company"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    product_name = LineField(
        label=_("What this application is called"),
        max_length=60,
        help_text=_("The name on every page. Many companies give their program a name of its own."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("For people whose zone the directory does not say, and for new programs."),
    )
    locale = forms.ChoiceField(label=_("Language of new people"), choices=settings.LANGUAGES)
    anonymity_k = forms.IntegerField(
        label=_("Smallest group whose results of staff surveys are shown"),
        min_value=5,
        max_value=50,
        error_messages={
            "min_value": _("Five is the least: below that people could be recognised.")
        },
        help_text=_(
            "Results of fewer people stay hidden. The first staff survey promises this number, "
            "and then it is fixed. Programs have a number of their own."
        ),
    )
    grades = LinesField(
        label=_("Grades"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One per line, the most junior first. They tell who can be a mentor to whom. Leave "
            "this empty if your company has "
            "none or your directory brings them along: without grades, the depth in the "
            "reporting tree counts."
        ),
    )

    def __init__(self, *args: Any, company: Company, ask_grades: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(company, name) for name in STORED}
        super().__init__(*args, **kwargs)
        if company.set_up_at is None:  # asked later, once there are people
            del self.fields["anonymity_k"]
        elif company.anonymity_k_locked:
            self.fields["anonymity_k"].disabled = True
            self.fields["anonymity_k"].help_text = _(
                "A survey has promised this number, so it is fixed."
            )
        if not ask_grades:  # they have a page of their own
            del self.fields["grades"]

    def clean_grades(self) -> list[str]:
        """The lines that are not blank."""
        lines = [line.strip() for line in self.cleaned_data["grades"].splitlines()]
        names = [line for line in lines if line]
        for name in names:
            if len(name) > 80:
                raise forms.ValidationError(
                    _("“%(name)s” is too long: 80 characters at most."),
                    params={"name": f"{name[:30]} …"},
                )
        return names
