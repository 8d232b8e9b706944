"""Making the tables of a round at its close."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.domain.suppression import safe_tables
from feedback.enums import SCALES, Cut, QuestionKind

COMMENT_MINIMUM = 8  # distinct people; the program's k where that is more
CUTS = (Cut.ROLE, Cut.DEPARTMENT, Cut.GRADE, Cut.LOCATION)
Cell = tuple[str, str]  # a cut and the name of one of its groups
TOTAL: Cell = (Cut.TOTAL.value, "")


@dataclass(frozen=True)
class Sheet:
    """One person's answers {question id: answer} and the groups the person belongs to {cut:
    cell}.
    """

    answers: Mapping[str, Any]
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Tables:
    """{(cut, cell): {question id: figures or None where hidden}}, and {question id: shuffled
    comments}.
    """

    cells: dict[Cell, dict[str, dict[str, Any] | None]]
    comments: dict[str, list[str]]


def make_tables(
    *,
    questions: Sequence[Mapping[str, Any]],
    sheets: Sequence[Sheet],
    asked: Sequence[Mapping[str, str]],
    k: int,
    without: Mapping[str, frozenset[str]],
) -> Tables:
    """All that will ever be published of an anonymous or confidential round, `without` {question
    id: cuts} (Cut.TOTAL: all).

    Cells in which every question is hidden are listed with nothing but nulls, so that pages can say
    "hidden". All cells of those who were `asked` are: a list of those who answered would tell of
    the only one in a cell whether they did.
    """
    shown = {}
    for question in counted(questions):
        hidden = without.get(question["id"], frozenset())
        shown[question["id"]] = _question_tables(question, sheets, k, hidden)
    cells = _by_cell(shown, _listed_cells(asked, shown.values()))
    return Tables(cells=cells, comments=_comments(questions, sheets, k))


def counted(questions: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The questions whose answers are counted: all but those that ask for a text."""
    return [question for question in questions if question["kind"] != QuestionKind.TEXT]


def _by_cell(
    shown: Mapping[str, Mapping[Cell, dict[str, Any]]], listed: Sequence[Cell]
) -> dict[Cell, dict[str, dict[str, Any] | None]]:
    """{cell: {question id: figures, or None where hidden}}, the total first."""
    cells: dict[Cell, dict[str, dict[str, Any] | None]] = {}
    for cell in (TOTAL, *listed):
        cells[cell] = {question: tables.get(cell) for question, tables in shown.items()}
    return cells


def _listed_cells(
    asked: Sequence[Mapping[str, str]], shown: Iterable[Mapping[Cell, Any]]
) -> list[Cell]:
    """The cells of all who were asked and all that are shown, by cut and name."""
    listed: set[Cell] = set()
    for groups in asked:
        listed |= _cells_of_person(groups)
    for tables in shown:
        listed |= tables.keys()
    listed.discard(TOTAL)
    return sorted(listed, key=_cell_order)


def _cells_of_person(groups: Mapping[str, str]) -> set[Cell]:
    return {(cut.value, groups[cut]) for cut in CUTS if groups.get(cut)}


def _cell_order(cell: Cell) -> tuple[int, str]:
    cut, name = cell
    return CUTS.index(Cut(cut)), name


def _question_tables(
    question: Mapping[str, Any], sheets: Sequence[Sheet], k: int, without: frozenset[str]
) -> dict[Cell, dict[str, Any]]:
    """The cells of one question that may be shown, with their figures."""
    if Cut.TOTAL in without:
        return {}
    given = _given_answers(question, sheets)
    cuts = {cut.value: _cells_of(given, sheets, cut) for cut in CUTS if cut not in without}
    answers = {number: _hashable(value) for number, value in given.items()}
    publishable = safe_tables(answers, cuts, k)
    if not publishable.total:
        return {}

    shown = {TOTAL: figures(question, given.values())}
    for cut, visible in publishable.cells.items():
        for cell in visible:
            shown[cut, cell] = figures(question, _answers_in(given, cuts[cut], cell))
    return shown


def _answers_in(given: Mapping[int, Any], cells: Mapping[int, str], cell: str) -> list[Any]:
    """The answers of those who belong to one cell of a cut."""
    return [value for number, value in given.items() if cells[number] == cell]


def _given_answers(question: Mapping[str, Any], sheets: Sequence[Sheet]) -> dict[int, Any]:
    """{number of the sheet: answer} of those who answered the question."""
    given: dict[int, Any] = {}
    for number, sheet in enumerate(sheets):
        value = sheet.answers.get(question["id"])
        if value is not None:
            given[number] = value
    return given


def _cells_of(numbers: Iterable[int], sheets: Sequence[Sheet], cut: Cut) -> dict[int, str]:
    """{number of the sheet: cell of the cut that its author belongs to}."""
    return {number: sheets[number].groups.get(cut, "") for number in numbers}


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


def figures(question: Mapping[str, Any], values: Iterable[Any]) -> dict[str, Any]:
    """{"n", "counts": {answer: people}, "mean"}: counts in the order of the question's answers;
    mean of scales alone.
    """
    given = list(values)
    mean = None
    if given and question["kind"] in SCALES:
        mean = round(sum(given) / len(given), 2)
    return {"n": len(given), "counts": _counts(question, given), "mean": mean}


def _counts(question: Mapping[str, Any], given: Iterable[Any]) -> dict[str, int]:
    """{answer: people}, in the order of the question's answers."""
    counted: Counter[str] = Counter()
    for value in given:
        chosen = value if isinstance(value, list) else [value]
        counted.update(str(answer) for answer in chosen)
    return {choice: counted[choice] for choice in choices(question)}


def choices(question: Mapping[str, Any]) -> list[str]:
    """The possible answers of a question as text, in their order; empty for free text."""
    answers = SCALES.get(question["kind"], question["options"])
    return [str(answer) for answer in answers]


def _comments(
    questions: Sequence[Mapping[str, Any]], sheets: Sequence[Sheet], k: int
) -> dict[str, list[str]]:
    """{question id: shuffled comments} where enough people wrote."""
    shown: dict[str, list[str]] = {}
    for question in questions:
        if question["kind"] == QuestionKind.TEXT:
            texts = _texts(question, sheets)
            if len(texts) >= max(COMMENT_MINIMUM, k):
                shown[question["id"]] = _shuffled(texts)
    return shown


def _shuffled(texts: list[str]) -> list[str]:
    return secrets.SystemRandom().sample(texts, len(texts))


def _texts(question: Mapping[str, Any], sheets: Sequence[Sheet]) -> list[str]:
    """What was written in answer to the question."""
    answers = [sheet.answers.get(question["id"]) or "" for sheet in sheets]
    stripped = [str(answer).strip() for answer in answers]
    return [text for text in stripped if text]
