"""Forms of the survey plan."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.search import exactly, find_people
from common.changes import NoticesChanges
from common.fields import LineField, LinesField
from feedback.arranging import MOST_QUESTIONS, PREFIX
from feedback.enums import SCALES, Audience, Label, QuestionKind
from feedback.models import SurveyPlanItem
from feedback.rewording import NEW, SAME, Wording, wording_of
from programs.labels import with_labels
from programs.models import Program

MOST_READERS = 20


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line]


class SurveyPlanItemForm(NoticesChanges, forms.ModelForm):
    """When a survey opens, who is asked, who sees the answers."""

    reader_addresses = LinesField(
        label=_("Who reads confidential answers"),
        help_text=_("One name or address on each line. They are named in the invitation."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = SurveyPlanItem
        fields = [
            "title",
            "kind",
            "intro",
            "label",
            "audience",
            "asks_readers",
            "first_day",
            "every_weeks",
            "days_before_end",
            "open_days",
        ]
        widgets = {"intro": forms.Textarea(attrs={"rows": 2}), "label": forms.RadioSelect}
        help_texts = {
            "label": _(
                "Anonymous: nobody ever sees single answers, and tables show only groups of five "
                "or more."
            ),
            "every_weeks": _("Leave empty to ask once."),
            "days_before_end": _(
                "For a survey at the end: filled in, it counts instead of the days after the start."
            ),
        }

    def __init__(self, *args: Any, asks_staff: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "audience" in self.fields:
            audience: Any = self.fields["audience"]
            audience.choices = _audiences(self.instance.program, asks_staff=asks_staff)
        if self.instance.pk and "reader_addresses" in self.fields:
            addresses = self.instance.readers.values_list("email", flat=True)
            self.initial["reader_addresses"] = "\n".join(addresses)

    def also_stored(self) -> dict[str, tuple[Any, list[str]]]:
        """The questions, which stand beside this form."""
        if not self.instance.pk:
            return {}
        lines = [_question_line(question) for question in self.instance.questions.all()]
        return {"questions": (_("Questions"), lines)}

    def clean_reader_addresses(self) -> list[User]:
        """The people on the lines; what means nobody, or more than one, is named."""
        wanted = lines_of(self.cleaned_data["reader_addresses"])
        if len(wanted) > MOST_READERS:
            text = _("Name at most %(most)s people.")
            raise forms.ValidationError(text, params={"most": MOST_READERS})

        found = {line: exactly(find_people(line).people, line) for line in wanted}
        unknown = [line for line, person in found.items() if person is None]
        if unknown:
            text = _(
                "%(names)s: nobody here is called so, or more than one. Write the whole name, or "
                "the e-mail address."
            )
            raise forms.ValidationError(text, params={"names": ", ".join(unknown)})
        return list({person.pk: person for person in found.values() if person}.values())

    def clean(self) -> dict[str, Any]:
        """A survey before the end is asked once; a confidential one needs a reader."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_days(cleaned)
        if not self.errors:
            self._check_readers(cleaned)
        return cleaned

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("days_before_end") is not None and cleaned.get("every_weeks"):
            text = _("A survey before the end is asked once. Leave one of the two empty.")
            self.add_error("every_weeks", text)

    def _check_readers(self, cleaned: dict[str, Any]) -> None:
        if cleaned["audience"] == Audience.STAFF and cleaned["label"] != Label.ANONYMOUS:
            self.add_error("label", _("All staff are asked anonymously. Choose “Anonymous”."))
        elif cleaned["label"] == Label.CONFIDENTIAL and not cleaned["reader_addresses"]:
            self.add_error("reader_addresses", _("Name at least one person who reads the answers."))


def _question_line(question: Any) -> str:
    """A stored question as one reads it: its text, how it is answered, the answers."""
    ends = [words for words in (question.low, question.high) if words]
    return " · ".join([question.text, question.get_kind_display(), *ends, *question.options])


def _audiences(program: Program | None, *, asks_staff: bool) -> list[tuple[str, str]]:
    """Who can be asked, in the program's words."""
    choices = [(value, with_labels(str(label), program)) for value, label in Audience.choices]
    return [choice for choice in choices if asks_staff or choice[0] != Audience.STAFF]


class WrappedLine(forms.Textarea):
    """A line that is shown whole, on as many lines as it needs; a break in it is a space."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was typed, as one line."""
        value = super().value_from_datadict(data, files, name)
        return value and " ".join(value.split())


class QuestionForm(forms.Form):
    """One question; an empty text means none. `key` says which of the stored ones it is."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = LineField(
        label=_("Question"),
        max_length=300,
        required=False,
        widget=WrappedLine(attrs={"rows": 1}),
    )
    kind = forms.ChoiceField(
        label=_("How it is answered"), choices=QuestionKind.choices, required=False
    )
    options = LinesField(
        label=_("Answers to choose from"),
        help_text=_("One on each line; only for questions with a choice."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    low = LineField(label=_("Words for the lowest number"), max_length=60, required=False)
    high = LineField(label=_("Words for the highest number"), max_length=60, required=False)
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    meaning = forms.ChoiceField(
        choices=[
            (SAME, _("The same question with better words")),
            (NEW, _("A new question: its trend starts anew")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, wording: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wording = wording

    @property
    def words_before(self) -> str:
        """How it was last asked, if the words in the form are others."""
        return self.wording.words_before(self._typed())

    @property
    def must_decide(self) -> bool:
        """Whether it is unclear if this is the question that was asked before."""
        has_decided = self["meaning"].value() or self.wording.is_planned(self._typed())
        return bool(self.words_before) and not has_decided

    def _typed(self) -> dict[str, Any]:
        """The question as it stands in the form, checked or not."""
        question = {name: self[name].value() or "" for name in ("key", "kind")}
        for name in ("text", "low", "high"):
            question[name] = " ".join((self[name].value() or "").split())
        return {**question, "options": lines_of(self["options"].value() or "")}

    @property
    def shows_details(self) -> bool:
        """Whether its details are unfolded: something in them is wrong or missing."""
        has_choice = self["kind"].value() in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}
        return bool(self.errors) or (has_choice and not self["options"].value())

    def clean_kind(self) -> str:
        """A scale from 1 to 5 if nothing is chosen."""
        return self.cleaned_data["kind"] or QuestionKind.SCALE5

    def clean_options(self) -> list[str]:
        """The answers, each once; none where nothing is chosen from them."""
        has_choice = self.cleaned_data.get("kind") in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}
        if not has_choice:
            return []
        options = list(dict.fromkeys(lines_of(self.cleaned_data["options"])))
        if self.cleaned_data.get("text") and len(options) < 2:
            raise forms.ValidationError(_("Write at least two answers to choose from."))
        return options


class BaseQuestionFormSet(forms.BaseFormSet):
    """The questions of a survey, in their order."""

    def questions(self) -> list[dict[str, Any]]:
        """The questions that have a text; without a key where one is no longer the same."""
        found = [form.cleaned_data for form in self.forms if form.cleaned_data.get("text")]
        return [_as_asked(question) for question in found]

    def show_as_typed(self) -> None:
        """Show the questions without saying what is wrong with them."""
        for form in self.forms:
            form._errors, form.cleaned_data = ErrorDict(), {}  # noqa: SLF001 - nothing is checked
        self._errors, self._non_form_errors = [], self.error_class()

    def must_decide(self) -> list[int]:
        """The numbers, from 1, of the questions that somebody must decide about."""
        return [at for at, form in enumerate(self.forms, start=1) if form.must_decide]

    def problems(self) -> list[tuple[str, str]]:
        """(id of the field, what is wrong) for the list above the form."""
        found = []
        for number, form in enumerate(self.forms, start=1):
            for name, errors in form.errors.items():
                words = gettext("Question %(number)s") % {"number": number}
                found += [(form[name].id_for_label, f"{words}: {error}") for error in errors]
        return found

    def clean(self) -> None:
        """At least one question."""
        if not any(self.errors) and not self.questions():
            raise forms.ValidationError(_("Add at least one question."))


def _as_asked(question: dict[str, Any]) -> dict[str, Any]:
    """Ends belong to scales alone."""
    is_scale = question["kind"] in SCALES
    return {
        **question,
        "key": None if question["meaning"] == NEW else question["key"],
        "low": question["low"] if is_scale else "",
        "high": question["high"] if is_scale else "",
    }


QuestionFormSet = cast(
    "type[BaseQuestionFormSet]",
    forms.formset_factory(
        QuestionForm, formset=BaseQuestionFormSet, extra=0, max_num=MOST_QUESTIONS
    ),
)


def question_forms(
    data: QueryDict | None, item: SurveyPlanItem, *, initial: list[dict[str, Any]] | None = None
) -> BaseQuestionFormSet:
    """The questions of a survey as a form of rows."""
    wording = {"wording": wording_of(item)}
    return QuestionFormSet(data, prefix=PREFIX, initial=initial, form_kwargs=wording)


class ToldUsForm(NoticesChanges, forms.Form):
    """What was heard, and what changes."""

    text = LinesField(
        label=_("What you told us, what we are changing"),
        help_text=_("Everybody who was asked gets a mail and can read this."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
    )
