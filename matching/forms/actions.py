"""The forms behind the buttons of matching: all name enrolments by their public ids."""

from __future__ import annotations

from uuid import UUID

from django import forms

from matching.domain.by_hand import Choice
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

    def choice(self) -> Choice:
        """The alternative."""
        data = self.cleaned_data
        return Choice(data["kind"], data["mentor"], data["other"])

    def shown(self) -> tuple[UUID, UUID]:
        """The pair (mentor, mentee) that the page showed."""
        return self.cleaned_data["shown_mentor"], self.cleaned_data["shown_mentee"]


class UndoForm(forms.Form):
    """Which change by hand to undo, by its public id."""

    change = forms.UUIDField()
