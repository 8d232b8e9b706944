"""Reminders of survey rounds, for those who have not answered; and the other mails of rounds that
ask so many that no page waits for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback import mail
from feedback.enums import RoundState
from feedback.models import Participation, SurveyRound
from notifications import outbox
from notifications.outbox.due import (
    Search,
    Window,
    enqueue_missing,
    missing,
    pages,
    work_through,
)
from programs.enums import ProgramState

SEARCH = Search("feedback.survey_nudges")
TELLING = Search("feedback.told_us")


@dataclass(frozen=True)
class Nudge:
    """One reminder that should exist, to a person who has not answered."""

    participation: Participation
    nth: int
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> str:
        """The key of its message."""
        return mail.key(self.participation, self.nth)


@dataclass(frozen=True)
class Told:
    """A mail that should exist: what was heard can be read."""

    participation: Participation
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> str:
        """The key of its message."""
        return mail.told_us_key(self.participation)


def tell_many() -> int:
    """Say what was heard to those whom a large round asked; how many messages were new."""
    with TELLING.window() as window:
        large = SurveyRound.objects.filter(asked__gt=mail.AT_ONCE)
        new = 0
        for survey_round in large.filter(told_us_at__gt=window.now - outbox.DEFAULT_LIFE):
            new += _tell(survey_round, window)
        return new


def _tell(survey_round: SurveyRound, window: Window) -> int:
    told_at = survey_round.told_us_at or window.now
    asked = survey_round.participations.select_related("person", "round__program")

    def tell_page(page: list[Participation]) -> int:
        until = told_at + outbox.DEFAULT_LIFE
        expected = [Told(participation, told_at, until) for participation in page]
        found = missing(expected, window)
        return enqueue_missing(found, window, lambda one: mail.told_us(one.participation))

    return work_through(pages(asked), tell_page)


def nudge_due() -> int:
    """Remind those who have not answered, at most twice: half-way, and a day before the close.

    How many messages were new. Nobody is reminded once the program is over. A reminder that expired
    while no search ran is stored as missed. Run it before `close_due_rounds`: a closed round does
    not tell who has not answered.
    """
    with SEARCH.window() as window:

        def nudge_page(page: list[SurveyRound]) -> int:
            return sum(_nudge_round(survey_round, window) for survey_round in page)

        over = [ProgramState.CLOSED, ProgramState.CANCELLED]
        rounds = SurveyRound.objects.filter(state=RoundState.OPEN).exclude(program__state__in=over)
        begun = rounds.filter(opens_at__lte=window.now, closes_at__gt=window.since)
        return work_through(pages(begun), nudge_page)


def _nudge_round(survey_round: SurveyRound, window: Window) -> int:
    """Enqueue the reminders of a round that are due; how many were new."""
    due = _due_reminders(survey_round, window)
    if not due:
        return 0

    waiting = survey_round.participations.filter(responded=False, opted_out=False)
    new = 0
    for page in pages(waiting.select_related("person", "round__program")):
        expected = [Nudge(participation, *times) for participation in page for times in due]
        new += enqueue_missing(missing(expected, window), window, _draft)
    return new


def _due_reminders(
    survey_round: SurveyRound, window: Window
) -> list[tuple[int, datetime, datetime]]:
    """The reminders that this run sends, and the invitations of a large round.

    A round that was opened late sends no reminders for the time before.
    """
    due = []
    if survey_round.asked > mail.AT_ONCE:  # it has invited nobody as it opened
        due.append((0, survey_round.opens_at, survey_round.closes_at))
    for nth, due_at, expires_at in nudges_of(survey_round):
        is_ahead = survey_round.created_at < due_at
        if is_ahead and window.asks_for(due_at, expires_at):
            due.append((nth, due_at, expires_at))
    return due


def _draft(nudge: Nudge) -> outbox.Draft:
    return mail.draft(nudge.participation, nudge.nth)


def nudges_of(survey_round: SurveyRound) -> list[tuple[int, datetime, datetime]]:
    """(number, when it is due, until when it makes sense) of each reminder.

    A very short round has no first one.
    """
    half = survey_round.opens_at + (survey_round.closes_at - survey_round.opens_at) / 2
    last = survey_round.closes_at - timedelta(days=1)
    reminders = [(2, last, survey_round.closes_at)]
    if half < last:
        reminders.insert(0, (1, half, last))
    return reminders
