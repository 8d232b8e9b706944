"""The question for oneself in a step of the prep pack."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.changes import NoticesChanges
from common.fields import LinesField
from programs.domain.prep import PrepLine
from programs.labels import with_labels
from programs.models import Program

ANSWER_LENGTH = 2000


class AnswerForm(NoticesChanges, forms.Form):
    """What one answers for oneself."""

    answer = LinesField(
        label=_("For myself"),
        required=False,
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, line: PrepLine, program: Program, **kwargs: Any) -> None:
        position = line.step.position
        initial = {"answer": line.answer}
        super().__init__(*args, initial=initial, prefix=f"step{position}", **kwargs)
        self.fields["answer"].label = with_labels(line.step.question, program)
