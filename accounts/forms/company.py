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


class CompanyForm(NoticesChanges, forms.Form):
    """Names, time zone, language, grades."""

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
        kwargs["initial"] = {
            name: getattr(company, name) for name in ("name", "product_name", "time_zone", "locale")
        }
        super().__init__(*args, **kwargs)
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
