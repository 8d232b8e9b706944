"""Forms about one's own calendar."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AbsenceForm(forms.Form):
    """From and until."""

    starts_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class OwnCalendarForm(forms.Form):
    """Where one's own calendar is published."""

    address = forms.CharField(
        label=_("Published address of your calendar"),
        max_length=1000,
        help_text=_("It begins with https:// and often ends in .ics."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}
        ),
    )
