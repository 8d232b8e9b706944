"""Forms of commitments: what the mentee will do differently, until when, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from common.changes import NoticesChanges
from common.fields import LinesField
from meetings.domain.commitments import CHANGED_LENGTH, COMMITMENT_LENGTH, USUAL_DAYS
from meetings.models import Commitment


def commitment_fields() -> dict[str, forms.Field]:
    """The two questions, as they stand on a page of their own and in the mentee's log."""
    return {
        "commitment": LinesField(
            label=gettext_lazy("What will I do differently?"),
            required=False,
            max_length=COMMITMENT_LENGTH,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=gettext_lazy("One small thing that somebody could see you do."),
        ),
        "commitment_due": forms.DateField(
            label=gettext_lazy("Until when?"),
            required=False,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            help_text=gettext_lazy(
                "You get a mail on that day. It says nothing of what you wrote."
            ),
        ),
    }


def commitment_initial(commitment: Commitment | None, reader: User) -> dict[str, Any]:
    """What is written already, or the day that the form proposes."""
    if commitment:
        return {"commitment": commitment.text, "commitment_due": commitment.due_on}
    return {"commitment_due": clock.today(reader.time_zone) + timedelta(days=USUAL_DAYS)}


class CommitmentForm(NoticesChanges, forms.Form):
    """The commitment alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in commitment_fields().items():
            field.required = True
            self.fields[name] = field


class CommitmentDoneForm(NoticesChanges, forms.Form):
    """What came of it."""

    what_changed = LinesField(
        label=gettext_lazy("What changed?"),
        required=False,
        max_length=CHANGED_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A sentence is enough. “Nothing” is worth knowing, too."),
    )
