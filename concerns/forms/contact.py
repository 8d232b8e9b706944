"""What a safe contact fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.fields import LinesField
from concerns.forms.author import MOST_TEXT


class AnswerForm(forms.Form):
    """An answer; ticked sentences are added at its end."""

    text = LinesField(
        label=_("Your answer"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    sentences = forms.MultipleChoiceField(
        label=_("Add a sentence"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, outside_line: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ready = _ready_sentences(outside_line)
        choices = list(self.ready.items())
        self.fields["sentences"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something has to be said."""
        if not self.errors and not self.whole_text():
            self.add_error("text", _now("Write an answer, or tick a sentence."))
        return self.cleaned_data

    def whole_text(self) -> str:
        """What was typed, and the ticked sentences."""
        ticked = [self.ready[key] for key in self.cleaned_data["sentences"]]
        return "\n\n".join(part for part in (self.cleaned_data["text"].strip(), *ticked) if part)


def _ready_sentences(outside_line: str) -> dict[str, str]:
    """Suggestions that a contact can make without looking for words."""
    sentences = {
        "pause": _now(
            "You can pause your pair, on the page “Talk to someone”. It needs no reason, and "
            "nobody is told who did."
        ),
        "leave": _now(
            "You can leave your pair, on the page “Talk to someone”. It needs no reason, and "
            "nobody is told who did."
        ),
        "help": _now(
            "You need not wait for me: your doctor and the help lines of your country are there "
            "day and night."
        ),
    }
    if outside_line:
        words = _now("You can also speak to somebody outside the company: %(line)s")
        sentences["outside"] = words % {"line": outside_line}
    return sentences


class NoteForm(forms.Form):
    """A note for oneself."""

    text = LinesField(
        label=_("Note for yourself"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
