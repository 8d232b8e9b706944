"""What everybody in the demo's company thinks of reverse mentoring."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from accounts.models import User
from common import clock
from feedback.domain import plan, rounds
from feedback.domain.plan import zone_of
from feedback.enums import Audience, QuestionKind
from feedback.models import SurveyPlanItem
from mentoring.demo import surveys

TITLE = "Reverse mentoring here"
INTRO = "Four questions to everybody, whether you take part or not."
SCALES = (
    ("Reverse mentoring is worth the time of this company.", "not at all", "completely"),
    ("Senior people here ask juniors for advice.", "never", "often"),
    ("I know how I could take part.", "not at all", "completely"),
)
WORDS = "What should we know?"
HEARD = (
    "Most of you think that reverse mentoring is worth the time. Many do not know how to take "
    "part.\n\nThe next cohort is announced to everybody, and each office names somebody to ask."
)


def ask_everybody(hr: User, rng: Random) -> None:
    """A round of the whole staff, answered and closed, with what was heard; the next in half a
    year.
    """
    survey = _plan(hr)
    opened = rounds.open_now(actor=hr, item=survey)
    clock.move_to(clock.now() + timedelta(days=4))
    surveys.answer(rng, opened)
    clock.move_to(opened.closes_at)
    rounds.close_round(pk=opened.pk)
    opened.refresh_from_db()
    rounds.publish_told_us(actor=hr, survey_round=opened, text=HEARD)


def _plan(hr: User) -> SurveyPlanItem:
    survey = SurveyPlanItem(
        title=TITLE, intro=INTRO, audience=Audience.STAFF, every_months=6, open_days=10
    )
    survey.opens_on = clock.today(zone_of(survey))
    questions = [
        {"text": text, "kind": QuestionKind.SCALE5, "low": low, "high": high}
        for text, low, high in SCALES
    ]
    questions.append({"text": WORDS, "kind": QuestionKind.TEXT, "required": False})
    return plan.save_item(actor=hr, item=survey, questions=questions)
