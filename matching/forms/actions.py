"""The forms behind the buttons of matching: all name enrolments by their public ids."""

from __future__ import annotations

from django import forms

from matching.enums import AlternativeKind, RuleKind


class OfferForm(forms.Form):
    """A pair to offer."""

    mentor = forms.UUIDField()
    mentee = forms.UUIDField()


class RuleForm(forms.Form):
    """A pair to pin or to exclude."""

    mentor = forms.UUIDField(widget=forms.HiddenInput)
    mentee = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=RuleKind.choices, widget=forms.HiddenInput)


class ChangeForm(forms.Form):
    """An alternative to make true, and the pair that the page showed."""

    kind = forms.ChoiceField(choices=AlternativeKind.choices)
    mentor = forms.UUIDField()
    other = forms.UUIDField(required=False)
    shown_mentor = forms.UUIDField()
    shown_mentee = forms.UUIDField()


class UndoForm(forms.Form):
    """Which change by hand to undo, by its public id."""

    change = forms.UUIDField()
