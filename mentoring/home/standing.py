"""Where a person stands in a program: a pure function of facts, so that it can be read and tested.

It says nothing that the person may not know. A mentee hears of a match only once its mentor has
said yes, so until then `offer` is empty for them, and they read the same as somebody for whom no
match has been found. A match that did not come about reads the same to both, whoever it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Pair = Literal["none", "active", "paused", "over"]
Offer = Literal["none", "to_answer", "answered", "void"]
Key = Literal[
    "cancelled",
    "closed",
    "closing",
    "invited",
    "not_open_yet",
    "too_late",
    "applied",
    "waitlisted",
    "declined",
    "may_rejoin",
    "approved",
    "matching",
    "match_to_answer",
    "match_answered",
    "match_void",
    "no_partner_yet",
    "pair_over",
    "active",
    "paused",
]

NOT_YET_APPLIED = {"invited", "volunteering"}
LEFT = {"declined", "withdrawn"}


@dataclass(frozen=True)
class Facts:
    """What is known about a person in a program; the words are those of the models' states.

    `pair` is the one that goes on, if there is one; `offer` the newest that the person may know of.
    """

    program: str
    enrolment: str
    can_enrol: bool
    pair: Pair = "none"
    offer: Offer = "none"


def standing(facts: Facts) -> Key | None:
    """Where the person stands; None where there is nothing to say any more."""
    if facts.program == "cancelled":
        return None if facts.enrolment in LEFT else "cancelled"
    if facts.enrolment in LEFT:
        return _left(facts)
    if facts.program == "closed":
        return _after_the_end(facts)
    if facts.enrolment in NOT_YET_APPLIED:
        return _before_applying(facts)
    if facts.enrolment == "approved":
        return _taking_part(facts)
    return _waiting_for_a_place(facts)


def _left(facts: Facts) -> Key | None:
    """Turned down, or stepped back: said until the program has found its pairs."""
    if facts.enrolment == "withdrawn":
        return "may_rejoin" if facts.can_enrol else None
    return "declined" if facts.program in {"enrolling", "matching"} else None


def _after_the_end(facts: Facts) -> Key | None:
    """A pair that is over has its own place, and whoever did not apply was no part of it."""
    if facts.pair != "none" or facts.enrolment in NOT_YET_APPLIED:
        return None
    return "closed"


def _before_applying(facts: Facts) -> Key | None:
    if facts.can_enrol:
        return "invited"
    if facts.program == "draft":
        return "not_open_yet"
    return "too_late" if facts.program in {"enrolling", "matching"} else None


def _waiting_for_a_place(facts: Facts) -> Key:
    """Applied or on the waiting list."""
    if facts.program == "closing":
        return "closing"
    return "waitlisted" if facts.enrolment == "waitlisted" else "applied"


def _taking_part(facts: Facts) -> Key:
    """What goes on comes before what is over."""
    if facts.offer == "to_answer":
        return "match_to_answer"
    if facts.offer == "answered":
        return "match_answered"
    if facts.pair in {"active", "paused"}:
        return "paused" if facts.pair == "paused" else "active"
    return _without_a_partner(facts)


def _without_a_partner(facts: Facts) -> Key:
    if facts.program == "closing":
        return "closing"
    if facts.offer == "void":
        return "match_void"
    if facts.pair == "over":
        return "pair_over"
    if facts.program == "running":
        return "no_partner_yet"
    return "matching" if facts.program == "matching" else "approved"
