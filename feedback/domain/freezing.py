"""The only results of a round that will ever exist, made at its close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

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
from feedback.enums import Audience, Label, RoundState
from feedback.models import FrozenTable, SurveyRound


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


def _left_out(survey_round: SurveyRound) -> dict[str, LeftOut]:
    """{question id: cells to leave out}, for each question that a round before asked too."""
    asked = _asked(survey_round)
    after: dict[int, LeftOut] = {}  # a round before: the cells left out because of it
    hidden: dict[str, dict[str, frozenset[str]]] = {}
    for question, before in _rounds_before(survey_round):
        if before.pk not in after:
            after[before.pk] = left_out(now=asked, before=_asked(before), k=survey_round.k)
        of_question = hidden.setdefault(question, {})
        for cut, cells in after[before.pk].items():
            of_question[cut] = of_question.get(cut, frozenset()) | cells
    return dict(hidden)


def _rounds_before(survey_round: SurveyRound) -> set[tuple[str, SurveyRound]]:
    """(question id, round before) for each question that was asked before.

    The last one of each audience: between two rounds of the same people, others may have been asked
    the same question.
    """
    last: dict[tuple[str, Any], SurveyRound] = {}
    for before in _may_have_asked_the_same(survey_round):
        for question in counted(before.questions):
            last[key_of(question), _people_of(before)] = before
    asks = {key_of(question): question["id"] for question in counted(survey_round.questions)}
    return {(asks[key], before) for (key, _people), before in last.items() if key in asks}


def _may_have_asked_the_same(survey_round: SurveyRound) -> QuerySet[SurveyRound]:
    """Closed rounds without names of the program; for staff also those that other programs have
    asked all staff.
    """
    near = Q(program=survey_round.program_id)
    if survey_round.audience == Audience.STAFF:
        near |= Q(audience=Audience.STAFF)
    closed = SurveyRound.objects.filter(near, state=RoundState.CLOSED)
    return closed.exclude(label=Label.ATTRIBUTED).order_by("closed_at", "pk")


def _people_of(survey_round: SurveyRound) -> tuple[Any, ...]:
    """Whom a round asked, as it was planned."""
    part = (survey_round.departments, survey_round.locations, survey_round.grades)
    return survey_round.program_id, survey_round.audience, *(tuple(sorted(names)) for names in part)


def key_of(question: Mapping[str, Any]) -> str:
    """The identity of a question, which is the same in each round that asks it."""
    return str(question["key"])
