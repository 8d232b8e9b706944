"""Forms that ask when and where sessions are."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.changes import NoticesChanges
from common.fields import LineField
from common.timezones import zone_label
from meetings.domain.series import MOST_AT_ONCE
from meetings.models.session import LEAST_MINUTES, MOST_MINUTES
from pairings.models import Pairing


class SessionTimeForm(NoticesChanges, forms.Form):
    """When and where. The zone is asked only if there is a choice."""

    wall_date = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        # Calculations with the first and last days of Python would overflow.
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )
    wall_time = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("In which time zone"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES
    )
    place = LineField(
        label=gettext_lazy("Place"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A room, a café, a walk. Leave it empty when you meet online."),
    )
    link = forms.URLField(
        label=gettext_lazy("Join link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[
            URLValidator(
                schemes=["https"], message=gettext_lazy("Use a link that begins with https://.")
            )
        ],
        help_text=gettext_lazy("The address of the video call. It begins with https://."),
    )

    def __init__(self, *args: Any, pairing: Pairing, reader: User, **kwargs: Any) -> None:
        kwargs.setdefault("stored", {})  # of a session that is moved; the others are new
        super().__init__(*args, **kwargs)
        self.initial.setdefault("time_zone", reader.time_zone)
        zones = self._zones(pairing, reader)
        field = self.fields["time_zone"]
        field.choices = [(name, zone_label(name)) for name in zones]  # type: ignore[attr-defined]
        if len(zones) == 1:
            field.widget = forms.HiddenInput()
            self.fields["wall_time"].help_text = zone_label(reader.time_zone)

    def _zones(self, pairing: Pairing, reader: User) -> list[str]:
        """The zones to choose from, each once: the one that is chosen, and the pair's."""
        zones = [
            self.initial["time_zone"] or reader.time_zone,
            reader.time_zone,
            pairing.mentor.time_zone,
            pairing.mentee.time_zone,
            pairing.program.time_zone,
        ]
        return list(dict.fromkeys(zones))


class SessionNewForm(SessionTimeForm):
    """One session, or one that was held already."""

    past = forms.BooleanField(
        label=gettext_lazy("We have met already"),
        required=False,
        help_text=gettext_lazy("For a meeting that was not booked: you can log it right away."),
    )


class SeriesForm(SessionTimeForm):
    """Several sessions at once."""

    count = forms.IntegerField(
        label=gettext_lazy("How many sessions"), min_value=1, max_value=MOST_AT_ONCE
    )
    interval_weeks = forms.IntegerField(
        label=gettext_lazy("Weeks from one to the next"), min_value=1, max_value=26
    )
    field_order = (
        "wall_date",
        "wall_time",
        "time_zone",
        "count",
        "interval_weeks",
        "minutes",
        "place",
        "link",
    )
