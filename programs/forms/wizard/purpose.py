"""The step about purpose, topics and the words for the two sides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms.person_field import PersonField
from common.fields import LineField, LinesField
from programs.forms.wizard.base import StepForm
from programs.models import Topic


class PurposeForm(StepForm):
    """What it is for, what it is about, what people are called."""

    step = "purpose"
    name = LineField(label=_("Name of the program"), max_length=120)
    purpose = LinesField(
        label=_("Purpose"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_(
            "Everybody who is invited reads this on the first page, and in the invitation too if "
            "there is no text of its own for it below."
        ),
    )
    invitation = LinesField(
        label=_("Invitation in the sponsor's words"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=4000,
        required=False,
        help_text=_(
            "Stands in the invitation instead of the purpose. The mail adds the greeting, what to "
            "do, until when, and the sponsor's name."
        ),
    )
    sponsor = PersonField(
        label=_("Name of the sponsor"),
        required=False,
        help_text=_(
            "Somebody senior who stands behind the program. Named in the invitation; gets no "
            "rights here."
        ),
    )
    mentor_label = LineField(
        label=_("One who teaches is called"),
        max_length=40,
        help_text=_("The junior side: “mentor”, “guide” …"),
    )
    mentors_label = LineField(
        label=_("Several who teach are called"),
        max_length=40,
        help_text=_("“mentors”, “guides” …"),
    )
    mentee_label = LineField(
        label=_("One who learns is called"),
        max_length=40,
        help_text=_("The senior side: “mentee”, “learner” …"),
    )
    mentees_label = LineField(
        label=_("Several who learn are called"),
        max_length=40,
        help_text=_("“mentees”, “learners” …"),
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"),
        queryset=Topic.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one topic.")},
        required=False,
    )
    new_topic = LineField(label=_("Add a topic of our own"), max_length=120, required=False)
    new_category = LineField(
        label=_("Its group"),
        max_length=80,
        required=False,
        help_text=_("For instance “New technology”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = Topic.objects.filter(Q(program=None) | Q(program=self.program))
        topics_field: Any = self.fields["topics"]
        topics_field.queryset = topics.order_by("category", "name")

    def topic_groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """(category, boxes) for the page."""
        ticked = {str(getattr(value, "pk", value)) for value in self["topics"].value() or []}
        groups: dict[str, list[dict[str, Any]]] = {}
        topics_field: Any = self.fields["topics"]
        for topic in topics_field.queryset:
            box = {"topic": topic, "ticked": str(topic.pk) in ticked}
            groups.setdefault(topic.category, []).append(box)
        return list(groups.items())

    def stored_values(self) -> dict[str, Any]:
        """With the topics by id."""
        return {**super().stored_values(), "topics": list(self.program.topics.all())}

    def clean(self) -> dict[str, Any]:
        """At least one topic, old or new."""
        data = super().clean() or {}
        if not data.get("topics") and not data.get("new_topic", "").strip():
            self.add_error("topics", _("Choose at least one topic, or add one of your own below."))
        return data
