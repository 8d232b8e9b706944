"""The charts of a round's results, each with a title that says what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from common.charts import Bar, Bars, Cell, Heat, HeatCell, HeatRow
from common.charts.geometry import level
from feedback.models import SurveyRound
from feedback.reading import Group, Result, Share, change_in_words, favourable_in_words

QUESTION_LENGTH = 45  # of a question above a column
Earlier = Sequence[tuple[SurveyRound, Mapping[str, Share]]]  # rounds: {question key: favourable}


def headline(result: Result, before: Share | None) -> str:
    """What a question found: “60 to 79 % answered 4 or 5; last time 40 to 59 %”."""
    share = result.total.favourable
    if share is None:
        return _("What people chose")
    said = _("%(share)s answered %(answers)s") % {
        "share": share.text,
        "answers": favourable_in_words(result.kind),
    }
    said = said[0].upper() + said[1:]
    return f"{said}; {change_in_words(share, before)}" if before else said


def question_chart(result: Result, before: Share | None, *, is_exact: bool) -> Bars:
    """The share of each answer, with its class as the soft end of the bar."""
    counted = _(
        "Shares are given in steps, the wider the fewer answered, so that nobody's answer can be "
        "worked out. The bar is solid up to the beginning of the step and soft up to its end."
    )
    rows = []
    for choice, share in result.total.shares:
        rows.append(Bar(choice, [share.low, share.high - share.low], share.text, of=100))
    return Bars(
        title=headline(result, before),
        note=_note(result.total),
        counted="" if is_exact else counted,
        rows=rows,
    )


def _note(total: Group) -> str:
    if total.mean is None:
        return total.answers
    return _("%(answers)s · average %(mean)s") % {"answers": total.answers, "mean": total.mean}


def groups_chart(results: Iterable[Result]) -> Heat:
    """The favourable share of each group, one column per question."""
    asked = [result for result in results if result.total.favourable]
    shares = [
        {(group.cut, group.name): group.favourable for group in result.shown} for result in asked
    ]
    groups = list(dict.fromkeys(cell for result in asked for cell in _cells(result)))
    shown = [cell for cell in groups if any(cell in column for column in shares)]
    rows = [
        HeatRow(Cell(name), [_heat(column.get((cut, name))) for column in shares])
        for cut, name in shown
    ]
    return Heat(
        title=_("Strengths and worries by group"),
        note=_("Favourable answers: the top two of five, or 8 and more of ten"),
        empty=_("No group is large enough to be shown."),
        columns=[_short(result.text) for result in asked],
        rows=rows,
        corner=_("Group"),
    )


def _cells(result: Result) -> list[tuple[str, str]]:
    return [(group.cut, group.name) for group in result.groups]


def trend_chart(results: Iterable[Result], survey_round: SurveyRound, earlier: Earlier) -> Heat:
    """The favourable share of each question in the rounds that asked it, the latest last."""
    asked = [result for result in results if result.total.favourable]
    now = {result.key: result.total.favourable for result in asked if result.total.favourable}
    rounds = [*earlier, (survey_round, now)]
    rows = [
        HeatRow(Cell(result.text), [_heat(shares.get(result.key)) for _round, shares in rounds])
        for result in asked
    ]
    return Heat(
        title=_("Over time"),
        note=_("Favourable answers of everybody, round by round"),
        columns=[date_format(one.closes_at, _("j M")) for one, _shares in rounds],
        rows=rows,
        corner=_("Question"),
    )


def _heat(share: Share | None) -> HeatCell:
    if share is None:
        return HeatCell(_("–"))
    return HeatCell(share.text, level((share.low + share.high) / 2, 0, 100))


def _short(text: str) -> str:
    return Truncator(text).chars(QUESTION_LENGTH)


def main_line(results: Sequence[Result], before: Mapping[str, Share]) -> str:
    """The strongest and the weakest question, with the shares of the round `before` {question key:
    share}; empty where nothing can be said.
    """
    rated = [result for result in results if result.total.favourable]
    if not rated:
        return ""
    by_share = sorted(rated, key=_share_of)
    weakest, strongest = by_share[0], by_share[-1]
    best = _("Strongest: “%(question)s”: favourable %(share)s.") % _words(strongest, before)
    if _share_of(weakest) == _share_of(strongest):
        return best
    return (
        best + " " + _("Weakest: “%(question)s”: favourable %(share)s.") % _words(weakest, before)
    )


def _share_of(result: Result) -> float:
    share = result.total.favourable
    return share.low + share.high if share else 0.0


def _words(result: Result, before: Mapping[str, Share]) -> dict[str, str]:
    """The question, and its share with the one before."""
    share, last = result.total.favourable, before.get(result.key)
    said = share.text if share else ""
    if share and last:
        said = f"{said}; {change_in_words(share, last)}"
    return {"question": result.text.rstrip("."), "share": said}
