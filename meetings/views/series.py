"""Booking a series in two steps: its dates are shown, then booked."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.requests import AuthenticatedHttpRequest
from common.forms import show_refusal
from meetings.domain import series, sessions
from meetings.domain.series import PlannedDate
from meetings.domain.times import Slot, check_pair
from meetings.forms.times import SeriesForm
from meetings.models import MentoringSession
from pairings.models import Pairing


@dataclass
class SeriesStep:
    """The dates to show, or the sessions that have been booked."""

    dates: list[PlannedDate] = field(default_factory=list)
    booked: list[MentoringSession] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Names the dates that were shown, so that no others are booked."""
        return ",".join(date.slot.starts_at.isoformat() for date in self.dates)


def next_step(request: AuthenticatedHttpRequest, pairing: Pairing, form: SeriesForm) -> SeriesStep:
    """Plan the dates of the form; book them if the reader has seen exactly these.

    A refusal is added to the form.
    """
    step = SeriesStep()
    if not form.is_valid():
        return step
    values = form.cleaned_data
    first = Slot(values["wall_date"], values["wall_time"], values["time_zone"], values["minutes"])
    with show_refusal(form):
        check_pair(pairing)
        step.dates = series.planned_dates(
            pairing,
            first,
            count=values["count"],
            weeks=values["interval_weeks"],
            actor=request.user,
        )
        if request.POST.get("dates") == step.key:
            step.booked = sessions.schedule_series(actor=request.user, pairing=pairing, **values)
    return step
