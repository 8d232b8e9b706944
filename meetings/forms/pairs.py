"""Forms of the list of pairs, and of ending one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pairings.enums import PairingState
from programs.forms.sides import ProgramListForm


class PairingListForm(ProgramListForm):
    """Over the pairs of a program."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *PairingState.choices]
    )
    signed = forms.ChoiceField(
        label=_("Agreement"),
        required=False,
        choices=[("", _("All")), ("yes", _("Signed")), ("no", _("Not signed yet"))],
    )
    need = forms.ChoiceField(
        label=_("Needs attention"),
        required=False,
        choices=[
            ("", _("All")),
            ("first_session", _("No first session yet")),
            ("no_date", _("No session booked")),
            ("signatures", _("Agreement not signed")),
            ("called_off", _("Sessions were called off repeatedly")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("By {mentor}")),
            ("mentee", _("By {mentee}")),
            ("held", _("Fewest sessions first")),
            ("newest", _("Newest first")),
        ],
    )


class EndForm(forms.Form):
    """Ending a pair is for good, so it is said twice."""

    sure = forms.BooleanField(
        label=_("Yes, end this pair for good"),
        error_messages={"required": _("Tick the box if you want to end this pair.")},
    )
