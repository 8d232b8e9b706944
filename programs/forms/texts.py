"""HR's own texts of a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.changes import NoticesChanges
from common.fields import LineField, LinesField
from programs.models import PrepStep, SessionGuide, Topic

LONG = 4000
MARKDOWN = gettext_lazy(
    "Paragraphs, **bold**, lists with “- ”, links as [words](https://…). {mentor} and {mentee} "
    "stand for what the two sides are called."
)


def _lines(label: Any, *, rows: int = 4, **kwargs: Any) -> LinesField:
    return LinesField(
        label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class StepTextForm(NoticesChanges, forms.Form):
    """A step of a prep pack."""

    title = LineField(label=gettext_lazy("Title"), max_length=120)
    body = _lines(gettext_lazy("Text"), rows=8, help_text=MARKDOWN)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=60)
    question = _lines(
        gettext_lazy("Question for oneself"),
        rows=2,
        required=False,
        help_text=gettext_lazy("Only the person who answers it can read the answer."),
    )

    def __init__(self, *args: Any, text: PrepStep, **kwargs: Any) -> None:
        initial = {name: getattr(text, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)

    def values(self) -> dict[str, Any]:
        """By field name of the model."""
        return dict(self.cleaned_data)


class TopicTextForm(NoticesChanges, forms.Form):
    """A topic: what a session about it is made of."""

    name = LineField(label=gettext_lazy("Topic"), max_length=120)
    exercise = _lines(
        gettext_lazy("Exercise"),
        required=False,
        help_text=gettext_lazy("What the two do together, in about 15 minutes."),
    )
    questions = _lines(
        gettext_lazy("Questions to talk about"),
        required=False,
        help_text=gettext_lazy("One on each line."),
    )
    mentee_goal = _lines(gettext_lazy("A goal to begin with, senior side"), rows=2, required=False)
    mentor_goal = _lines(gettext_lazy("A goal to begin with, junior side"), rows=2, required=False)
    is_burdening = forms.BooleanField(
        label=gettext_lazy("It may burden the junior: show help beside it"), required=False
    )

    def __init__(self, *args: Any, text: Topic, **kwargs: Any) -> None:
        initial = {name: getattr(text, name) for name in self.base_fields}
        initial["questions"] = "\n".join(text.questions)
        super().__init__(*args, initial=initial, **kwargs)

    def values(self) -> dict[str, Any]:
        """By field name of the model."""
        lines = self.cleaned_data["questions"].splitlines()
        questions = [line.strip() for line in lines if line.strip()]
        return {**self.cleaned_data, "questions": questions}


PART = ("minutes", "title", "text", "remote")


class GuideTextForm(NoticesChanges, forms.Form):
    """A guide with its parts, and two empty parts to add to it; a part without a title goes."""

    title = LineField(label=gettext_lazy("Title"), max_length=120)
    aim = _lines(gettext_lazy("What it is for"), rows=2, required=False)

    def __init__(self, *args: Any, text: SessionGuide, length: int, **kwargs: Any) -> None:
        self.length = length
        self.numbers = range(1, len(text.agenda) + 3)
        initial = {"title": text.title, "aim": text.aim}
        for number, part in enumerate(text.agenda, start=1):
            initial |= {f"{name}_{number}": part.get(name, "") for name in PART}
        super().__init__(*args, initial=initial, **kwargs)
        for number in self.numbers:
            self._add_part(number)

    def _add_part(self, number: int) -> None:
        self.fields[f"minutes_{number}"] = forms.IntegerField(
            label=_("Minutes"), min_value=1, max_value=240, required=False
        )
        self.fields[f"title_{number}"] = LineField(label=_("Part"), max_length=120, required=False)
        self.fields[f"text_{number}"] = _lines(_("What to do"), required=False)
        self.fields[f"remote_{number}"] = _lines(_("If they meet remotely"), rows=2, required=False)

    def parts(self) -> Iterator[tuple[int, list[BoundField]]]:
        """(number, its four fields), for the page."""
        for number in self.numbers:
            yield number, [self[f"{name}_{number}"] for name in PART]

    def agenda(self) -> list[dict[str, Any]]:
        """The parts that have a title."""
        return [part for part in self._typed() if part["title"]]

    def _typed(self) -> Iterator[dict[str, Any]]:
        for number in self.numbers:
            yield {name: self.cleaned_data.get(f"{name}_{number}") for name in PART}

    def clean(self) -> dict[str, Any]:
        """Every part has minutes, a title and a text; together they fill a session."""
        data = super().clean() or {}
        for number, part in enumerate(self._typed(), start=1):
            if part["title"] or part["text"]:
                self._check_part(number, part)
        total = sum(part["minutes"] or 0 for part in self.agenda())
        if not self.errors and total != self.length:
            text = _("The parts take %(total)d minutes together, and a session %(length)d.")
            self.add_error(None, text % {"total": total, "length": self.length})
        return data

    def _check_part(self, number: int, part: dict[str, Any]) -> None:
        needed = {
            "title": _("Give the part a title."),
            "text": _("Say what to do."),
            "minutes": _("Say how many minutes."),
        }
        for name, message in needed.items():
            if not part[name] and f"{name}_{number}" not in self.errors:
                self.add_error(f"{name}_{number}", message)

    def values(self) -> dict[str, Any]:
        """By field name of the model, without the agenda."""
        return {"title": self.cleaned_data["title"], "aim": self.cleaned_data["aim"]}
