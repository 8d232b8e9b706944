"""Forms of goals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.changes import NoticesChanges
from common.fields import LineField, LinesField, NumberField
from goals.domain.goals import NOTE_LENGTH
from goals.domain.helper import KINDS, STATEMENT_LENGTH
from goals.domain.measures import LEAST, MOST, NOT_YET, YES, in_words
from goals.domain.plans import MOST_MILESTONES, Plan, Step
from goals.enums import Confidence, GoalState, MeasureKind
from goals.models import Goal
from programs.models import EnrolmentTopic, Topic

LEAST_STEPS = 3
DIGITS: Any = {"max_digits": 12, "decimal_places": 2}
BIG = {"class": "form-check-input"}


class WantForm(forms.Form):
    """The first page of the helper."""

    want = LineField(label=gettext_lazy("I want to …"), max_length=STATEMENT_LENGTH)
    kind = forms.ChoiceField(
        label=gettext_lazy("How will you notice that you are getting there?"),
        widget=forms.RadioSelect(attrs=BIG),
        choices=[(kind.key, kind.name) for kind in KINDS],
    )
    topic = forms.ModelChoiceField(
        queryset=Topic.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, topics: QuerySet[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]


class GoalForm(NoticesChanges, forms.Form):
    """The goal and its milestones. A draft needs only the statement."""

    statement = LinesField(
        label=gettext_lazy("I want to …"),
        max_length=STATEMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say what you want to reach.")},
    )
    measure = LineField(
        label=gettext_lazy("What tells you that you are getting there?"),
        max_length=200,
        help_text=gettext_lazy("Something you can see, such as “Posts I write myself”."),
        error_messages={"required": gettext_lazy("Say what tells you that you are getting there.")},
    )
    unit = LineField(
        label=gettext_lazy("Unit"),
        max_length=40,
        required=False,
    )
    baseline = NumberField(
        label=gettext_lazy("Today"),
        **DIGITS,
        error_messages={"required": gettext_lazy("Say where you are today.")},
    )
    target = NumberField(
        label=gettext_lazy("Target"),
        **DIGITS,
        error_messages={"required": gettext_lazy("Say where you want to be.")},
    )
    due_on = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Say until when.")},
    )
    topic = forms.ModelChoiceField(
        label=gettext_lazy("Topic"),
        queryset=Topic.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    private = forms.BooleanField(
        label=gettext_lazy("Only for me"),
        required=False,
        help_text=gettext_lazy("Then not even the other one of your pair sees it."),
    )

    def __init__(
        self,
        *args: Any,
        steps: list[dict[str, Any]],
        topics: QuerySet[Topic],
        draft: bool,
        measure_kind: str = MeasureKind.NUMBER,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.measure_kind = measure_kind
        self.stored_steps = [] if self.stored is not None else steps  # none of a new goal
        self.steps = step_forms(self.data if self.is_bound else None, steps)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        self._ask_for_values()
        for name in ("measure", "baseline", "target", "due_on"):
            if name in self.fields:
                self.fields[name].required = not draft

    def _ask_for_values(self) -> None:
        """Numbers; the steps of a scale; or nothing for a yes or no, which begins at not yet."""
        if self.measure_kind == MeasureKind.NUMBER:
            return
        del self.fields["unit"]
        for name in ("baseline", "target"):
            if self.measure_kind == MeasureKind.YES_NO:
                del self.fields[name]
            else:
                self.fields[name] = _choice_of_values(self.fields[name], self.measure_kind)

    def is_valid(self) -> bool:
        """The goal and all its milestones are."""
        steps_are_valid = self.steps.is_valid()
        return super().is_valid() and steps_are_valid

    def also_stored(self) -> dict[str, tuple[Any, list[str]]]:
        """The milestones."""
        lines = [_step_line(step) for step in self.stored_steps]
        return {"steps": (_("Steps"), lines)}

    def plan(self) -> Plan:
        """What was written, for the domain."""
        data = self.cleaned_data
        return Plan(**data, measure_kind=self.measure_kind, steps=steps_of(self.steps))


def _step_line(step: dict[str, Any]) -> str:
    """A stored milestone as one reads it."""
    day = step.get("due_on")
    return f"{step['title']} ({date_format(day, _('D j M Y'))})" if day else str(step["title"])


class StepForm(forms.Form):
    """One milestone."""

    public_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = LineField(
        label=gettext_lazy("Step"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    due_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
    )

    def clean(self) -> dict[str, Any]:
        """A date needs its step; one that has been emptied goes with its date."""
        data = super().clean() or self.cleaned_data
        if data.get("due_on") and not data.get("title") and not data.get("public_id"):
            self.add_error("title", _("Say what is to be done by then."))
        return data


def step_forms(data: Any, rows: list[dict[str, Any]]) -> forms.BaseFormSet[StepForm]:
    """The milestones as fields, with room for one more, and for three in all at least."""
    spare = max(LEAST_STEPS - len(rows), 1)
    factory = forms.formset_factory(
        StepForm, extra=spare, max_num=MOST_MILESTONES, absolute_max=2 * MOST_MILESTONES
    )
    return factory(data, prefix="steps", initial=rows)


def steps_of(formset: forms.BaseFormSet[StepForm]) -> list[Step]:
    """The milestones that were written."""
    steps = []
    for form in formset.forms:
        row = form.cleaned_data
        if row.get("title"):
            steps.append(Step(row["title"], row.get("due_on"), row.get("public_id")))
    return steps


def topics_for(pairing: Any) -> QuerySet[Topic]:
    """The topics that either of the pair chose, or those of the program."""
    enrolments = [pairing.mentor_enrolment_id, pairing.mentee_enrolment_id]
    chosen = EnrolmentTopic.objects.filter(enrolment__in=enrolments)
    if chosen.exists():
        topics = Topic.objects.filter(pk__in=chosen.values("topic"))
    else:
        topics = Topic.objects.filter(programs=pairing.program)
    return topics.order_by("name", "pk")


def _choice_of_values(field: forms.Field, measure_kind: str, **options: Any) -> forms.Field:
    """The same question with the values that a scale, or a yes or no, has."""
    values = [NOT_YET, YES]
    if measure_kind == MeasureKind.SCALE:
        values = [Decimal(number) for number in range(LEAST, MOST + 1)]
    choices = [(str(value), in_words(measure_kind, value, "").capitalize()) for value in values]
    return forms.TypedChoiceField(
        label=field.label,
        coerce=Decimal,
        empty_value=None,
        choices=choices,
        error_messages={"required": field.error_messages["required"]},
        **options,
    )


class CheckInForm(forms.Form):
    """How it goes. The one who does not own the goal has the note alone."""

    value = NumberField(required=False, **DIGITS)
    confidence = forms.TypedChoiceField(
        label=gettext_lazy("How sure are you that you will get there?"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=Confidence.choices,
        widget=forms.RadioSelect(attrs=BIG),
    )
    note = LinesField(
        required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, goal: Goal, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_choices = goal.measure_kind != MeasureKind.NUMBER
        if reader.pk == goal.owner_id:
            self._ask_owner(goal)
        else:
            self._ask_partner()

    def _ask_owner(self, goal: Goal) -> None:
        self.fields["value"].label = f"{goal.measure}, {_('now')}"
        self.fields["value"].help_text = goal.unit
        if self.has_choices:
            radio = forms.RadioSelect(attrs=BIG)
            self.fields["value"] = _choice_of_values(
                self.fields["value"], goal.measure_kind, required=False, widget=radio
            )
        self.fields["note"].label = _("How does it go?")

    def _ask_partner(self) -> None:
        del self.fields["value"]
        del self.fields["confidence"]
        self.fields["note"].label = _("Your comment")
        self.fields["note"].required = True


class CloseForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end?"), widget=forms.RadioSelect(attrs=BIG)
    )
    reflection = LinesField(
        label=gettext_lazy("What do you take from it?"),
        help_text=gettext_lazy("What helped, what was in the way, what you do from now on."),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = _outcomes(goal)  # type: ignore[attr-defined]


def _outcomes(goal: Goal) -> list[tuple[str, str]]:
    """How a goal may end; a draft can only be dropped."""
    dropped = (GoalState.DROPPED, _("Dropped: something else matters more now"))
    if goal.state == GoalState.DRAFT:
        return [dropped]
    return [
        (GoalState.MET, _("Met: I got there")),
        (GoalState.PARTLY, _("Partly met: I got some of the way")),
        (GoalState.NOT_MET, _("Not met: the time is over")),
        dropped,
    ]
