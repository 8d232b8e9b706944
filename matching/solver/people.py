"""What the matcher is told: people, weights and rules. Plain frozen values without behaviour."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

Role = Literal["mentee", "mentor"]
Objective = Literal["participation", "score"]
Window = tuple[int, int, int]
"""(weekday 0 = Monday to 6, start, end), in minutes after local midnight.

An end before its start is on the next day.
"""

FULL_SCORE = 10_000
"""Scores are integers from 0 to 10,000 (basis points of a perfect match)."""

FORBIDDEN = -1
"""In a matrix of scores: this pair must not be. A score of 0 is allowed."""


class Reason(StrEnum):
    """Why a pair is forbidden.

    For the code and its audit only: people are shown `public_reason`.
    """

    SAME_PERSON = "same_person"
    REPORTING_LINE = "reporting_line"
    GRADE_UNKNOWN = "grade_unknown"
    GRADE_GAP = "grade_gap"
    PRIVATE = "private"
    TOO_LITTLE_OVERLAP = "too_little_overlap"
    NO_COMMON_LANGUAGE = "no_common_language"
    SAME_DEPARTMENT = "same_department"
    NOT_APPROVED = "not_approved"
    NO_CAPACITY = "no_capacity"
    FORBIDDEN_BY_COORDINATOR = "forbidden_by_coordinator"
    PINNED = "pinned"


class PublicReason(StrEnum):
    """Wording keys.

    NOT_AVAILABLE is one reason for avoids, HR blocks, former pairs and availability alike.
    """

    SAME_PERSON = "same_person"
    REPORTING_LINE = "reporting_line"
    GRADE_UNKNOWN = "grade_unknown"
    GRADE_GAP = "grade_gap"
    NOT_AVAILABLE = "not_available"
    NO_COMMON_LANGUAGE = "no_common_language"
    SAME_DEPARTMENT = "same_department"
    NOT_APPROVED = "not_approved"
    NO_CAPACITY = "no_capacity"
    FORBIDDEN_BY_COORDINATOR = "forbidden_by_coordinator"
    PINNED = "pinned"
    BELOW_MINIMUM = "below_minimum"
    UNKNOWN_PERSON = "unknown_person"


def public_reason(reason: Reason) -> PublicReason:
    """The wording key of a reason: everything private and availability are one and the same."""
    if reason in (Reason.PRIVATE, Reason.TOO_LITTLE_OVERLAP):
        return PublicReason.NOT_AVAILABLE
    return PublicReason(reason.value)


def _no_numbers() -> Mapping[str, int]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Person:
    """One person in one role.

    Somebody who is both mentor and mentee comes twice, with the same key.

    `key` is stable and unique in its role (the employee id, never a random id): ties go by it.
    `ref` is the caller's own handle and never looked at. What is empty means "not stated": no
    languages forbid nothing and earn nothing, no availability means office hours (Monday to Friday,
    9 to 17), a grade of None forbids with a reason of its own.
    """

    key: str
    role: Role
    name: str = ""
    ref: Hashable = None
    grade_rank: int | None = None  # larger = more senior
    # keys of everybody above in the reporting line, skip-levels too
    ancestors: frozenset[str] = frozenset()
    department: str = ""
    location: str = ""
    languages: tuple[str, ...] = ()  # the preferred one first
    time_zone: str = "UTC"  # IANA; an unknown one counts as UTC and is noted in Problem.notes
    availability: tuple[Window, ...] = ()  # weekly, in own local time
    # mentor: level 1-5; mentee: priority, 1 = highest
    topics: Mapping[str, int] = field(default_factory=_no_numbers)
    working_style: Mapping[str, int] = field(default_factory=_no_numbers)  # slider name -> 1-5
    interests: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()  # keys of people explicitly wished for
    # private: avoids, HR blocks, former pairs; from either side is enough
    blocked: frozenset[str] = frozenset()
    capacity: int = 1  # how many new pairs this person may get; 0 or less: none
    approved: bool = True


@dataclass(frozen=True)
class Weights:
    """How much each part of the score counts, in any unit: whole numbers from 0 up, scaled to
    10,000 together.
    """

    topics: int = 50
    overlap: int = 12
    style: int = 10
    language: int = 5
    interests: int = 5
    distance: int = 8
    wish: int = 10

    def shares(self) -> dict[str, int]:
        """Basis points of each component, summing to 10,000 (all 0 if every weight is 0).

        Largest remainder, ties to the component named first. Raises ValueError for a negative
        weight.
        """
        weights = {name: int(getattr(self, name)) for name in COMPONENTS}
        if min(weights.values()) < 0:
            raise ValueError("weights are whole numbers from 0 up")
        total = sum(weights.values())
        if total == 0:
            return weights

        shares, remainders = {}, {}
        for name, weight in weights.items():
            shares[name], remainders[name] = divmod(FULL_SCORE * weight, total)
        left = FULL_SCORE - sum(shares.values())
        for name in sorted(COMPONENTS, key=lambda name: -remainders[name])[:left]:
            shares[name] += 1
        return shares


COMPONENTS = ("topics", "overlap", "style", "language", "interests", "distance", "wish")
"""The parts of a score, in the order in which ties between them are settled."""


@dataclass(frozen=True)
class Rules:
    """The program's rules. `pinned` and `forbidden` hold (mentee key, mentor key).

    A pin is kept only if every other rule allows the pair (`Problem.refused_pins` tells why not): a
    pin that could override availability but not an avoid would tell the two apart. For the same
    reason `min_overlap_minutes` below 1 counts as 1. `starts` and `ends` bound the weeks in which
    the overlap must hold, whatever daylight saving does; without them, the year 2026 stands for
    every year.
    """

    weights: Weights = Weights()
    grade_gap: int = 1  # the mentor is at least this many ranks below the mentee
    require_common_language: bool = True
    min_overlap_minutes: int = 60  # shared working time in every week of the program
    good_overlap_minutes: int = 480  # as much as earns all the points of the component
    forbid_same_department: bool = False
    starts: date | None = None
    ends: date | None = None
    pinned: tuple[tuple[str, str], ...] = ()
    forbidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Note:
    """Something assumed about a person, worth telling the coordinator.

    Codes: unknown_time_zone, no_availability, no_languages, no_topics, no_grade.
    """

    code: str
    person: Person


@dataclass(frozen=True)
class RefusedPin:
    """A pinned pair that the rules forbid, or that capacity leaves no room for."""

    mentee_key: str
    mentor_key: str
    reasons: tuple[PublicReason, ...]
