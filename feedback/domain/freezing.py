"""The only results of a round that will ever exist, made at its close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q

from common import clock
from feedback.domain.anonymity.classes import in_fives
from feedback.domain.anonymity.rounds import Asked, left_out
from feedback.domain.results import (
    LeftOut,
    Sheet,
    Tables,
    counted,
    make_exact_tables,
    make_tables,
)
from feedback.enums import Label, RoundState
from feedback.models import FrozenTable, Participation, SurveyRound


def freeze(survey_round: SurveyRound) -> None:
    """Store the tables, and close the round with what it keeps of its answers."""
    sheets = _sheets(survey_round)
    tables = _tables(survey_round, sheets)
    FrozenTable.objects.bulk_create(
        FrozenTable(round=survey_round, cut=cut, cell=cell, figures=figures)
        for (cut, cell), figures in tables.cells.items()
    )
    survey_round.answered = len(sheets)
    if survey_round.label != Label.ATTRIBUTED:
        survey_round.answered = coarse_number(len(sheets), survey_round.asked)
    # Comments of a confidential round are for the named readers, not for all who see the tables.
    survey_round.comments = {} if survey_round.label == Label.CONFIDENTIAL else tables.comments
    survey_round.state = RoundState.CLOSED
    survey_round.closed_at = clock.now()
    survey_round.rewrite_due = survey_round.label == Label.ANONYMOUS
    fields = ["state", "closed_at", "answered", "comments", "rewrite_due"]
    survey_round.save(update_fields=fields)


def coarse_number(answered: int, asked: int) -> int:
    """How many answered, in fives; that everybody did is not told."""
    return in_fives(max(0, min(answered, asked - 1)))


def _tables(survey_round: SurveyRound, sheets: list[Sheet]) -> Tables:
    asked = [one.groups for one in _asked(survey_round)]
    if survey_round.label == Label.ATTRIBUTED:
        return make_exact_tables(questions=survey_round.questions, sheets=sheets, asked=asked)
    return make_tables(
        questions=survey_round.questions,
        sheets=sheets,
        asked=asked,
        k=survey_round.k,
        left_out=_left_out(survey_round),
    )


def _sheets(survey_round: SurveyRound) -> list[Sheet]:
    """Everybody's answers with the groups that they belong to."""
    if survey_round.label == Label.ANONYMOUS:
        answers = survey_round.anonymous_answers.all()
        return [Sheet(answer.answers, answer.groups) for answer in answers]
    groups = {one.person: one.groups for one in _asked(survey_round)}
    responses = survey_round.responses.all()
    return [Sheet(response.answers, groups[response.person_id]) for response in responses]


def _asked(survey_round: SurveyRound) -> list[Asked]:
    """Everybody whom a round asked."""
    asked = survey_round.participations.all()
    return [Asked(one.person_id, one.groups, one.responded) for one in asked]


def _left_out(survey_round: SurveyRound) -> Mapping[str, LeftOut]:
    """{question id: cells to leave out} because of all rounds that asked the same before."""
    asked = _asked(survey_round)
    hidden: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for before in _rounds_before(survey_round):
        cells = left_out(now=asked, before=_asked(before), k=survey_round.k)
        asked_before = {key_of(question) for question in counted(before.questions)}
        for question in counted(survey_round.questions):
            if key_of(question) in asked_before:
                of_question = hidden[question["id"]]
                for cut, names in cells.items():
                    of_question[cut] = of_question.get(cut, frozenset()) | names
    return hidden


def _rounds_before(survey_round: SurveyRound) -> Iterable[SurveyRound]:
    """The closed rounds, of whatever program or of none, that asked one of these people one of
    these questions.
    """
    same_questions = Q()
    for question in counted(survey_round.questions):
        same_questions |= Q(questions__contains=[{"key": question["key"]}])
    if not same_questions:
        return []
    people = Participation.objects.filter(round=survey_round).values("person")
    same_people = Participation.objects.filter(round=OuterRef("pk"), person__in=people)
    closed = SurveyRound.objects.filter(same_questions, state=RoundState.CLOSED)
    return closed.exclude(label=Label.ATTRIBUTED).filter(Exists(same_people)).only("questions")


def key_of(question: Mapping[str, Any]) -> str:
    """The identity of a question, which is the same in each round that asks it."""
    return str(question["key"])
