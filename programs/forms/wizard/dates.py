"""The steps about days, cadence and reminders."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import StepValueValidator
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import AsksBack
from common.timezones import zone_names
from programs.enums import PairRole, ProgramState
from programs.forms.wizard.base import DateInput, StepForm
from programs.labels import side_labels
from programs.models import Program

HOURS = (
    (168, _("A week before")),
    (72, _("Three days before")),
    (48, _("Two days before")),
    (24, _("A day before")),
)
QUESTION_DAYS = (
    (7, _("A week before each session")),
    (5, _("Five days before each session")),
    (3, _("Three days before each session")),
    (2, _("Two days before each session")),
    (1, _("A day before each session")),
    (0, _("Never")),
)
LONGEST = timedelta(days=3 * 366)  # what is longer or begins later is questioned
LATEST_START = timedelta(days=2 * 366)
LATE_HOURS = ((4, _("Four hours before")), (1, _("An hour before")))


def proposed_dates(program: Program) -> dict[str, date]:
    """For a new program: two weeks to enrol, two weeks to match, then six months from a Monday."""
    today = clock.today(program.time_zone)
    starts = today + timedelta(days=28)
    starts += timedelta(days=-starts.weekday() % 7)
    return {
        "enrolment_deadline": today + timedelta(days=14),
        "starts_on": starts,
        "ends_on": starts + timedelta(days=182),
    }


class DatesForm(AsksBack, StepForm):
    """When, how often, how long."""

    step = "dates"
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days begin and end in this zone. Everybody still reads times in their own."),
    )
    enrolment_deadline = forms.DateField(label=_("Last day to enrol"), widget=DateInput())
    starts_on = forms.DateField(label=_("First day"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput())
    planned_sessions = forms.IntegerField(
        label=_("Sessions of each pair"), min_value=1, max_value=60
    )
    interval_weeks = forms.IntegerField(
        label=_("Weeks between sessions"), min_value=1, max_value=26
    )
    session_minutes = forms.IntegerField(
        label=_("Minutes per session"),
        min_value=15,
        max_value=240,
        validators=[StepValueValidator(5)],
        widget=forms.NumberInput(attrs={"step": 5}),
    )
    driver = forms.ChoiceField(
        label=_("Who proposes the times"),
        widget=forms.RadioSelect,
        help_text=_(
            "One side should feel responsible. Usually it is the one who learns. When a pair has "
            "no session ahead, this side is reminded to find a date, twice at most; then the pair "
            "appears under “Needs you today”. Both may book, always."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted({self.program.time_zone, *zone_names()})
        zone_field: Any = self.fields["time_zone"]
        zone_field.choices = [(zone, zone.replace("_", " ")) for zone in zones]
        labels = side_labels(self.program)
        driver_field: Any = self.fields["driver"]
        driver_field.choices = [(role, labels[role]) for role in (PairRole.MENTEE, PairRole.MENTOR)]

    def start_values(self) -> dict[str, Any]:
        """Proposes dates where there are none yet."""
        values = super().start_values()
        for name, day in proposed_dates(self.program).items():
            if values[name] is None:
                values[name] = day
        return values

    def clean(self) -> dict[str, Any]:
        """The days are in order and ahead, and there is room for the sessions."""
        data = super().clean() or {}
        self._check_order(data)
        self._check_ahead(data)
        self._check_room(data)
        self.ask_back(self._doubts(data))
        return data

    def _doubts(self, data: dict[str, Any]) -> dict[str, str]:
        """What is possible, but is more often a slip: by field."""
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts is None:
            return {}
        doubts = {}
        if starts - clock.today(self.program.time_zone) > LATEST_START:
            text = _("That is in %(year)d, more than two years ahead. Is the year right?")
            doubts["starts_on"] = text % {"year": starts.year}
        if ends and ends - starts > LONGEST:
            text = _("The program would take %(days)d days, more than three years. Is it right?")
            doubts["ends_on"] = text % {"days": (ends - starts).days}
        return doubts

    def _check_order(self, data: dict[str, Any]) -> None:
        starts, ends = data.get("starts_on"), data.get("ends_on")
        deadline = data.get("enrolment_deadline")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("The last day must come after the first day."))
        if starts and deadline and deadline > starts:
            self.add_error(
                "enrolment_deadline",
                _("People must have enrolled before the program begins: choose an earlier day."),
            )

    def _check_ahead(self, data: dict[str, Any]) -> None:
        """A day that has passed may stay, but cannot be chosen."""
        today = clock.today(data.get("time_zone") or self.program.time_zone)
        deadline, ends = data.get("enrolment_deadline"), data.get("ends_on")
        if deadline and deadline < today and deadline != self.program.enrolment_deadline:
            self.add_error(
                "enrolment_deadline", _("This day is over. Choose today or a later day.")
            )
        if ends and ends < today and self.program.state != ProgramState.CLOSING:
            self.add_error("ends_on", _("This day is over. Choose a later one."))

    def _check_room(self, data: dict[str, Any]) -> None:
        """The planned sessions fit between the first day and the last day."""
        starts, ends = data.get("starts_on"), data.get("ends_on")
        sessions, interval = data.get("planned_sessions"), data.get("interval_weeks")
        if not (starts and ends and ends > starts and sessions and interval):
            return

        needed, given = (sessions - 1) * interval, (ends - starts).days // 7
        if needed > given:
            text = _(
                "%(sessions)d sessions every %(interval)d weeks need %(needed)d weeks, but "
                "there are %(given)d."
            )
            figures = {
                "sessions": sessions,
                "interval": interval,
                "needed": needed,
                "given": given,
            }
            self.add_error("planned_sessions", text % figures)


class RemindersForm(StepForm):
    """When people are reminded of a session."""

    step = "reminders"
    reminder_hours = forms.TypedMultipleChoiceField(
        label=_("Remind both of a session"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[*HOURS, *LATE_HOURS],
    )
    question_days = forms.TypedChoiceField(
        label=_("Ask whoever learns: “What will you ask?”"),
        coerce=int,
        choices=QUESTION_DAYS,
        help_text=_(
            "One mail, in the morning where they are, and none to those who have written their "
            "question already."
        ),
    )

    def clean_reminder_hours(self) -> list[int]:
        """The earliest first; three are plenty."""
        hours = sorted(self.cleaned_data["reminder_hours"], reverse=True)
        if len(hours) > 3:
            raise forms.ValidationError(
                _("More than three reminders are a nuisance. Choose three at most.")
            )
        return hours
