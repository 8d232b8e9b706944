"""The order in which a pair talks about its topics."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.changes import NoticesChanges
from meetings.domain import subjects
from pairings.models import Pairing
from programs.models import Topic


class TopicsForm(NoticesChanges, forms.Form):
    """A topic of the program for each session that has not begun."""

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        self.begun = subjects.begun_topics(pairing)
        ahead = [topic for topic in subjects.topics_in_order(pairing) if topic not in self.begun]
        self.numbers = range(1, subjects.places(pairing) - len(self.begun) + 1)
        chosen = dict(zip(self.numbers, ahead, strict=False))
        initial = {f"topic_{number}": topic.pk for number, topic in chosen.items()}
        super().__init__(*args, initial=initial, **kwargs)

        self.topics = {str(topic.pk): topic for topic in pairing.program.topics.all()}
        for number in self.numbers:
            self.fields[f"topic_{number}"] = forms.TypedChoiceField(
                label=_("Topic %(number)d") % {"number": len(self.begun) + number},
                choices=self._choices(),
                coerce=self.topics.get,
                empty_value=None,
                required=False,
            )

    def _choices(self) -> list[tuple[str, Any]]:
        """The topics by group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, topic in self.topics.items():
            if topic not in self.begun:
                groups.setdefault(topic.category, []).append((key, topic.name))
        return [("", gettext_lazy("No topic")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        """No topic twice; the error stands at the second one."""
        data = super().clean() or {}
        seen: set[Topic] = set()
        for number in self.numbers:
            topic = data.get(f"topic_{number}")
            if topic in seen:
                self.add_error(f"topic_{number}", _("You have chosen this topic already."))
            if topic is not None:
                seen.add(topic)
        return data

    def chosen(self) -> list[Topic]:
        """The topics in their order."""
        values = [self.cleaned_data[f"topic_{number}"] for number in self.numbers]
        return [topic for topic in values if topic is not None]
