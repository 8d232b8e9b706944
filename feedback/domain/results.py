"""Making the tables of a round at its close."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.domain.anonymity.audit import Publishable, publishable
from feedback.domain.figures import coarse_figures, exact_figures
from feedback.enums import CUTS, Cut, QuestionKind

COMMENT_MINIMUM = 8  # distinct people; the program's k where that is more
Cell = tuple[str, str]  # a cut and the name of one of its groups
TOTAL: Cell = (Cut.TOTAL.value, "")
LeftOut = Mapping[str, frozenset[str]]  # cut: cells
Figures = dict[str, Any]


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

    cells: dict[Cell, dict[str, Figures | None]]
    comments: dict[str, list[str]]


def make_tables(
    *,
    questions: Sequence[Mapping[str, Any]],
    sheets: Sequence[Sheet],
    asked: Sequence[Mapping[str, str]],
    k: int,
    left_out: Mapping[str, LeftOut],
) -> Tables:
    """All that will ever be published of an anonymous or confidential round, with the cells that
    are `left_out` {question id: {cut: cells}} of it.

    Cells in which every question is hidden are listed with nothing but nulls, so that pages can say
    "hidden". All cells of those who were `asked` are: a list of those who answered would tell of
    the only one in a cell whether they did.
    """
    audits = _Audits(sheets, asked, k)
    sizes = _sizes(asked)
    shown = {}
    for question in counted(questions):
        given = _given_answers(question, sheets)
        allowed = audits.of(given, left_out.get(question["id"], {}))
        shown[question["id"]] = {
            cell: coarse_figures(question, values, asked=sizes[cell])
            for cell, values in _by_group(given, sheets, allowed).items()
        }
    cells = _by_cell(shown, _listed_cells(asked))
    return Tables(cells=cells, comments=_comments(questions, sheets, k))


def make_exact_tables(
    *,
    questions: Sequence[Mapping[str, Any]],
    sheets: Sequence[Sheet],
    asked: Sequence[Mapping[str, str]],
) -> Tables:
    """The tables of an attributed round, which hides nothing."""
    everything = Publishable(total=True, cells=_all_cells(asked))
    shown = {}
    for question in counted(questions):
        given = _given_answers(question, sheets)
        shown[question["id"]] = {
            cell: exact_figures(question, values)
            for cell, values in _by_group(given, sheets, everything).items()
        }
    cells = _by_cell(shown, _listed_cells(asked))
    return Tables(cells=cells, comments=_comments(questions, sheets, 1))


class _Audits:
    """One audit per distinct set of respondents: most questions are answered by the same people."""

    def __init__(self, sheets: Sequence[Sheet], asked: Iterable[Mapping[str, str]], k: int) -> None:
        self._k = k
        everybody = [_place(sheet.groups) for sheet in sheets]
        # Which of those who were asked have not answered is not known, but in which groups.
        silent = Counter(map(_place, asked)) - Counter(everybody)
        everybody.extend(silent.elements())
        self._cuts = {
            cut.value: {person: place[at] for person, place in enumerate(everybody)}
            for at, cut in enumerate(CUTS)
        }
        self._done: dict[object, Publishable] = {}

    def of(self, respondents: Iterable[int], left_out: LeftOut) -> Publishable:
        """What may be shown of the answers of these respondents."""
        key = frozenset(respondents), frozenset(left_out.items())
        if key not in self._done:
            people = key[0]
            self._done[key] = publishable(people, self._cuts, k=self._k, left_out=left_out)
        return self._done[key]


def _place(groups: Mapping[str, str]) -> tuple[str, ...]:
    """The cell of each cut."""
    return tuple(groups.get(cut, "") for cut in CUTS)


def counted(questions: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The questions whose answers are counted: all but those that ask for a text."""
    return [question for question in questions if question["kind"] != QuestionKind.TEXT]


def _by_cell(
    shown: Mapping[str, Mapping[Cell, Figures]], listed: Sequence[Cell]
) -> dict[Cell, dict[str, Figures | None]]:
    """{cell: {question id: figures, or None where hidden}}, the total first."""
    cells: dict[Cell, dict[str, Figures | None]] = {}
    for cell in (TOTAL, *listed):
        cells[cell] = {question: tables.get(cell) for question, tables in shown.items()}
    return cells


def _sizes(asked: Iterable[Mapping[str, str]]) -> Counter[Cell]:
    """How many were asked in each cell, and in all."""
    sizes: Counter[Cell] = Counter()
    for groups in asked:
        sizes.update([TOTAL, *_cells_of_person(groups)])
    return sizes


def _listed_cells(asked: Iterable[Mapping[str, str]]) -> list[Cell]:
    """The cells of all who were asked, by cut and name."""
    listed = {cell for groups in asked for cell in _cells_of_person(groups)}
    return sorted(listed, key=_cell_order)


def _all_cells(asked: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """{cut: its cells}."""
    listed = _listed_cells(asked)
    return {cut.value: tuple(name for of, name in listed if of == cut) for cut in CUTS}


def _cells_of_person(groups: Mapping[str, str]) -> set[Cell]:
    return {(cut.value, groups[cut]) for cut in CUTS if groups.get(cut)}


def _cell_order(cell: Cell) -> tuple[int, str]:
    cut, name = cell
    return CUTS.index(Cut(cut)), name


def _by_group(
    given: Mapping[int, Any], sheets: Sequence[Sheet], allowed: Publishable
) -> dict[Cell, list[Any]]:
    """{cell: answers} of the cells that may be shown."""
    if not allowed.total:
        return {}
    groups: dict[Cell, list[Any]] = {TOTAL: list(given.values())}
    for cut, cells in allowed.cells.items():
        groups |= {(cut, cell): [] for cell in cells}
    for number, value in given.items():
        for cell in _cells_of_person(sheets[number].groups):
            if cell in groups:
                groups[cell].append(value)
    return groups


def _given_answers(question: Mapping[str, Any], sheets: Sequence[Sheet]) -> dict[int, Any]:
    """{number of the sheet: answer} of those who answered the question."""
    given: dict[int, Any] = {}
    for number, sheet in enumerate(sheets):
        value = sheet.answers.get(question["id"])
        if value is not None:
            given[number] = value
    return given


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
