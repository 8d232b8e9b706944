"""Forms of matching, offers, agreements and pauses. (Sessions: session_forms.py.)"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pairings.domain.agreements import FIELDS, Additions
from pairings.domain.matching_input import WEIGHED, weights_of
from pairings.enums import PairingState, RuleKind
from pairings.wording import COMPONENT_MEANING, COMPONENT_NAMES
from programs.enums import Objective
from programs.models import Program


class WeightsForm(forms.Form):
    """What counts in a match, and how much. Only the relation of the numbers matters."""

    objective = forms.ChoiceField(
        label=_("What to aim for"),
        choices=[
            (Objective.PARTICIPATION, _("As many pairs as possible, and then the best total fit")),
            (Objective.SCORE, _("The best total fit, even if fewer people get a partner")),
        ],
        widget=forms.RadioSelect,
    )
    floor = forms.BooleanField(
        label=_("Make the weakest match as good as it can be"),
        help_text=_("Goes with “as many pairs as possible”. It may cost the others a little."),
        required=False,
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        now: dict[str, Any] = {**weights_of(program), "objective": program.objective, "floor": program.floor}
        super().__init__(*args, initial=now, **kwargs)
        for name in WEIGHED:
            self.fields[name] = forms.IntegerField(
                label=COMPONENT_NAMES[name],
                help_text=COMPONENT_MEANING[name],
                min_value=0,
                max_value=100,
                widget=forms.NumberInput(attrs={"step": 1, "inputmode": "numeric"}),
            )

    def weight_fields(self) -> list[forms.BoundField]:
        """The numbers, in the order of the components."""
        return [self[name] for name in WEIGHED]

    def weights(self) -> dict[str, int]:
        """The number of each component."""
        return {name: self.cleaned_data[name] for name in WEIGHED}


class ListForm(forms.Form):
    """A GET form over a list. What it does not understand, it ignores: an address from a mail must not break a page."""

    q = forms.CharField(label=_("Search by name"), required=False, max_length=100)

    def value(self, name: str) -> str:
        """What was asked for, or an empty text."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class ProposalListForm(ListForm):
    """Over the pairs of a run."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All pairs")),
            ("warnings", _("With something to look at")),
            ("pinned", _("Pinned")),
            ("refused", _("Not published")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Best fit first")),
            ("weakest", _("Weakest fit first")),
            ("mentor", _("Mentor’s name")),
            ("mentee", _("Mentee’s name")),
        ],
    )


class UnmatchedListForm(ListForm):
    """Over the people whom a run could not place."""

    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("Both")), ("mentor", _("Mentors")), ("mentee", _("Mentees"))]
    )
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[("", _("Name")), ("role", _("Role"))])


class PairingListForm(ListForm):
    """Over the pairs of a program."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *PairingState.choices])
    signed = forms.ChoiceField(
        label=_("Agreement"), required=False, choices=[("", _("All")), ("yes", _("Signed")), ("no", _("Not signed yet"))]
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Mentor’s name")),
            ("mentee", _("Mentee’s name")),
            ("held", _("Fewest sessions first")),
            ("newest", _("Newest first")),
        ],
    )


class RuleForm(forms.Form):
    """Pin or forbid a mentor and a mentee, named by their enrolments' public ids."""

    mentor = forms.UUIDField(widget=forms.HiddenInput)
    mentee = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=RuleKind.choices, widget=forms.HiddenInput)


class AgreementForm(forms.Form):
    """What the pair adds to the program's text."""

    boundaries = forms.CharField(
        label=_("What we leave out"),
        help_text=_("Topics that stay outside, and what is all right to ask."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    confidentiality = forms.CharField(
        label=_("What stays between us"),
        help_text=_("What may be passed on, to whom, and what never."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    cadence = forms.CharField(
        label=_("How often and how long"),
        help_text=_("And what you do when something comes up."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )
    channel = forms.CharField(
        label=_("Where we meet and write"),
        help_text=_("A room, a video call, a walk; mail or chat in between."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )
    sign_it = forms.BooleanField(label=_("Sign this version as well"), required=False, initial=True)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def additions(self) -> Additions:
        """As the domain takes them."""
        return Additions(**{name: self.cleaned_data[name] for name in FIELDS})


class EndForm(forms.Form):
    """Ending a pair is for good, so it is said twice."""

    sure = forms.BooleanField(
        label=_("Yes, end this pair for good"),
        error_messages={"required": _("Tick the box if you want to end this pair.")},
    )
