"""The steps about the agreement, and the size of groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import LinesField
from programs.forms.wizard.base import StepForm


class AgreementForm(StepForm):
    """What both sign before they meet."""

    step = "agreement"
    agreement_text = LinesField(
        label=_("Agreement"),
        widget=forms.Textarea(attrs={"rows": 16}),
        max_length=8000,
        help_text=_(
            "Both sign it before their first session, and may add to it for themselves. Separate "
            "paragraphs by a blank line."
        ),
    )


class SurveysForm(StepForm):
    """How small a group may be whose results are shown."""

    step = "surveys"
    anonymity_k = forms.IntegerField(
        label=_("Smallest group whose results are shown"),
        min_value=5,
        max_value=50,
        error_messages={
            "min_value": _("Five is the least: below that people could be recognised.")
        },
        help_text=_(
            "Results of fewer people stay hidden. The first survey promises this number, and "
            "then it is fixed."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.program.anonymity_k_locked:
            self.fields["anonymity_k"].disabled = True
            self.fields["anonymity_k"].help_text = _(
                "A survey has promised this number, so it is fixed."
            )
