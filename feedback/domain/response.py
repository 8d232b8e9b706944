"""How many have answered, in words that do not tell of anybody."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from common import clock
from feedback.domain.anonymity.classes import FIVE
from feedback.enums import Label, RoundState
from feedback.models import SurveyRound

QUARTERS = 4


def refresh_bands() -> int:
    """Count the quarters that have answered the open rounds, once per day; of how many rounds.

    By the minute, who has just answered would be seen.
    """
    today = clock.now().date()
    is_due = Q(banded_on__isnull=True) | Q(banded_on__lt=today)
    rounds = SurveyRound.objects.filter(is_due, state=RoundState.OPEN)
    answered = Count("participations", filter=Q(participations__responded=True))
    counted = rounds.annotate(all_now=Count("participations"), answered_now=answered)
    due: list[Any] = list(counted)
    for survey_round in due:
        quarters = survey_round.answered_now * QUARTERS // max(1, survey_round.all_now)
        survey_round.band = min(quarters, QUARTERS - 1)
        survey_round.banded_on = today
    return SurveyRound.objects.bulk_update(due, ["band", "banded_on"])


def answered_in_words(survey_round: SurveyRound, answered_now: int) -> str:
    """How many have answered: exactly where answers have names, otherwise in bands and fives."""
    is_open = survey_round.state == RoundState.OPEN
    if survey_round.label == Label.ATTRIBUTED:
        return str(answered_now if is_open else survey_round.answered or 0)
    if is_open:
        return _band(survey_round)
    return number_in_words(survey_round.answered or 0, survey_round.asked)


def _band(survey_round: SurveyRound) -> str:
    """A quarter of those asked. None of so few that a quarter would tell of each of them."""
    if survey_round.asked < survey_round.k:
        return _("a number not shown")
    bands = (
        _("less than a quarter"),
        _("a quarter to half"),
        _("half to three quarters"),
        _("three quarters or more"),
    )
    return bands[survey_round.band]


def number_in_words(first: int, asked: int) -> str:
    """A class of five: “40 to 44”. No end where it would be that of all who were asked."""
    if first + FIVE >= asked:
        return _("%(number)s or more") % {"number": first}
    if first == 0:
        return _("fewer than 5")
    return _("%(first)s to %(last)s") % {"first": first, "last": first + FIVE - 1}
