"""Stored figures in words: what the results page, its charts and its export show alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.domain.anonymity.classes import FIVE, percents
from feedback.domain.figures import FAVOURABLE
from feedback.domain.freezing import key_of
from feedback.enums import CUTS, Cut, QuestionKind
from feedback.models import FrozenTable, SurveyRound
from programs.enums import PairRole
from programs.labels import side_label, with_labels


@dataclass(frozen=True)
class Share:
    """A share in percent: a class from `low` to `high`, or an exact one where both are the same."""

    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Group:
    """What one group said to a question; `is_shown` is False where that stays hidden."""

    cut: str
    name: str
    is_shown: bool
    answers: str = ""
    shares: Sequence[tuple[str, Share]] = ()
    favourable: Share | None = None
    mean: float | None = None


@dataclass(frozen=True)
class Result:
    """A question of a closed round with all that is published about it."""

    key: str
    text: str
    kind: str
    total: Group
    groups: Sequence[Group]
    comments: Sequence[str]

    @property
    def is_text(self) -> bool:
        """Whether it is answered in words, which are not counted."""
        return self.kind == QuestionKind.TEXT

    @property
    def shown(self) -> list[Group]:
        """The groups that are shown."""
        return [group for group in self.groups if group.is_shown]

    @property
    def hidden(self) -> list[str]:
        """The names of those that are not."""
        return [group.name for group in self.groups if not group.is_shown]


def results_of(survey_round: SurveyRound, tables: Iterable[FrozenTable]) -> list[Result]:
    """The questions of a closed round, in their order."""
    stored = list(tables)
    return [_result(question, stored, survey_round) for question in survey_round.questions]


def _result(
    question: Mapping[str, Any], tables: Sequence[FrozenTable], survey_round: SurveyRound
) -> Result:
    groups = [_group(table, question, survey_round) for table in tables]
    totals = [group for group in groups if group.cut == Cut.TOTAL]
    return Result(
        key=key_of(question),
        text=with_labels(question["text"], survey_round.program),
        kind=question["kind"],
        total=totals[0] if totals else Group(Cut.TOTAL, "", is_shown=False),
        groups=[group for cut in CUTS for group in groups if group.cut == cut],
        comments=survey_round.comments.get(question["id"], []),
    )


def _group(table: FrozenTable, question: Mapping[str, Any], survey_round: SurveyRound) -> Group:
    name = _name(table, survey_round)
    figures = table.figures.get(question["id"])
    if figures is None:
        return Group(table.cut, name, is_shown=False)
    of_choice = figures["shares"] if "shares" in figures else figures["counts"]
    favourable = figures["favourable"]
    return Group(
        cut=table.cut,
        name=name,
        is_shown=True,
        answers=_answers(figures),
        shares=[(choice, _share(number, figures)) for choice, number in of_choice.items()],
        favourable=None if favourable is None else _share(favourable, figures),
        mean=figures["mean"],
    )


def _name(table: FrozenTable, survey_round: SurveyRound) -> str:
    program = survey_round.program
    if program and table.cut == Cut.ROLE and table.cell in PairRole.values:
        return capfirst(side_label(program, table.cell, plural=True))
    return table.cell


def _answers(figures: Mapping[str, Any]) -> str:
    """How many answers: “15 to 19 answers”."""
    number = figures["answers"]
    if "steps" not in figures:
        return ngettext("%(number)s answer", "%(number)s answers", number) % {"number": number}
    if figures["is_open"]:
        return _("%(number)s or more answers") % {"number": number}
    return _("%(first)s to %(last)s answers") % {"first": number, "last": number + FIVE - 1}


def _share(number: int, figures: Mapping[str, Any]) -> Share:
    """A stored class, or a count where it is exact, as a share."""
    if "steps" in figures:
        low, high = percents(number, figures["steps"])
        return Share(low, high, _class_in_words(number, figures["steps"]))
    exact = 100 * number / max(1, figures["answers"])
    return Share(exact, exact, _("%(percent)s %%") % {"percent": round(exact)})


def _class_in_words(number: int, steps: int) -> str:
    """A class of a share in words: “60 to 79 %”. The first and the last one are open."""
    if steps == 2:
        return (_("under half"), _("half or more"))[number]
    if steps == 3:
        return (_("under a third"), _("a third to two thirds"), _("two thirds or more"))[number]
    low, high = percents(number, steps)
    if number == 0:
        return _("under %(percent)s %%") % {"percent": round(high)}
    if number == steps - 1:
        return _("%(percent)s %% or more") % {"percent": round(low)}
    return _("%(low)s to %(high)s %%") % {"low": round(low), "high": round(high) - 1}


def favourable_in_words(kind: str) -> str:
    """Which answers count as favourable: “4 or 5”."""
    first, *__, last = FAVOURABLE[QuestionKind(kind)]
    if last - first == 1:
        return _("%(first)s or %(last)s") % {"first": first, "last": last}
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def change_in_words(now: Share, before: Share) -> str:
    """Whether a share has changed: only where its class has."""
    if now.low >= before.high and now.high > before.high:
        return _("more than last time (%(before)s)") % {"before": before.text}
    if now.high <= before.low and now.low < before.low:
        return _("less than last time (%(before)s)") % {"before": before.text}
    return _("last time %(before)s") % {"before": before.text}
