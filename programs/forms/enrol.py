"""The enrolment pages.

A `draft` is what is saved while somebody types: nothing is required of it yet.
"""

from __future__ import annotations

import re
from secrets import token_hex
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.changes import digest
from common.fields import LineField, LinesField
from programs.domain import avoidances, wishes
from programs.forms.people import PicksPeople
from programs.models import Enrolment, Topic

LEVELS = (
    (1, _("1: I know the basics")),
    (2, _("2: I use it now and then")),
    (3, _("3: I use it all the time")),
    (4, _("4: others come to me with questions")),
    (5, _("5: I could give a talk about it")),
)
STANDING = (
    (1, _("1: new to me")),
    (2, _("2")),
    (3, _("3: I get by")),
    (4, _("4")),
    (5, _("5: I could explain it")),
)
ORDINALS = (
    _("First choice"),
    _("Second choice"),
    _("Third choice"),
    _("Fourth choice"),
    _("Fifth choice"),
)


PAGE = re.compile("[0-9a-f]{32}")
CHANGED_ELSEWHERE = _(
    "These answers were changed in another window. Open this page there or in a new window to "
    "compare. To replace them with what stands here, press Save."
)


class AnswerForm(forms.Form):
    """A page of somebody's enrolment.

    `answers()` is what `programs.domain.enrolment.save_step` takes.
    """

    title: Any = ""
    short_title: Any = ""

    def __init__(
        self, *args: Any, enrolment: Enrolment, draft: bool = False, **kwargs: Any
    ) -> None:
        self.enrolment = enrolment
        self.draft = draft
        self.left_out: list[str] = []  # what a draft could not take, in words
        super().__init__(*args, **kwargs)
        self.build()
        if draft:
            for field in self.fields.values():
                field.required = False

    def build(self) -> None:
        """Add the fields that depend on the program, and what was answered before."""

    @property
    def page(self) -> str:
        """A name of its own for each page that is opened; it comes back with what it sends."""
        sent = str(self.data.get("page", "")) if self.is_bound else ""
        return sent if PAGE.fullmatch(sent) else token_hex(16)

    @property
    def seen(self) -> str:
        """What is stored, as a few letters: the page shows it, and sends it back."""
        return digest([f"{name}: {field.initial}" for name, field in self.fields.items()])

    def was_changed_elsewhere(self) -> bool:
        """Whether another page has changed the answers since this one was opened or saved."""
        sent = self.data.get("seen", "")
        is_own = self.enrolment.saved_from == self.data.get("page", "")
        return bool(sent) and sent != self.seen and not is_own

    def _clean_form(self) -> None:
        """Nothing that another page has saved is replaced unseen."""
        super()._clean_form()  # type: ignore[misc]
        if self.was_changed_elsewhere():
            self.add_error(None, forms.ValidationError(CHANGED_ELSEWHERE))

    def add_error(self, field: str | None, error: Any) -> None:
        """In a draft a wrong or half-typed field keeps its saved value; the others are saved."""
        if not self.draft or field is None:
            super().add_error(field, error)
            return
        text = " ".join(getattr(error, "messages", [str(error)]))
        self.left_out.append(f"{self.fields[field].label}: {text}")
        self.cleaned_data[field] = self.fields[field].initial

    def program_topics(self) -> list[Topic]:
        """The topics of the program, by group."""
        return list(self.enrolment.program.topics.order_by("category", "name"))

    def answers(self) -> dict[str, Any]:
        """The clean answers."""
        raise NotImplementedError


class TopicsForm(AnswerForm):
    """Mentors, 1: what I can teach."""

    title = _("What can you teach?")
    short_title = _("What I can teach")

    def build(self) -> None:
        """A choice of level for each topic."""
        levels = {choice.topic_id: choice.level for choice in self.enrolment.topic_choices.all()}
        choices = [("", _("Not my topic")), *LEVELS]
        self.topics = self.program_topics()
        for topic in self.topics:
            self.fields[f"topic_{topic.pk}"] = forms.TypedChoiceField(
                label=topic.name,
                required=False,
                coerce=int,
                empty_value=0,
                choices=choices,
                initial=levels.get(topic.pk, ""),
            )

    def groups(self) -> list[tuple[str, list[Any]]]:
        """(category, fields) for the page."""
        groups: dict[str, list[Any]] = {}
        for topic in self.topics:
            groups.setdefault(topic.category, []).append(self[f"topic_{topic.pk}"])
        return list(groups.items())

    def clean(self) -> dict[str, Any]:
        """At least one topic."""
        data = super().clean() or {}
        levels = [data.get(f"topic_{topic.pk}") for topic in self.topics]
        if not self.draft and not any(levels):
            raise forms.ValidationError(
                _("Choose at least one topic that you can teach. A level of 1 is enough.")
            )
        return data

    def answers(self) -> dict[str, Any]:
        """{levels}"""
        levels = {topic.pk: self.cleaned_data.get(f"topic_{topic.pk}", 0) for topic in self.topics}
        return {"levels": levels}


class ReturnForm(AnswerForm):
    """Mentors, 2: what I want in return."""

    title = _("What do you want in return?")
    short_title = _("What I want in return")
    in_return = LinesField(
        label=_("What would make this worth your time?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
        help_text=_(
            "How decisions are made, somebody to ask for advice, a view of another department …"
        ),
    )

    def build(self) -> None:
        """What was said before."""
        self.fields["in_return"].initial = self.enrolment.in_return

    def answers(self) -> dict[str, Any]:
        """{in_return}"""
        return {"in_return": self.cleaned_data["in_return"]}


class BoundariesForm(PicksPeople, AnswerForm):
    """Both: what is off limits, and whom to avoid."""

    picks = "avoid"

    title = _("What is off limits, and whom would you rather not meet?")
    short_title = _("What is off limits")
    off_limits = LinesField(
        label=_("What do you not want to talk about?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    avoid = forms.MultipleChoiceField(
        label=_("People you would rather not be paired with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    find = LineField(
        label=_("Find somebody by name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def build(self) -> None:
        """The people kept so far, and those found or ticked now."""
        self.fields["off_limits"].initial = self.enrolment.off_limits
        self.offer(asker=self.enrolment.person, kept=avoidances.avoided_by(self.enrolment.person))

    def answers(self) -> dict[str, Any]:
        """{off_limits, avoid}"""
        return {"off_limits": self.cleaned_data["off_limits"], "avoid": self.picked()}


class WishForm(PicksPeople, AnswerForm):
    """Both, if they like: with whom one would like to be matched."""

    title = _("Is there somebody you would like to be matched with?")
    short_title = _("Whom I would like to be matched with")
    picks = "wish"
    wish = forms.MultipleChoiceField(
        label=_("People you would like to be matched with"), required=False
    )
    find = LineField(label=_("Find somebody by name"), max_length=100, required=False)

    def build(self) -> None:
        """The people kept so far, and those found or ticked now."""
        self.offer(asker=self.enrolment.person, kept=wishes.wished_by(self.enrolment))

    def answers(self) -> dict[str, Any]:
        """{wish}"""
        return {"wish": self.picked()}


class WantsForm(AnswerForm):
    """Mentees, 1: what I want to understand and why, and the topics in order."""

    title = _("What do you want to understand, and why?")
    short_title = _("What I want to understand")
    what_for = LinesField(
        label=_("What would you like to understand better, and what for?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_("Two sentences are enough. “I decide about X and have never used it myself.”"),
        error_messages={"required": _("Write a sentence: whoever teaches you begins with it.")},
    )

    def build(self) -> None:
        """Up to five choices of topic."""
        self.fields["what_for"].initial = self.enrolment.what_for
        before = {choice.priority: choice.topic_id for choice in self.enrolment.topic_choices.all()}
        topics = self.program_topics()
        choices = self._choices(topics)
        self.choice_names = []
        for priority, label in enumerate(ORDINALS[: len(topics)], start=1):
            name = f"choice_{priority}"
            self.choice_names.append(name)
            self.fields[name] = self._choice_field(
                label, choices, before.get(priority), required=priority == 1
            )

    def _choice_field(
        self, label: Any, choices: list[Any], topic: int | None, *, required: bool
    ) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=label,
            required=required,
            coerce=int,
            empty_value=None,
            choices=choices,
            initial=topic or "",
            error_messages={"required": _("Choose the topic that matters most to you.")},
        )

    def _choices(self, topics: list[Topic]) -> list[Any]:
        """No topic, or one of the program, group by group."""
        groups: dict[str, list[tuple[int, str]]] = {}
        for topic in topics:
            groups.setdefault(topic.category, []).append((topic.pk, topic.name))
        return [("", _("–")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        """Nothing twice."""
        data = super().clean() or {}
        if self.draft:
            return data
        seen: set[int] = set()
        for name in self.choice_names:
            topic = data.get(name)
            if topic in seen:
                self.add_error(name, _("You have chosen this topic above already."))
            if topic:
                seen.add(topic)
        return data

    def answers(self) -> dict[str, Any]:
        """{what_for, priorities}"""
        chosen = [self.cleaned_data.get(name) for name in self.choice_names]
        return {
            "what_for": self.cleaned_data["what_for"],
            "priorities": [topic for topic in chosen if topic],
        }


class TodayForm(AnswerForm):
    """Mentees, 2: where I stand today."""

    title = _("Where do you stand today?")
    short_title = _("Where I stand today")

    def build(self) -> None:
        """A scale for each topic; the chosen topics come first and need an answer."""
        topics = {topic.pk: topic for topic in self.program_topics()}
        chosen = [choice.topic_id for choice in self.enrolment.topic_choices.all()]
        self.wanted = [pk for pk in chosen if pk in topics]
        self.others = [pk for pk in topics if pk not in self.wanted]
        values = self.enrolment.baseline()
        for pk in (*self.wanted, *self.others):
            self.fields[f"topic_{pk}"] = self._scale(
                topics[pk], values.get(pk), required=pk in self.wanted
            )

    def _scale(self, topic: Topic, value: int | None, *, required: bool) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=topic.name,
            required=required,
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            choices=STANDING,
            initial=value,
            error_messages={"required": _("Choose a number. A guess is fine.")},
        )

    def chosen_fields(self) -> list[Any]:
        """Those that need an answer."""
        return [self[f"topic_{pk}"] for pk in self.wanted]

    def other_fields(self) -> list[Any]:
        """The rest."""
        return [self[f"topic_{pk}"] for pk in self.others]

    def answers(self) -> dict[str, Any]:
        """{ratings}"""
        topics = (*self.wanted, *self.others)
        return {"ratings": {pk: self.cleaned_data.get(f"topic_{pk}") for pk in topics}}
