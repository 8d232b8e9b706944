"""Two rounds side by side: what would the difference between them give away?

Somebody leaves between two pulses, and everybody else answers much as before: the first table less the second is what that
person said. So what asks the same question twice is published twice only where the people behind the two tables are the
same, or at least k differ: those who answered in one round and not in the other, together. Cells are held to the same, cut
by cut: where one cell of a cut is too close, the whole cut stays hidden, because the others and the total would tell.
Source: the differencing attack (Hundepool et al., 2012, section 3.2), with k as the smallest difference.

People are counted in the groups that they belong to now, in both rounds; who left out an optional question counts as having
answered it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from feedback.enums import Cut, Label, QuestionKind, RoundState
from feedback.models import Participation, SurveyRound

Groups = Mapping[int, Mapping[str, str]]  # person -> {cut: cell}


def too_close(*, survey_round: SurveyRound, groups: Groups) -> frozenset[str]:
    """The cuts that a round about to close must not publish, next to what is published already; Cut.TOTAL means nothing at all.

    `groups` are those of everybody who answered this round or an earlier one (`answered_by`).
    """
    now = answered_by(survey_round)
    hidden: set[str] = set()
    for earlier in comparable(survey_round):
        before = answered_by(earlier)
        published = {table.cut for table in earlier.tables.all() if any(table.figures.values())}
        for cut in published - {Cut.TOTAL}:
            if any(0 < len(people) < survey_round.k for people in _differences(now, before, groups, cut).values()):
                hidden.add(cut)
        if Cut.TOTAL in published and 0 < len(now ^ before) < survey_round.k:
            hidden.add(Cut.TOTAL.value)
    return frozenset(hidden)


def comparable(survey_round: SurveyRound) -> Iterator[SurveyRound]:
    """The closed rounds of the program that asked one of the same questions and promised not to say who answered what."""
    asked = _questions(survey_round)
    closed = SurveyRound.objects.filter(program=survey_round.program_id, state=RoundState.CLOSED)
    for earlier in closed.exclude(label=Label.ATTRIBUTED).prefetch_related("tables"):
        if asked & _questions(earlier):
            yield earlier


def answered_by(survey_round: SurveyRound) -> set[int]:
    """Ids of the people who answered."""
    return set(Participation.objects.filter(round=survey_round, responded=True).values_list("person", flat=True))


def _questions(survey_round: SurveyRound) -> set[str]:
    """What is asked and counted, by its words: a survey that is planned anew asks the same question all the same."""
    counted = (question for question in survey_round.questions if question["kind"] != QuestionKind.TEXT)
    return {" ".join(question["text"].lower().split()) for question in counted}


def _differences(now: set[int], before: set[int], groups: Groups, cut: str) -> dict[str, set[int]]:
    """For each cell of a cut those who answered in one of the two rounds alone."""
    found: dict[str, set[int]] = defaultdict(set)
    for person in now ^ before:
        found[groups.get(person, {}).get(cut, "")].add(person)
    return found
