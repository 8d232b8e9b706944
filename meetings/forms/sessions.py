"""Forms of sessions: the mentee's question, and the filter of the list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from common.changes import NoticesChanges
from common.fields import LineField, LinesField
from meetings.domain.sessions import QUESTION_LENGTH
from meetings.enums import SessionState
from programs.forms.sides import ProgramListForm


class QuestionForm(NoticesChanges, forms.Form):
    """What the mentee wants to ask."""

    question = LinesField(
        label=gettext_lazy("What will you ask?"),
        required=False,
        max_length=QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One question is enough. Ask it some days ahead, so that there is time to prepare."
        ),
    )


class SessionFilterForm(ProgramListForm):
    """The list of a program's sessions."""

    q = LineField(label=gettext_lazy("Name"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            *[
                (state.value, state.label)
                for state in SessionState
                if state != SessionState.PROPOSED
            ],
            ("overdue", gettext_lazy("Not logged yet")),
            ("awaiting", gettext_lazy("Held, awaiting signatures")),
            ("disagreement", gettext_lazy("Disagreement")),
        ],
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Sort by"),
        required=False,
        choices=[
            ("", gettext_lazy("From today on")),
            ("earliest", gettext_lazy("Time, earliest first")),
            ("mentor", gettext_lazy("By {mentor}")),
            ("mentee", gettext_lazy("By {mentee}")),
        ],
    )
