"""Words for the pairs that a coordinator pins, excludes and changes by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.domain.by_hand import Changed
from matching.domain.refusal import PairRefusedError
from matching.enums import Refusal, RuleKind
from matching.models import HandChange, MatchRun, PairRule, Proposal
from programs.models import Enrolment


def rules_words(rules: Iterable[PairRule]) -> str:
    """ "3 pinned pairs and 1 excluded pair"; nothing where there are no rules."""
    kinds = [rule.kind for rule in rules]
    pinned, excluded = kinds.count(RuleKind.PIN), kinds.count(RuleKind.FORBID)
    parts = []
    if pinned:
        parts.append(_pinned_words(pinned))
    if excluded:
        parts.append(_excluded_words(excluded))
    return get_text_list(parts, _("and"))


def _pinned_words(number: int) -> str:
    words = ngettext("%(number)d pinned pair", "%(number)d pinned pairs", number)
    return words % {"number": number}


def _excluded_words(number: int) -> str:
    words = ngettext("%(number)d excluded pair", "%(number)d excluded pairs", number)
    return words % {"number": number}


def points(score: int) -> str:
    """Basis points as points of 100, to the hundredth, in the reader's notation."""
    return number_format(score / 100, decimal_pos=2)


def cost_words(costs: int) -> str:
    """What a change takes from the total; one that goes below the weakest match may also add to
    it.
    """
    if costs > 0:
        return _("The total fit of all pairs is %(points)s points lower.") % {
            "points": points(costs)
        }
    if costs < 0:
        return _("The total fit of all pairs is %(points)s points higher.") % {
            "points": points(-costs)
        }
    return _("The total fit of all pairs stays the same.")


def changed_words(changed: Changed) -> str:
    """What has just been done, what it costs, and what happens next."""
    pairs = [_is_with(proposal) for proposal in changed.made]
    pinned = ngettext(
        "The next run keeps this pair.", "The next run keeps these pairs.", len(pairs)
    )
    return " ".join([*pairs, cost_words(changed.costs), pinned])


def _is_with(proposal: Proposal) -> str:
    return _("%(mentee)s is with %(mentor)s now.") % {
        "mentee": proposal.mentee.person.name,
        "mentor": proposal.mentor.person.name,
    }


def change_refused(refused: PairRefusedError) -> str:
    """Why a change by hand was refused, and what to do."""
    text = _(
        "%(mentor)s and %(mentee)s cannot be a pair any more: %(why)s. Choose another, or run "
        "matching again."
    )
    return text % _refused_names(refused)


def offer_refused(refused: PairRefusedError) -> str:
    """Why a single pair could not be offered."""
    text = _(
        "%(mentor)s and %(mentee)s cannot be offered to each other now: %(why)s. Nothing was sent."
    )
    return text % _refused_names(refused)


def _refused_names(refused: PairRefusedError) -> dict[str, Any]:
    return {
        "mentor": refused.mentor.person.name,
        "mentee": refused.mentee.person.name,
        "why": Refusal(refused.reason).label,
    }


def run_words(run: MatchRun) -> dict[str, Any] | None:
    """What was changed by hand in a run, with names, the latest first; None where nothing was.

    One query, and one more for the names.
    """
    changes = list(run.hand_changes.standing())
    if not changes:
        return None

    below = run.figures_as_found["total"] - run.statistics["total"]
    names = _names_in(changes)
    return {
        "summary": _summary(len(changes), below),
        **_worst_words(run),
        "changes": [_change_words(change, names) for change in reversed(changes)],
    }


def _worst_words(run: MatchRun) -> dict[str, Any]:
    """The weakest fit before and after the changes."""
    was = run.figures_as_found["worst"] or 0
    now = run.statistics["worst"] or 0
    return {"weaker": was > now, "worst_was": points(was), "worst_is": points(now)}


def _names_in(changes: list[HandChange]) -> dict[str, str]:
    """The names of all people in these changes by the public ids of their enrolments."""
    ids: set[str] = set()
    for change in changes:
        ids |= change.people()
    return Enrolment.objects.names(ids)


def _change_words(change: HandChange, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": change.public_id,
        "was": [_pair(names, pair["was"]["pair"]) for pair in change.pairs],
        "now": [_pair(names, pair["now"]) for pair in change.pairs],
        "cost": cost_words(change.costs),
        "proposals": [pair["proposal"] for pair in change.pairs],
    }


def _summary(number: int, below: int) -> str:
    """How many, and how far from what was proven."""
    if below > 0:
        words = ngettext(
            "Changed by hand: %(number)d swap, %(points)s points below the proven best total.",
            "Changed by hand: %(number)d swaps, together %(points)s points below the proven best "
            "total.",
            number,
        )
    elif below < 0:
        words = ngettext(
            "Changed by hand: %(number)d swap, %(points)s points above the total that was proven "
            "for its aim.",
            "Changed by hand: %(number)d swaps, together %(points)s points above the total that "
            "was proven for its aim.",
            number,
        )
    else:
        words = ngettext(
            "Changed by hand: %(number)d swap, which costs nothing.",
            "Changed by hand: %(number)d swaps, which together cost nothing.",
            number,
        )
    return words % {"number": number, "points": points(abs(below))}


def _pair(names: dict[str, str], pair: list[str]) -> str:
    mentor, mentee = (names.get(name, "?") for name in pair)
    return f"{mentor} → {mentee}"


def undo_of(run_words: dict[str, Any] | None, proposal: Proposal) -> dict[str, Any] | None:
    """The latest change of this pair; None where there was none."""
    if run_words is None:
        return None
    of_this_pair = (
        change for change in run_words["changes"] if str(proposal.public_id) in change["proposals"]
    )
    return next(of_this_pair, None)
