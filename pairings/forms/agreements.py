"""The form of a pair's agreement."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import LinesField
from pairings.domain.agreements import FIELDS, Additions


class AgreementForm(forms.Form):
    """What the pair adds to the program's text."""

    boundaries = LinesField(
        label=_("What we leave out"),
        help_text=_("Topics that stay outside, and what is all right to ask."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    confidentiality = LinesField(
        label=_("What stays between us"),
        help_text=_("What may be passed on, to whom, and what never."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    cadence = LinesField(
        label=_("How often and how long"),
        help_text=_("And what you do when something comes up."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )
    channel = LinesField(
        label=_("Where we meet and write"),
        help_text=_("A room, a video call, a walk; mail or chat in between."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )
    sign_it = forms.BooleanField(label=_("Sign this version as well"), required=False, initial=True)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def rebase(self, number: int) -> None:
        """Build what was typed on version `number` when it is sent again."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["base"] = number
        self.data = data

    def additions(self) -> Additions:
        """The additions as domain code takes them."""
        return Additions(**{name: self.cleaned_data[name] for name in FIELDS})
