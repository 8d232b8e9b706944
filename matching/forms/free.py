"""The form behind the button that offers a pair."""

from __future__ import annotations

from django import forms


class OfferForm(forms.Form):
    """Two enrolments by their public ids."""

    mentor = forms.UUIDField()
    mentee = forms.UUIDField()
