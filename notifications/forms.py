"""Forms of notifications."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.changes import NoticesChanges
from common.fields import LineField
from notifications import kinds
from notifications.models import MessagePreferences


class InboxFilterForm(forms.Form):
    """What of one's messages is shown."""

    q = LineField(label=_("Search"), max_length=100, required=False)
    unread = forms.BooleanField(label=_("Unread only"), required=False)


class PreferencesForm(NoticesChanges, forms.Form):
    """Which optional mails, and when not."""

    wanted = forms.MultipleChoiceField(
        label=_("Send me"),
        choices=lambda: list(kinds.TOPICS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Invitations, answers, dates and changes of your sessions always come: without them "
            "others wait for you."
        ),
    )
    quiet_on = forms.BooleanField(label=_("Keep quiet hours"), required=False)
    quiet_from = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_weekends = forms.BooleanField(label=_("And all of Saturday and Sunday"), required=False)

    @staticmethod
    def initial_of(row: MessagePreferences) -> dict[str, Any]:
        """The form's values for these preferences."""
        return {
            "wanted": [key for key in kinds.TOPICS if key not in row.off],
            "quiet_on": row.quiet,
            "quiet_from": row.quiet_from,
            "quiet_until": row.quiet_until,
            "quiet_weekends": row.quiet_weekends,
        }

    def values(self) -> dict[str, Any]:
        """As the arguments of `preferences.save`."""
        given = dict(self.cleaned_data)
        wanted = set(given.pop("wanted"))
        return {"off": [key for key in kinds.TOPICS if key not in wanted], **given}
