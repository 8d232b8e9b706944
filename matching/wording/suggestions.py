"""What would help those without a partner, in words: for the whole run, with the way to where it is
changed, and for each.

Everything arrives as keys and figures (matching.domain.results.suggestions has counted them).
The sentences say {mentor} and {mentees}; pages replace them by `programs.labels.with_labels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Where = Literal["rules", "aim", "people", "invite"]
Change = Mapping[str, Any]


@dataclass(frozen=True)
class Suggestion:
    """One change, what it makes, and the page on which it is made."""

    text: str
    makes: str
    where: Where
    because: str = ""


def suggestions(helping: Mapping[str, Any], names: Mapping[str, str]) -> list[Suggestion]:
    """What would help the whole run. `names` by the public ids of enrolments."""
    return [
        _suggestion(change, names)
        for change in helping.get("changes", [])
        if change.get("key") in _WRITERS
    ]


def named(helping: Mapping[str, Any]) -> list[str]:
    """The public ids of the people whom the suggestions name."""
    return [
        public_id for change in helping.get("changes", []) for public_id in change.get("named", [])
    ]


def for_person(helping: Mapping[str, Any], role: str, names: Mapping[str, str]) -> str:
    """What would place one person, in a sentence; empty where nothing is known to."""
    ways = [_short(change) for change in helping.get("changes", [])]
    asked = _known(helping.get("ask", []), names)
    if asked and role == "mentee":
        ways.append(_("one more place with %(names)s") % {"names": get_text_list(asked, _("or"))})
    if not ways:
        ways.append(_another(role, str(helping.get("topic", ""))))
    return _("Would help: %(ways)s.") % {"ways": get_text_list(ways, _("or"))}


def _known(public_ids: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The names of those whose names are known."""
    return [names[public_id] for public_id in public_ids if public_id in names]


def _another(role: str, topic: str) -> str:
    if not topic:
        return (
            _("another {mentor} who fits") if role == "mentee" else _("another {mentee} who fits")
        )
    if role == "mentee":
        words = _("another {mentor} who fits, best one who knows %(topic)s")
    else:
        words = _("another {mentee} who fits, best one who wants %(topic)s")
    return words % {"topic": topic}


def _suggestion(change: Change, names: Mapping[str, str]) -> Suggestion:
    write, where = _WRITERS[str(change["key"])]
    makes = _more_pairs(int(change.get("pairs", 0)))
    return Suggestion(write(change, names), makes, where, _because(change))


def _more_pairs(pairs: int) -> str:
    return ngettext("%(pairs)d more pair", "%(pairs)d more pairs", pairs) % {"pairs": pairs}


def _department(change: Change, names: Mapping[str, str]) -> str:
    return _("Allow two people of the same department")


def _language(change: Change, names: Mapping[str, str]) -> str:
    return _("Do without a language in common")


def _gap(change: Change, names: Mapping[str, str]) -> str:
    return _("Lower the grades between the two from %(from)d to %(to)d") % {
        "from": change["from"],
        "to": change["to"],
    }


def _minimum(change: Change, names: Mapping[str, str]) -> str:
    before, to = int(change["from"]) / 100, int(change["to"]) // 100
    if not to:
        return _("Do without a smallest fit")
    return _("Lower the smallest fit from %(from)g to %(to)d") % {"from": before, "to": to}


def _participation(change: Change, names: Mapping[str, str]) -> str:
    return _("Aim for as many pairs as possible")


def _together(change: Change, names: Mapping[str, str]) -> str:
    return _("All of this together: %(ways)s") % {"ways": _all_parts(change)}


def _all_parts(change: Change) -> str:
    return get_text_list([_short(part) for part in change.get("parts", [])], _("and"))


def _places(change: Change, names: Mapping[str, str]) -> str:
    asked = _known(change.get("named", []), names)
    people = int(change.get("people", len(asked)))
    unnamed = people - len(asked)
    if unnamed > 0:
        asked.append(ngettext("%(number)d more", "%(number)d more", unnamed) % {"number": unnamed})
    words = ngettext(
        "One more place with one {mentor}: %(names)s",
        "One more place with each of %(people)d {mentors}: %(names)s",
        people,
    )
    return words % {"people": people, "names": get_text_list(asked, _("and"))}


def _newcomers(change: Change, names: Mapping[str, str]) -> str:
    """How many more people, and for which topics."""
    topics = [(str(topic), int(count)) for topic, count, *_rest in change.get("topics", [])]
    people, role = sum(count for _topic, count in topics), str(change.get("role"))
    total = _more_people(role, people)
    if not topics:
        return total
    if len(topics) == 1:
        topic, _count = topics[0]
        return _more_for(role, people, topic) if topic else total

    each = [_for_topic(topic, count) for topic, count in topics]
    return _("%(total)s: %(each)s") % {"total": total, "each": get_text_list(each, _("and"))}


def _for_topic(topic: str, people: int) -> str:
    words = _("%(people)d for %(topic)s") if topic else _("%(people)d for anything")
    return words % {"people": people, "topic": topic}


def _more_people(role: str, people: int) -> str:
    if role == "mentor":
        words = ngettext("%(people)d more {mentor}", "%(people)d more {mentors}", people)
    else:
        words = ngettext("%(people)d more {mentee}", "%(people)d more {mentees}", people)
    return words % {"people": people}


def _more_for(role: str, people: int, topic: str) -> str:
    if role == "mentor":
        words = ngettext(
            "%(people)d more {mentor} for %(topic)s",
            "%(people)d more {mentors} for %(topic)s",
            people,
        )
    else:
        words = ngettext(
            "%(people)d more {mentee} for %(topic)s",
            "%(people)d more {mentees} for %(topic)s",
            people,
        )
    return words % {"people": people, "topic": topic}


def _because(change: Change) -> str:
    """Why these topics: how many want them, and what there is."""
    if change.get("key") != "newcomers":
        return ""
    if change.get("role") == "mentor":
        words = _("%(topic)s: wanted by %(wanting)d; places with {mentors} who know it: %(places)d")
    else:
        words = _("%(topic)s: known by %(wanting)d; {mentees} who want it: %(places)d")
    sentences = [
        words % {"topic": topic, "wanting": wanting, "places": places}
        for topic, _count, wanting, places in change.get("topics", [])
        if topic
    ]
    return "; ".join(sentences)


def _short(change: Change) -> str:
    """A change as part of a sentence."""
    key = change.get("key")
    if key == "together":
        return _all_parts(change)
    if key == "same_department":
        return _("allowing the same department")
    if key == "language":
        return _("doing without a common language")
    if key in {"grade_gap", "minimum"}:
        return _short_limit(key, int(change.get("to") or 0))
    return ""


def _short_limit(key: str, to: int) -> str:
    if key == "grade_gap":
        return _("a grade gap of %(to)d") % {"to": to}
    if to:
        return _("a smallest fit of %(to)d") % {"to": to // 100}
    return _("no smallest fit")


Writer = Callable[[Change, Mapping[str, str]], str]
_WRITERS: dict[str, tuple[Writer, Where]] = {
    "same_department": (_department, "rules"),
    "language": (_language, "rules"),
    "grade_gap": (_gap, "rules"),
    "minimum": (_minimum, "aim"),
    "participation": (_participation, "aim"),
    "together": (_together, "rules"),
    "places": (_places, "people"),
    "newcomers": (_newcomers, "invite"),
}
