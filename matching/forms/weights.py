"""The form that sets what a run of matching aims for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.changes import NoticesChanges
from common.text import whole_number
from matching.domain.run_settings import weights_of
from matching.solver import COMPONENTS
from matching.wording.scores import COMPONENT_ENDS, COMPONENT_MEANING
from pairings.wording import COMPONENT_NAMES
from programs.enums import Objective
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


class WeightsForm(NoticesChanges, forms.Form):
    """What counts in a match, and how much: only the relation of the weights matters."""

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
        help_text=_("No pair with a lower fit is made, except pinned pairs. 0 means no limit."),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"step": 1, "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        present: dict[str, Any] = {
            **weights_of(program),
            "objective": program.objective,
            "floor": "on" if program.floor else "off",
            "minimum": round(program.minimum_score / 100),
        }
        super().__init__(*args, initial=present, **kwargs)
        for name in COMPONENTS:
            self.fields[name] = _weight_field(name)

    def clean_minimum(self) -> int | None:
        """In basis points; None where the field was left out."""
        points = self.cleaned_data["minimum"]
        return None if points is None else points * 100

    def aims(self) -> list[dict[str, Any]]:
        """The two aims as cards: radio button, title, sentence."""
        return _cards(self["objective"], [sentence for _title, sentence in AIMS.values()])

    def floors(self) -> list[dict[str, Any]]:
        """With and without floor, as cards."""
        return _cards(self["floor"], [sentence for _title, sentence in FLOORS.values()])

    def sliders(self) -> list[dict[str, Any]]:
        """Each weight with what its ends mean, and its present share of the score in percent."""
        values = {name: _number(self[name].value()) for name in COMPONENTS}
        total = sum(values.values())
        sliders = []
        for name, value in values.items():
            least, most = COMPONENT_ENDS[name]
            share = round(100 * value / total) if total else 0
            sliders.append({"field": self[name], "least": least, "most": most, "share": share})
        return sliders

    def weights(self) -> dict[str, int]:
        """The number of each component."""
        return {name: self.cleaned_data[name] for name in COMPONENTS}


def _weight_field(name: str) -> forms.IntegerField:
    described_by = f"id_{name}_meaning id_{name}_ends"
    attributes = {"step": 1, "class": "form-range", "aria-describedby": described_by}
    return forms.IntegerField(
        label=COMPONENT_NAMES[name],
        help_text=COMPONENT_MEANING[name],
        min_value=0,
        max_value=100,
        widget=RangeInput(attrs=attributes),
    )


def _cards(field: forms.BoundField, sentences: list[Any]) -> list[dict[str, Any]]:
    return [
        {"radio": radio, "sentence": sentence}
        for radio, sentence in zip(field, sentences, strict=True)
    ]


def _number(value: Any) -> int:
    """The value as a number from 0 to 100; 0 for anything else."""
    return min(100, whole_number(str(value)) or 0)
