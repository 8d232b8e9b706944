"""Forms of notifications."""

from django import forms
from django.utils.translation import gettext_lazy as _


class InboxFilterForm(forms.Form):
    """What of one's messages is shown."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    unread = forms.BooleanField(label=_("Unread only"), required=False)
