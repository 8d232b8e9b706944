"""A matching problem, built from people and rules: the same whatever the order in which they come.

Mentees (the seniors) are rows, mentors (the juniors) are columns, each sorted by key; ties
everywhere go by that order.
"""

import dataclasses
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.solver.arrays import I64, Scores, in_blocks, on_threads, pick
from matching.solver.people import (
    FORBIDDEN,
    FULL_SCORE,
    Note,
    Person,
    PublicReason,
    Reason,
    RefusedPin,
    Role,
    Rules,
    public_reason,
)
from matching.solver.scoring import features
from matching.solver.scoring.availability import zone_of
from matching.solver.scoring.features import BITS
from matching.solver.scoring.scorer import REASONS, Scorer, build_scorer

STORED_CELLS = 110_000_000
"""Up to so many pairs the scores are kept in memory, 2 bytes each.

Beyond that they are computed anew whenever they are needed.
"""
MOST = np.iinfo(np.int32).max  # a capacity beyond this changes nothing
STORED_BLOCK, COMPUTED_BLOCK = 1 << 19, 1 << 21


@dataclass(frozen=True, eq=False)
class Problem:
    """n mentees × m mentors with rules, ready to be solved and explained.

    Made by `build_problem` alone.
    """

    mentees: tuple[Person, ...]
    mentors: tuple[Person, ...]
    rules: Rules
    scorer: Scorer
    mentee_capacity: I64  # n: what is left after the pins; 0 for the unapproved
    mentor_capacity: I64  # m
    pinned: tuple[tuple[int, int], ...]  # (mentee row, mentor column) of the pins that are kept
    pinned_scores: tuple[int, ...]
    refused_pins: tuple[RefusedPin, ...]
    notes: tuple[Note, ...]
    top: int = FORBIDDEN  # no score is higher; FORBIDDEN: no pair is allowed
    stored: Scores | None = None  # n × m where it fits

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""
        return len(self.mentees), len(self.mentors)

    @property
    def size(self) -> int:
        """How many pairs there are, allowed or not."""
        return len(self.mentees) * len(self.mentors)

    @property
    def capacity(self) -> tuple[I64, I64]:
        """How many new pairs each may get: mentees (n), mentors (m)."""
        return self.mentee_capacity, self.mentor_capacity

    @property
    def cells(self) -> int:
        """How many scores are best asked for at once: more where they are computed."""
        return COMPUTED_BLOCK if self.stored is None else STORED_BLOCK

    def block(self, rows: I64, columns: I64 | None = None) -> Scores:
        """Scores (rows × columns) in basis points, -1 where forbidden or pinned already."""
        if self.stored is None:
            return self.scorer.block(rows, columns)
        return pick(self.stored, rows, columns)

    def score(self, i: int, j: int) -> int:
        """The score of one pair, or -1 where it is forbidden or pinned already."""
        return int(self.scores(np.array([i]), np.array([j]))[0])

    def allows(self, i: int, j: int) -> bool:
        """Whether a pair is allowed, or pinned."""
        return (i, j) in self.pins or self.score(i, j) >= 0

    @cached_property
    def pins(self) -> frozenset[tuple[int, int]]:
        """The pinned pairs, to look up."""
        return frozenset(self.pinned)

    def scores(self, i: I64, j: I64) -> I64:
        """Scores of single pairs (i[k], j[k]), -1 where forbidden or pinned already."""
        if self.stored is not None:
            return self.stored[i, j].astype(np.int64)
        return self.scorer.at(i, j)

    def row(self, key: str) -> int:
        """The row of a mentee. KeyError for a stranger."""
        return _position(self.mentees, key)

    def column(self, key: str) -> int:
        """The column of a mentor. KeyError for a stranger."""
        return _position(self.mentors, key)

    def position(self, person: Person) -> int:
        """The row of a mentee or the column of a mentor. KeyError for a stranger."""
        return self.row(person.key) if person.role == "mentee" else self.column(person.key)


def _position(side: Sequence[Person], key: str) -> int:
    at = bisect_left(side, key, key=lambda person: person.key)
    if at == len(side) or side[at].key != key:
        raise KeyError(key)
    return at


def build_problem(people: Iterable[Person], rules: Rules | None = None) -> Problem:
    """Sort, check and prepare.

    Nothing about the order of `people`, of pins or of prohibitions matters.

    Raises ValueError where two people of one role have the same key, or somebody has none.
    Everything else that is unusual (an empty side, unknown zones, pins that cannot be) is an
    answer: see `notes` and `refused_pins`.
    """
    problem = _with_pins(_without_pins(people, rules or Rules()))
    if problem.size > STORED_CELLS:
        return dataclasses.replace(problem, top=FULL_SCORE)
    stored = _all_scores(problem.scorer)
    top = int(stored.max(initial=FORBIDDEN))
    return dataclasses.replace(problem, scorer=problem.scorer.lean(), stored=stored, top=top)


def _without_pins(people: Iterable[Person], rules: Rules) -> Problem:
    everybody = sorted(people, key=lambda person: person.key)
    mentees, mentors = _side(everybody, "mentee"), _side(everybody, "mentor")
    return Problem(
        mentees=mentees,
        mentors=mentors,
        rules=rules,
        scorer=build_scorer(mentees, mentors, rules),
        mentee_capacity=_capacity(mentees),
        mentor_capacity=_capacity(mentors),
        pinned=(),
        pinned_scores=(),
        refused_pins=(),
        notes=_notes(everybody),
    )


def _side(people: Sequence[Person], role: Role) -> tuple[Person, ...]:
    """The people of a role; ValueError unless each has a key of their own."""
    side = tuple(person for person in people if person.role == role)
    keys = Counter(person.key for person in side)
    if "" in keys or len(keys) < len(side):
        raise ValueError(f"every {role} needs a key of their own {_twice(keys)}".rstrip(" []"))
    return side


def _twice(keys: Counter[str]) -> list[str]:
    return sorted(key for key, count in keys.items() if count > 1)


def _capacity(side: Sequence[Person]) -> I64:
    """How many new pairs each may get."""
    places = [
        min(person.capacity, MOST) if person.approved and person.capacity > 0 else 0
        for person in side
    ]
    return np.array(places, np.int64)


def _all_scores(scorer: Scorer) -> Scores:
    """The whole matrix, in blocks of rows."""
    n, m = scorer.shape
    stored = np.empty((n, m), np.int16)

    def fill(rows: I64) -> None:
        scorer.block(rows, out=stored[rows[0] : rows[-1] + 1])

    scorer.weeks  # noqa: B018 - computed once, before the threads need it
    on_threads(fill, in_blocks(np.arange(n), m, COMPUTED_BLOCK))
    return stored


def _with_pins(problem: Problem) -> Problem:
    """Take the pinned pairs out, in order of their keys, and their capacity with them."""
    pins = _Pins(problem)
    for mentee, mentor in sorted(set(problem.rules.pinned)):
        pins.add(mentee, mentor)
    rows, columns = np.array(pins.kept, np.int64).reshape(-1, 2).T
    scores = problem.scorer.at(rows, columns)
    return dataclasses.replace(
        problem,
        mentee_capacity=pins.mentees,
        mentor_capacity=pins.mentors,
        pinned=tuple(pins.kept),
        pinned_scores=tuple(scores.tolist()),
        refused_pins=tuple(pins.refused),
        scorer=_without(problem.scorer, pins.kept),
    )


class _Pins:
    """Pins that are kept, pins that are refused, and the capacity that is left."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.mentees = problem.mentee_capacity.copy()
        self.mentors = problem.mentor_capacity.copy()
        self.kept: list[tuple[int, int]] = []
        self.refused: list[RefusedPin] = []

    def add(self, mentee: str, mentor: str) -> None:
        """Keep a pin, or refuse it."""
        try:
            i, j = self.problem.row(mentee), self.problem.column(mentor)
        except KeyError:
            self.refused.append(RefusedPin(mentee, mentor, (PublicReason.UNKNOWN_PERSON,)))
            return

        reasons = self._against(i, j)
        if reasons:
            self.refused.append(RefusedPin(mentee, mentor, reasons))
            return
        self.kept.append((i, j))
        self.mentees[i] -= 1
        self.mentors[j] -= 1

    def _against(self, i: int, j: int) -> tuple[PublicReason, ...]:
        """Why the pin is refused; empty if it is kept."""
        reasons = public_reasons(self.problem, i, j)
        if self.mentees[i] and self.mentors[j]:
            return reasons
        return reasons or (PublicReason.NO_CAPACITY,)


def _without(scorer: Scorer, pairs: Sequence[tuple[int, int]]) -> Scorer:
    """The same scorer with these pairs forbidden: nobody is paired twice with the same person."""
    keys = np.array([i * scorer.shape[1] + j for i, j in pairs], np.int64)
    before = scorer.singled_out
    after = features.with_bits((before.keys, before.values), (keys, BITS[Reason.PINNED]))
    return dataclasses.replace(scorer, singled_out=after)


def public_reasons(problem: Problem, i: int, j: int) -> tuple[PublicReason, ...]:
    """Why mentee i and mentor j may not be paired, in words for people; empty for an allowed
    pair.
    """
    broken = problem.scorer.broken(np.array([i]), np.array([j]))[:, 0]
    reasons = [reason for reason, is_so in zip(REASONS, broken, strict=True) if is_so]
    return tuple(dict.fromkeys(public_reason(reason) for reason in reasons))


def _notes(people: Sequence[Person]) -> tuple[Note, ...]:
    """What is assumed of whom."""
    return tuple(Note(code, person) for person in people for code in unknowns_of(person))


def unknowns_of(person: Person) -> list[str]:
    """The codes (see `Note`) of what is not known of somebody."""
    codes = {
        "unknown_time_zone": zone_of(person) is None,
        "no_availability": not person.availability,
        "no_languages": not person.languages,
        "no_topics": not person.topics,
        "no_grade": person.grade_rank is None,
    }
    return [code for code, is_missing in codes.items() if is_missing]
