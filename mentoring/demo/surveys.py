"""How the demo's people answer surveys, and what HR tells them afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from feedback.domain import answers, rounds
from feedback.domain.figures import none_of
from feedback.enums import QuestionKind, RoundState, SurveyKind
from feedback.models import Participation, SurveyRound
from programs.models import Program

REMARKS = (
    "Keep the rhythm, three weeks is right.",
    "More time for the first session: we had only begun.",
    "Put the guide into the invitation, I find it too late.",
    "Fewer slides, more trying things out together.",
    "I would like to hear how other pairs do it.",
    "It is hard to say no to a topic when somebody is that senior.",
    "Best hour of my month.",
    "The calendar is the hardest part of all.",
    "Ask us again after the summer.",
    "A list of tools that we may use at work would have saved us two sessions.",
    "Meeting at my desk instead of theirs changed the tone.",
    "Nobody told my manager how much time this takes.",
    "The question to think about beforehand helps more than I expected.",
    "Let the mentors meet once, without the mentees.",
    "Three quarters of an hour is too short for anything with a laptop.",
    "I learned how a budget is made. Nobody had ever shown me.",
    "We keep moving sessions, and then they are too close together.",
    "Say earlier that it is fine to talk about mistakes.",
)
HEARD = (
    "Many of you say that your sessions are worth the time. Not everybody says what they "
    "think.\n\nFrom next month on every guide opens with five minutes in which the mentor speaks "
    "first, and mentors meet once per quarter to compare notes. The first session may now take an "
    "hour."
)

LIKELY: dict[str, Sequence[int]] = {  # answers to a question; what is likely more than once
    QuestionKind.SCALE5: (3, 4, 4, 5, 5),
    QuestionKind.SCALE10: (6, 7, 8, 8, 9, 10),
}
# Scales of a first round, and of every third question: so that there is a trend, and a worry.
WEAK = (2, 3, 3, 4, 5)
WILLING = 0.8  # share of people who answer a survey
WORDS = 0.7  # share of those who answer a question of words


def answer_open_rounds(rng: Random, program: Program, moment: datetime, asked: set[int]) -> None:
    """Answer each round once, some days after it opened; `asked` collects those answered."""
    waiting = SurveyRound.objects.filter(program=program, state="open").exclude(pk__in=asked)
    for survey_round in waiting:
        if moment >= survey_round.opens_at + timedelta(days=4):
            asked.add(survey_round.pk)
            answer(rng, survey_round)


def answer(
    rng: Random,
    survey_round: SurveyRound,
    *,
    share: float = WILLING,
    but: Collection[User] = (),
    said: Sequence[str] = REMARKS,
) -> None:
    """This share of those who were asked answer; nobody of `but`."""
    remarks = rng.sample(said, len(said))  # nobody says what another has said
    waiting = Participation.objects.filter(round=survey_round, responded=False)
    waiting = waiting.select_related("person", "round__program").order_by("person__sort_key")
    for participation in waiting:
        if rng.random() < share and participation.person not in but:
            given = _answers(rng, survey_round, remarks)
            answers.submit(participation=participation, answers=given)


def _answers(rng: Random, survey_round: SurveyRound, remarks: list[str]) -> dict[str, object]:
    """{question's id: value}, without questions that are left out; uses up remarks."""
    values: dict[str, object] = {}
    for at, question in enumerate(survey_round.questions):
        is_weak = survey_round.number == 1 or at % 3 == 1
        if question["kind"] != QuestionKind.TEXT:
            values[question["id"]] = _value(rng, question, is_weak=is_weak)
        elif remarks and rng.random() < WORDS:
            values[question["id"]] = remarks.pop()
    return values


def _value(rng: Random, question: dict[str, Any], *, is_weak: bool) -> object:
    """An answer that is no words."""
    kind, options = question["kind"], question["options"]
    if is_weak and kind == QuestionKind.SCALE5:
        return rng.choice(WEAK)
    if kind in LIKELY:
        return rng.choice(LIKELY[kind])
    if kind == QuestionKind.SINGLE:
        return rng.choice(options)
    chosen = rng.sample(options, rng.randint(1, min(2, len(options))))
    alone = none_of(question)
    return [alone] if alone in chosen else chosen


def tell_what_was_heard(hr: User, program: Program) -> None:
    """HR publishes the findings of the first pulse of both sides, and what changes."""
    pulses = program.survey_rounds.filter(kind=SurveyKind.PULSE, number=1, state=RoundState.CLOSED)
    for pulse in pulses:
        rounds.publish_told_us(actor=hr, survey_round=pulse, text=HEARD)
