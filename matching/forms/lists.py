"""GET forms over the lists of matching. The state of each page is in its address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.fields import LineField
from common.lists import ListForm
from pairings.wording import WARNINGS
from programs.forms.sides import ProgramListForm

DIMENSION_CHOICES = [
    ("department", _("Department")),
    ("grade", _("Grade")),
    ("location", _("Place")),
]
WITH_ROLE = [*DIMENSION_CHOICES, ("role", _("Role"))]


class CompareForm(forms.Form):
    """Which two runs to compare. `runs` are (public id, words)."""

    first = forms.ChoiceField(label=_("First run"), required=False)
    second = forms.ChoiceField(label=_("Second run"), required=False)

    def __init__(self, *args: Any, runs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].choices = self.fields["second"].choices = runs  # type: ignore[attr-defined]


class ComparedPairsForm(ProgramListForm):
    """Over the pairs and people of two runs."""

    first = LineField(required=False, widget=forms.HiddenInput)
    second = LineField(required=False, widget=forms.HiddenInput)
    by = LineField(required=False, widget=forms.HiddenInput)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Pairs that only one of them has")),
            ("first", _("Pairs only in the first run")),
            ("second", _("Pairs only in the second run")),
            ("both", _("Pairs in both")),
            ("left_first", _("People left over only in the first run")),
            ("left_second", _("People left over only in the second run")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("By {mentee}")),
            ("mentor", _("By {mentor}")),
            ("best", _("Best fit first")),
            ("loss", _("Largest loss of fit first")),
        ],
    )


class GroupsForm(ListForm):
    """Over the groups of people that a run had to place."""

    by = forms.ChoiceField(label=pgettext_lazy("grouping", "By"), required=False, choices=WITH_ROLE)
    q = LineField(label=_("Search for a group"), required=False, max_length=100)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Most left over first")),
            ("name", _("Name")),
            ("people", _("Most people first")),
            ("fit", _("Weakest fit first")),
        ],
    )


class FlowsForm(ProgramListForm):
    """Over the flows behind a map."""

    by = LineField(required=False, widget=forms.HiddenInput)
    q = LineField(label=_("Search for a group"), required=False, max_length=100)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Most pairs first")),
            ("origin", _("Group of the {mentors}")),
            ("target", _("Group of the {mentees}")),
        ],
    )


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
    department = LineField(
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
            ("mentor", _("By {mentor}")),
            ("mentee", _("By {mentee}")),
        ],
    )

    def offer_departments(self, names: Iterable[str]) -> None:
        """Set the departments to choose from; another name in the address finds nothing."""
        widget = self.fields["department"].widget
        widget.choices = [
            ("", _("All")),
            *((name, name) for name in sorted(names, key=str.casefold)),
        ]


class UnmatchedListForm(ProgramListForm):
    """Over people without a partner."""

    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("Both")), ("mentor", _("{Mentors}")), ("mentee", _("{Mentees}"))],
    )
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("", _("Name")), ("role", _("Role"))]
    )
