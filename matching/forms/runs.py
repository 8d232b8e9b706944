"""Forms of match runs: what to aim for, the lists, and changes by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matching.domain.run_settings import weights_of
from matching.enums import AlternativeKind, RuleKind
from matching.solver import COMPONENTS
from matching.wording.scores import COMPONENT_ENDS, COMPONENT_MEANING
from pairings.wording import COMPONENT_NAMES, WARNINGS
from programs.enums import Objective
from programs.forms.sides import ProgramListForm
from programs.models import Program


class RangeInput(forms.NumberInput):
    """A slider."""

    input_type = "range"


AIMS = {
    Objective.PARTICIPATION: (
        _("As many people as possible"),
        _("Everybody who can have a partner gets one, even where the fit is only fair."),
    ),
    Objective.SCORE: (
        _("The best total fit"),
        _("The pairs that fit best together, even if fewer people get a partner."),
    ),
}


FLOORS = {
    "on": (
        _("The weakest match as good as it can be"),
        _(
            "First nobody gets a poor match if that can be avoided; then the total is made as "
            "good as it can be."
        ),
    ),
    "off": (
        _("The best total at once"),
        _("A few may get a weak match where that helps all the others."),
    ),
}


class WeightsForm(forms.Form):
    """What counts in a match, and how much. Only the relation of the numbers matters."""

    objective = forms.ChoiceField(
        label=_("What to aim for"),
        choices=[(aim, title) for aim, (title, _sentence) in AIMS.items()],
        widget=forms.RadioSelect,
    )
    floor = forms.TypedChoiceField(
        label=_("And among those ways"),
        choices=[(value, title) for value, (title, _sentence) in FLOORS.items()],
        coerce=lambda value: value == "on",
        empty_value=False,
        widget=forms.RadioSelect,
        required=False,
    )
    minimum = forms.IntegerField(
        label=_("Smallest fit of a pair, from 0 to 100"),
        help_text=_("No pair below it is made; pins hold even so. 0 is no limit."),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"step": 1, "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        now: dict[str, Any] = {
            **weights_of(program),
            "objective": program.objective,
            "floor": "on" if program.floor else "off",
            "minimum": round(program.minimum_score / 100),
        }
        super().__init__(*args, initial=now, **kwargs)
        for name in COMPONENTS:
            self.fields[name] = forms.IntegerField(
                label=COMPONENT_NAMES[name],
                help_text=COMPONENT_MEANING[name],
                min_value=0,
                max_value=100,
                widget=RangeInput(
                    attrs={
                        "step": 1,
                        "class": "form-range",
                        "aria-describedby": f"id_{name}_meaning id_{name}_ends",
                    }
                ),
            )

    def clean_minimum(self) -> int | None:
        """In basis points; None where it was not asked."""
        points = self.cleaned_data["minimum"]
        return None if points is None else points * 100

    def aims(self) -> list[dict[str, Any]]:
        """The two aims as cards: radio button, title, sentence."""
        return _cards(self["objective"], [sentence for _title, sentence in AIMS.values()])

    def floors(self) -> list[dict[str, Any]]:
        """With and without floor, as cards."""
        return _cards(self["floor"], [sentence for _title, sentence in FLOORS.values()])

    def sliders(self) -> list[dict[str, Any]]:
        """Each weight with what its ends mean, and its share of the score as it stands."""
        values = {name: _number(self[name].value()) for name in COMPONENTS}
        total = sum(values.values())
        return [
            {
                "field": self[name],
                "least": COMPONENT_ENDS[name][0],
                "most": COMPONENT_ENDS[name][1],
                "share": round(100 * values[name] / total) if total else 0,
            }
            for name in COMPONENTS
        ]

    def weights(self) -> dict[str, int]:
        """The number of each component."""
        return {name: self.cleaned_data[name] for name in COMPONENTS}


def _cards(field: forms.BoundField, sentences: list[Any]) -> list[dict[str, Any]]:
    return [
        {"radio": radio, "sentence": sentence}
        for radio, sentence in zip(field, sentences, strict=True)
    ]


def _number(value: Any) -> int:
    """What was typed, as far as it is a number from 0 to 100."""
    text = str(value)
    return min(100, int(text)) if text.isdecimal() else 0


class ProposalListForm(ProgramListForm):
    """Over the pairs of a run."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All pairs")),
            ("warnings", _("With something to look at")),
            ("pinned", _("Pinned")),
            ("by_hand", _("Changed by hand")),
            ("refused", _("Not published")),
        ],
    )
    warning = forms.ChoiceField(
        label=_("Look at"), required=False, choices=[("", _("Everything")), *WARNINGS.items()]
    )
    department = forms.CharField(
        label=_("Department"), required=False, max_length=200, widget=forms.Select
    )
    below = forms.IntegerField(
        label=_("Fit below"),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Best fit first")),
            ("weakest", _("Weakest fit first")),
            ("mentor", _("Name of the {mentor}")),
            ("mentee", _("Name of the {mentee}")),
        ],
    )

    def offer_departments(self, names: Iterable[str]) -> None:
        """What may be chosen; any other name in an address finds nothing."""
        widget = self.fields["department"].widget
        widget.choices = [
            ("", _("All")),
            *((name, name) for name in sorted(names, key=str.casefold)),
        ]


class UnmatchedListForm(ProgramListForm):
    """Over the people whom a run could not place."""

    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("Both")), ("mentor", _("{Mentors}")), ("mentee", _("{Mentees}"))],
    )
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("", _("Name")), ("role", _("Role"))]
    )


class RuleForm(forms.Form):
    """Pin or forbid a mentor and a mentee, named by their enrolments' public ids."""

    mentor = forms.UUIDField(widget=forms.HiddenInput)
    mentee = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=RuleKind.choices, widget=forms.HiddenInput)


class ChangeForm(forms.Form):
    """An alternative to make true, and the pair that the page showed, by public ids."""

    kind = forms.ChoiceField(choices=AlternativeKind.choices)
    mentor = forms.UUIDField()
    other = forms.UUIDField(required=False)
    shown_mentor = forms.UUIDField()
    shown_mentee = forms.UUIDField()


class UndoForm(forms.Form):
    """Which change by hand to undo, by its public id."""

    change = forms.UUIDField()
