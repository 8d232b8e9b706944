"""Making the tables of a round at its close."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.domain.suppression import safe_tables
from feedback.enums import Cut, QuestionKind

COMMENT_MINIMUM = 8  # distinct people; the program's k where that is more
NUMERIC = {QuestionKind.SCALE5, QuestionKind.SCALE10}
CUTS = (Cut.ROLE, Cut.DEPARTMENT, Cut.GRADE, Cut.LOCATION)


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

    cells: dict[tuple[str, str], dict[str, dict[str, Any] | None]]
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
    counted = [question for question in questions if question["kind"] != QuestionKind.TEXT]
    shown = {
        question["id"]: _question_tables(
            question, sheets, k, without.get(question["id"], frozenset())
        )
        for question in counted
    }
    listed = {(str(cut), cell) for cut in CUTS for groups in asked if (cell := groups.get(cut, ""))}
    listed |= {key for tables in shown.values() for key in tables if key != (Cut.TOTAL, "")}
    order = [
        (Cut.TOTAL.value, ""),
        *sorted(listed, key=lambda key: (CUTS.index(Cut(key[0])), key[1])),
    ]
    cells = {key: {name: tables.get(key) for name, tables in shown.items()} for key in order}
    return Tables(cells=cells, comments=_comments(questions, sheets, k))


def _question_tables(
    question: Mapping[str, Any], sheets: Sequence[Sheet], k: int, without: frozenset[str]
) -> dict[tuple[str, str], dict[str, Any]]:
    if Cut.TOTAL in without:
        return {}
    key = question["id"]
    given = {
        at: sheet.answers[key]
        for at, sheet in enumerate(sheets)
        if sheet.answers.get(key) is not None
    }
    answers: dict[int, Hashable] = {
        at: tuple(value) if isinstance(value, list) else value for at, value in given.items()
    }
    cuts: dict[str, dict[int, str]] = {
        cut.value: {at: sheets[at].groups.get(cut, "") for at in given}
        for cut in CUTS
        if cut not in without
    }
    publishable = safe_tables(answers, cuts, k)
    shown: dict[tuple[str, str], dict[str, Any]] = {}
    if publishable.total:
        shown[Cut.TOTAL, ""] = figures(question, given.values())
    for cut, visible in publishable.cells.items():
        for cell in visible:
            shown[cut, cell] = figures(
                question, (value for at, value in given.items() if cuts[cut][at] == cell)
            )
    return shown


def figures(question: Mapping[str, Any], values: Iterable[Any]) -> dict[str, Any]:
    """{"n", "counts": {answer: people}, "mean"}: counts in the order of the question's answers;
    mean of scales alone.
    """
    given = list(values)
    counted = Counter(
        str(part) for value in given for part in (value if isinstance(value, list) else [value])
    )
    mean = round(sum(given) / len(given), 2) if given and question["kind"] in NUMERIC else None
    return {
        "n": len(given),
        "counts": {choice: counted.get(choice, 0) for choice in choices(question)},
        "mean": mean,
    }


def choices(question: Mapping[str, Any]) -> list[str]:
    """The possible answers of a question as text, in their order; empty for free text."""
    if question["kind"] == QuestionKind.SCALE5:
        return [str(value) for value in range(1, 6)]
    if question["kind"] == QuestionKind.SCALE10:
        return [str(value) for value in range(11)]
    return list(question["options"])


def _comments(
    questions: Sequence[Mapping[str, Any]], sheets: Sequence[Sheet], k: int
) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = {}
    for question in questions:
        if question["kind"] == QuestionKind.TEXT:
            texts = [
                text
                for sheet in sheets
                if (text := str(sheet.answers.get(question["id"]) or "").strip())
            ]
            if len(texts) >= max(COMMENT_MINIMUM, k):
                secrets.SystemRandom().shuffle(texts)
                shown[question["id"]] = texts
    return shown
