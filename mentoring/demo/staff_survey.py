"""What everybody in the demo's company thinks of reverse mentoring."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

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
    "Many of you do not know how to take part, and are not sure that it is worth the time.\n\nThe "
    "next cohort is announced to everybody, with what changed through the last one, and each "
    "office names somebody to ask."
)
REMARKS = (
    "I heard of it in the canteen, not from the company.",
    "My manager takes part and has become easier to talk to.",
    "Who chooses the people? Nobody asked me.",
    "Good idea, but only for those in Berlin, it seems.",
    "Please do it in Pune, too.",
    "I would take part if it counted as work.",
    "Show us one thing that changed because of it.",
    "Juniors are asked for advice on tools, and on nothing else.",
    "I am fifty, and I would like to be a mentor.",
    "It should not need a program to talk to each other.",
    "More of this, and fewer town halls.",
)


def ask_everybody(hr: User, rng: Random) -> None:
    """A round of the whole staff, answered and closed, with what was heard; the next in half a
    year.
    """
    survey = _plan(hr)
    opened = rounds.open_now(actor=hr, item=survey)
    clock.move_to(clock.now() + timedelta(days=4))
    surveys.answer(rng, opened, said=REMARKS)
    clock.move_to(opened.closes_at)
    rounds.close_round(pk=opened.pk)
    opened.refresh_from_db()
    rounds.publish_told_us(actor=hr, survey_round=opened, text=HEARD)


def _plan(hr: User) -> SurveyPlanItem:
    survey = SurveyPlanItem(
        title=TITLE, intro=INTRO, audience=Audience.STAFF, every_months=6, open_days=10
    )
    survey.opens_on = clock.today(zone_of(survey))
    questions: list[dict[str, Any]] = [
        {"text": text, "kind": QuestionKind.SCALE5, "low": low, "high": high}
        for text, low, high in SCALES
    ]
    questions.append({"text": WORDS, "kind": QuestionKind.TEXT, "required": False})
    return plan.save_item(actor=hr, item=survey, questions=questions)
