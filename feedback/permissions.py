"""Who may do what with surveys. Reads are in the query sets beside the models."""

from __future__ import annotations

from typing import Any

import rules

from feedback.models import SurveyPlanItem, SurveyRound
from programs.permissions import is_hr_admin, manages_program


@rules.predicate
def manages_item(user: Any, item: SurveyPlanItem | None) -> bool:
    """Manages the program of a planned survey; a staff survey is HR's alone."""
    return item is not None and bool(manages_program(user, item.program))


@rules.predicate
def manages_round(user: Any, survey_round: SurveyRound | None) -> bool:
    """Manages the program of a round; that of a staff survey is HR's alone."""
    return survey_round is not None and bool(manages_program(user, survey_round.program))


rules.add_perm("feedback.plan_surveys", manages_program)
rules.add_perm("feedback.survey_staff", is_hr_admin)
rules.add_perm("feedback.edit_survey", manages_item)
rules.add_perm("feedback.publish_told_us", manages_round)
