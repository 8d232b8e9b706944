"""Why two people were paired, in words: in the reader's language, and as one of the two or a
coordinator reads it.

Matching answers in keys and figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

Viewer = Literal["manager", "mentor", "mentee"]
Params = Mapping[str, Any]
SHOWN = 3  # reasons of a pair; names in a list, the rest is a number

COMPONENT_NAMES: dict[str, Promise] = {
    "topics": gettext_lazy("Topics"),
    "overlap": gettext_lazy("Common free time"),
    "style": gettext_lazy("Ways of working"),
    "language": gettext_lazy("Language"),
    "interests": gettext_lazy("Interests"),
    "distance": gettext_lazy("Distance"),
    "wish": gettext_lazy("A wish"),
}
WARNINGS: dict[str, Promise] = {
    "no_shared_topic": gettext_lazy("No topic in common"),
    "same_department": gettext_lazy("Same department"),
    "little_overlap": gettext_lazy("Little common time"),
    "assumed_availability": gettext_lazy("Free times not stated: office hours assumed"),
    "assumed_time_zone": gettext_lazy("Time zone unknown"),
    "assumed_language": gettext_lazy("Languages not stated"),
}


def score_points(score: int) -> int:
    """A score in basis points as people read it: 0 to 100."""
    return round(score / 100)


def reason_words(reason: Mapping[str, Any], viewer: Viewer = "manager") -> str:
    """One reason for a pair, as a sentence without a full stop.

    An unknown key is its component's name, or nothing. The two are not told of a wish that only one
    of them had.
    """
    if viewer != "manager" and _is_one_sided_wish(reason):
        return ""
    key = str(reason.get("key", ""))
    write = _WRITERS.get(key)
    words = write(reason.get("params") or {}, viewer) if write else ""
    return words or str(COMPONENT_NAMES.get(key, ""))


def reasons_words(reasons: Iterable[Mapping[str, Any]], viewer: Viewer = "manager") -> list[str]:
    """The three strongest reasons.

    A wish is told to the two only where both had it: neither learns of the other's alone.
    """
    told = list(reasons)
    if viewer != "manager":
        told = [reason for reason in told if not _is_one_sided_wish(reason)]
    words = [reason_words(reason, viewer) for reason in told[:SHOWN]]
    return [text for text in words if text]


def _is_one_sided_wish(reason: Mapping[str, Any]) -> bool:
    return reason.get("key") == "wish" and not (reason.get("params") or {}).get("mutual")


def warning_words(warnings: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a coordinator should look at."""
    return [str(WARNINGS.get(str(warning.get("key")), warning.get("key"))) for warning in warnings]


def _topics(params: Params, viewer: Viewer) -> str:
    names = [str(topic[0]) for topic in params.get("topics", [])]
    if not names:
        return ""
    wanted = {"topics": _and(names)}
    if viewer == "mentor":
        return _("You know what they want to learn: %(topics)s") % wanted
    if viewer == "mentee":
        return _("Knows what you want to learn: %(topics)s") % wanted
    return _("Wanted and offered: %(topics)s") % wanted


def _overlap(params: Params, viewer: Viewer) -> str:
    minutes = int(params.get("minutes", 0))
    if not minutes:
        return ""
    hours = minutes // 60
    if not hours:
        return _("%(minutes)d minutes a week when both are free") % {"minutes": minutes}
    words = ngettext(
        "%(hours)d hour a week when both are free",
        "%(hours)d hours a week when both are free",
        hours,
    )
    return words % {"hours": hours}


def _style(params: Params, viewer: Viewer) -> str:
    if viewer == "manager":
        return _("Similar ways of working")
    return _("You like to work in similar ways")


def _language(params: Params, viewer: Viewer) -> str:
    names = [language_name(code) for code in params.get("languages", [])]
    return _("Both speak %(languages)s") % {"languages": _and(names)} if names else ""


def _interests(params: Params, viewer: Viewer) -> str:
    names = [str(name) for name in params.get("interests", [])]
    return _("Shared interests: %(interests)s") % {"interests": _and(names)} if names else ""


def _distance(params: Params, viewer: Viewer) -> str:
    department, place = params.get("other_department"), params.get("other_location")
    if department and place:
        return _("Different departments and places")
    if department:
        return _("Different departments")
    return _("Different places") if place else ""


def _wish(params: Params, viewer: Viewer) -> str:
    if viewer == "manager":
        return _("A wish for this pair was expressed")
    return _("You asked for each other")


_WRITERS: dict[str, Callable[[Params, Viewer], str]] = {
    "topics": _topics,
    "overlap": _overlap,
    "style": _style,
    "language": _language,
    "interests": _interests,
    "distance": _distance,
    "wish": _wish,
}


def language_name(code: str) -> str:
    """The name of a language in the reader's own; the code itself where it has none here."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _and(names: list[str]) -> str:
    """ "A, B, C and 2 more"."""
    left = len(names) - SHOWN
    if left > 0:
        more = ngettext("%(number)d more", "%(number)d more", left) % {"number": left}
        names = [*names[:SHOWN], more]
    return get_text_list(names, _("and"))
