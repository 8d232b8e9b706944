"""Forms of the pages about a program's messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.fields import LineField
from mentoring.messages.queries import STATES
from notifications import kinds
from notifications.delivery import webhooks
from notifications.enums import WEBHOOK_CHANNELS, Channel


def kind_choices() -> list[tuple[str, str]]:
    """The kinds that the page may show, by their names in the reader's language."""
    known = [(key, kinds.label_of(key)) for key in kinds.listed_keys()]
    return [("", str(_("All"))), *sorted(known, key=lambda pair: pair[1])]


class MessageFilterForm(forms.Form):
    """Which messages of a program are shown."""

    q = LineField(label=_("Name"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), ("trouble", _("Not arrived")), *STATES],
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("Way"), choices=[("", _("All")), *Channel.choices], required=False
    )


class WebhookForm(forms.Form):
    """A program's channel at Slack or Teams."""

    channel = forms.ChoiceField(
        label=_("Service"), choices=[(one.value, one.label) for one in WEBHOOK_CHANNELS]
    )
    label = LineField(label=_("Name of the channel there"), max_length=80)
    address = LineField(
        label=_("Address of its incoming webhook"),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Slack: add “Incoming Webhooks” to the channel and copy its address. Teams: make a "
            "workflow that begins with “When"
            " a Teams webhook request is received” and posts to the channel, and copy its address."
        ),
    )

    def clean_address(self) -> str:
        """Only addresses of services that the operator allows."""
        try:
            return webhooks.check_address(self.cleaned_data["address"])
        except DomainError as error:
            raise forms.ValidationError(
                error.message, params=getattr(error, "params", None)
            ) from error

    def values(self) -> dict[str, Any]:
        """As the arguments of `webhooks.connect`."""
        return dict(self.cleaned_data)
