"""Trying a survey out oneself. Nothing of it is kept or counted."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from common import audit
from feedback import mail
from feedback.domain.audiences import k_of
from feedback.domain.plan import from_today
from feedback.domain.rounds import round_as_planned
from feedback.models import SurveyPlanItem, SurveyRound


def trial_round(item: SurveyPlanItem) -> SurveyRound:
    """The round as it would open now. It is never stored."""
    return round_as_planned(item, from_today(item, 1), k=k_of(item))


@transaction.atomic
def send_trial(*, actor: User, item: SurveyPlanItem) -> None:
    """Mail the survey to oneself, as those who are asked will get it."""
    mail.send_trial(person=actor, item=item, survey_round=trial_round(item))
    audit.record("survey_plan.tried", item, actor=actor, scope=item.scope)
