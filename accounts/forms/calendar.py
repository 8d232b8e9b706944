"""Forms about one's own calendar."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from common.fields import LineField

LAST_DAY = date(2999, 12, 31)  # Python has no day after 31 December 9999


class AbsenceForm(forms.Form):
    """From and until."""

    starts_on = forms.DateField(
        label=_("First day away"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=_("Last day away"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MaxValueValidator(LAST_DAY)],
    )


class OwnCalendarForm(forms.Form):
    """Where one's own calendar is published."""

    address = LineField(
        label=_("Published address of your calendar"),
        max_length=1000,
        help_text=_("It begins with https:// and often ends in .ics."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "inputmode": "url",
            }
        ),
    )
