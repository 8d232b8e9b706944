"""Scores, refusals and people without a partner in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.domain.run_settings import solver_weights
from matching.enums import Refusal
from matching.solver import COMPONENTS
from pairings.wording import COMPONENT_NAMES, Params

COMPONENT_MEANING: dict[str, Promise] = {
    "topics": gettext_lazy(
        "What one wants to learn, by priority, and what the other knows, by level."
    ),
    "overlap": gettext_lazy("Hours a week in which both are free, in every week of the program."),
    "style": gettext_lazy("How alike the two like to work."),
    "language": gettext_lazy("Each speaks the language that the other likes best."),
    "interests": gettext_lazy("Interests that the two share."),
    "distance": gettext_lazy(
        "Different departments and places count as a plus: that is where the unexpected comes from."
    ),
    "wish": gettext_lazy(
        "One of the two has asked for the other, or both have. Whose wish it was is told to "
        "nobody. "
        "Pairs without a wish all miss the same points, so it changes nothing between them."
    ),
}


COMPONENT_ENDS: dict[str, tuple[Promise, Promise]] = {
    "topics": (gettext_lazy("Any topic will do"), gettext_lazy("The right topics above all")),
    "overlap": (
        gettext_lazy("Just enough common time"),
        gettext_lazy("As much common time as can be"),
    ),
    "style": (gettext_lazy("Alike or not, all the same"), gettext_lazy("As alike as can be")),
    "language": (gettext_lazy("Any common language"), gettext_lazy("The language each likes best")),
    "interests": (
        gettext_lazy("Interests do not count"),
        gettext_lazy("Shared interests above all"),
    ),
    "distance": (gettext_lazy("Near is as good as far"), gettext_lazy("As far apart as can be")),
    "wish": (gettext_lazy("Wishes do not count"), gettext_lazy("Wishes above all")),
}
"""What the lowest and the highest weight of a component mean."""


STAGES: dict[str, Promise] = {
    "people": gettext_lazy("Reading what people have said"),
    "scores": gettext_lazy("Comparing everybody with everybody"),
    "list": gettext_lazy("Looking for good pairs"),
    "number": gettext_lazy("Finding a place for as many as possible"),
    "floor": gettext_lazy("Making the weakest match as good as can be"),
    "total": gettext_lazy("Making the whole as good as can be"),
    "check": gettext_lazy("Checking the result"),
    "reasons": gettext_lazy("Writing down the reasons"),
}


def refusal_words(key: str) -> str:
    """Why a pair is not possible."""
    known = Refusal(key) if key in Refusal.values else Refusal.NOT_AVAILABLE
    return capfirst(str(known.label))


def unmatched_words(reason: Mapping[str, Any]) -> str:
    """Why somebody has nobody, in one or two sentences."""
    key, params = str(reason.get("key", "")), reason.get("params") or {}
    if key == "rules":
        return _none_fits(params)
    if key == "outcompeted":
        return _outcompeted(params)
    words = {
        "nobody_there": _("There is nobody on the other side yet."),
        "by_hand": _("Was left without a partner by a change that was made by hand."),
        "no_gain": _("No pair with this person would have raised the total."),
    }
    return words.get(key, _("Not available."))


def _none_fits(params: Params) -> str:
    """How many possible partners there are, and how many of them each rule forbids."""
    others = int(params.get("others", 0))
    forbidden = {name: int(people) for name, people, _alone in params.get("obstacles", [])}
    if others and forbidden.get(Refusal.NO_CAPACITY) == others:
        return _("Has no place to give.")

    words = [_obstacle(name, people) for name, people in forbidden.items()]
    first = _nobody_fits(others)
    return f"{first} {capfirst('; '.join(words))}." if words else first


def _nobody_fits(others: int) -> str:
    words = ngettext(
        "The one possible partner does not fit.",
        "None of the %(others)d possible partners fits.",
        others,
    )
    return words % {"others": others}


def _obstacle(name: str, people: int) -> str:
    why = Refusal(name).label if name in Refusal.values else name
    return _("%(people)d: %(why)s") % {"people": people, "why": why}


def _outcompeted(params: Params) -> str:
    """How many would fit, and how many compete for how many places."""
    eligible = int(params.get("eligible", 0))
    rivals, places = int(params.get("rivals", 0)), int(params.get("places", 0))
    first = ngettext(
        "One partner would fit, but has somebody else.",
        "%(eligible)d partners would fit, but all have somebody else.",
        eligible,
    ) % {"eligible": eligible}
    return first if rivals <= places else f"{first} {_competition(rivals, places)}"


def _competition(rivals: int, places: int) -> str:
    words = ngettext(
        "%(rivals)d people compete for one place.",
        "%(rivals)d people compete for %(places)d places.",
        places,
    )
    return words % {"rivals": rivals, "places": places}


def breakdown_rows(
    breakdown: Mapping[str, int], weights: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The parts of a score in the usual order: name, meaning, points and at most how many.

    They add up to the score.
    """
    shares = solver_weights(weights).shares()
    rows = []
    for name in COMPONENTS:
        points = int(breakdown.get(name, 0))
        if shares[name] or points:
            rows.append(_breakdown_row(name, points, shares[name]))
    return rows


def _breakdown_row(name: str, points: int, share: int) -> dict[str, Any]:
    return {
        "key": name,
        "name": COMPONENT_NAMES[name],
        "meaning": COMPONENT_MEANING[name],
        "points": points,
        "most": max(share, points),
    }
