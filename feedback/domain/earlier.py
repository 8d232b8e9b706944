"""Two rounds side by side: what would the difference between them give away?

Somebody leaves between two pulses, and everybody else answers much as before: the first table less
the second is what that person said. So what asks the same question twice is published twice only
where the people behind the two tables are the same, or at least k differ: those who answered in one
round and not in the other, together. Cells are held to the same, cut by cut: where one cell of a
cut is too close, the whole cut stays hidden, because the others and the total would tell. Source:
the differencing attack (Hundepool et al., 2012, section 3.2), with k as the smallest difference.

People are counted in the groups that they belong to now, in both rounds; who left out an optional
question counts as having answered it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from feedback.domain.results import counted
from feedback.enums import Cut, Label, RoundState
from feedback.models import Participation, SurveyRound

Groups = Mapping[int, Mapping[str, str]]  # person -> {cut: cell}


def too_close(*, survey_round: SurveyRound, groups: Groups) -> dict[str, frozenset[str]]:
    """{question id: cuts} that a round about to close must not publish beside what is published;
    Cut.TOTAL: nothing at all.

    `groups` are those of everybody who answered this round or an earlier one.
    """
    answered, ids = answered_by(survey_round), questions_of(survey_round)
    hidden: dict[str, set[str]] = defaultdict(set)
    for earlier in comparable(survey_round):
        differ = answered ^ answered_by(earlier)
        for question, cut in _asked_again(earlier, ids):
            if _is_close(differ, groups, cut, survey_round.k):
                hidden[question].add(cut)
    return {question: frozenset(cuts) for question, cuts in hidden.items()}


def _asked_again(earlier: SurveyRound, ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The questions (ids by words) that the earlier round asked too, with each cut shown there."""
    for words, question in questions_of(earlier).items():
        if words in ids:
            for cut in _published_cuts(earlier, question):
                yield ids[words], cut


def _published_cuts(survey_round: SurveyRound, question: str) -> set[str]:
    """The cuts in which a closed round shows figures of this question."""
    tables = survey_round.tables.all()
    return {table.cut for table in tables if table.figures.get(question)}


def comparable(survey_round: SurveyRound) -> Iterable[SurveyRound]:
    """The closed rounds of the program that promised not to say who answered what."""
    closed = SurveyRound.objects.filter(program=survey_round.program_id, state=RoundState.CLOSED)
    return closed.exclude(label=Label.ATTRIBUTED).prefetch_related("tables")


def answered_by(survey_round: SurveyRound) -> set[int]:
    """Ids of the people who answered."""
    answered = Participation.objects.filter(round=survey_round, responded=True)
    return set(answered.values_list("person", flat=True))


def questions_of(survey_round: SurveyRound) -> dict[str, str]:
    """{words: id} of what is asked and counted.

    Words, because a survey that is planned anew asks the same question under another id.
    """
    found = {}
    for question in counted(survey_round.questions):
        words = " ".join(question["text"].lower().split())
        found[words] = question["id"]
    return found


def _is_close(differ: set[int], groups: Groups, cut: str, k: int) -> bool:
    """Whether a cell of the cut has fewer than k, but some, of those who answered in one of the two
    rounds alone.
    """
    cells = Counter(_cell_of(person, groups, cut) for person in differ)
    return any(people < k for people in cells.values())


def _cell_of(person: int, groups: Groups, cut: str) -> str:
    """The cell of the cut that a person counts in; the total is one cell."""
    return "" if cut == Cut.TOTAL else groups.get(person, {}).get(cut, "")
