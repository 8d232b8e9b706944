"""Survey plans, rounds, answers and results."""

from feedback.models.answers import AnonymousAnswer, Participation, Response
from feedback.models.plan import Question, SurveyPlanItem
from feedback.models.rounds import FrozenTable, SurveyRound

__all__ = [
    "AnonymousAnswer",
    "FrozenTable",
    "Participation",
    "Question",
    "Response",
    "SurveyPlanItem",
    "SurveyRound",
]
