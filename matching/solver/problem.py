"""A matching problem, compiled from people and rules: the same whatever the order in which they
come.

Mentees (the seniors) are rows, mentors (the juniors) are columns, each sorted by key; ties
everywhere go by that order.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.solver import features, scoring
from matching.solver.availability import zone_of
from matching.solver.features import BITS, I64
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
from matching.solver.scoring import REASONS, Scorer, Scores

STORED_CELLS = 110_000_000
"""Up to so many pairs the scores are kept in memory (2 bytes each), beyond that they are computed anew when needed."""
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
    def cells(self) -> int:
        """How many scores are best asked for at once: a product wants more rows than a look at what
        is stored.
        """
        return COMPUTED_BLOCK if self.stored is None else STORED_BLOCK

    def block(self, rows: I64, columns: I64 | None = None) -> Scores:
        """Scores (rows × columns) in basis points, -1 where the pair is forbidden or pinned
        already.
        """
        if self.stored is None:
            return self.scorer.block(rows, columns)
        return features.pick(self.stored, rows, columns)

    def score(self, i: int, j: int) -> int:
        """The score of one pair, or -1 where it is forbidden or pinned already."""
        return int(self.scorer.at([i], [j])[0]) if self.stored is None else int(self.stored[i, j])

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
    low, high = 0, len(side)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if side[middle].key < key else (low, middle)
    if low == len(side) or side[low].key != key:
        raise KeyError(key)
    return low


def build_problem(people: Iterable[Person], rules: Rules | None = None) -> Problem:
    """Sort, check and prepare.

    Nothing about the order of `people`, of pins or of prohibitions matters.

    Raises ValueError where two people of one role have the same key, or somebody has none.
    Everything else that is unusual (an empty side, unknown zones, pins that cannot be) is an
    answer: see `notes` and `refused_pins`.
    """
    everybody = sorted(people, key=lambda person: person.key)
    rules = rules or Rules()
    mentees, mentors = _side(everybody, "mentee"), _side(everybody, "mentor")
    scorer = scoring.build(mentees, mentors, rules)
    limits = [
        np.array(
            [min(p.capacity, MOST) if p.approved and p.capacity > 0 else 0 for p in side], np.int64
        )
        for side in (mentees, mentors)
    ]
    bare = Problem(
        mentees, mentors, rules, scorer, limits[0], limits[1], (), (), (), _notes(everybody)
    )
    problem = _with_pins(bare)
    n, m = problem.shape
    if n * m > STORED_CELLS:
        return dataclasses.replace(problem, top=FULL_SCORE)
    stored = np.empty((n, m), np.int16)
    step = max(1, COMPUTED_BLOCK // max(1, m))

    def fill(start: int) -> None:
        problem.scorer.block(
            np.arange(start, min(n, start + step)), out=stored[start : start + step]
        )

    problem.scorer.weeks  # noqa: B018 - once, and not by both threads
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, range(0, n, step)))
    return dataclasses.replace(
        problem, scorer=problem.scorer.lean(), stored=stored, top=int(stored.max(initial=FORBIDDEN))
    )


def _side(people: Sequence[Person], role: Role) -> tuple[Person, ...]:
    side = tuple(person for person in people if person.role == role)
    keys = [person.key for person in side]
    if "" in keys or len(set(keys)) < len(keys):
        twice = sorted({key for key in keys if keys.count(key) > 1}) if len(keys) < 10_000 else []
        raise ValueError(f"every {role} needs a key of their own {twice}".rstrip(" []"))
    return side


def _with_pins(problem: Problem) -> Problem:
    """Take the pinned pairs out, in order of their keys, and their capacity with them."""
    rows, columns = problem.mentee_capacity.copy(), problem.mentor_capacity.copy()
    kept: list[tuple[int, int]] = []
    refused: list[RefusedPin] = []
    for mentee, mentor in sorted(set(problem.rules.pinned)):
        try:
            i, j = problem.row(mentee), problem.column(mentor)
        except KeyError:
            refused.append(RefusedPin(mentee, mentor, (PublicReason.UNKNOWN_PERSON,)))
            continue
        reasons = public_reasons(problem, i, j)
        if not reasons and not (rows[i] and columns[j]):
            reasons = (PublicReason.NO_CAPACITY,)
        if reasons:
            refused.append(RefusedPin(mentee, mentor, reasons))
        else:
            kept.append((i, j))
            rows[i] -= 1
            columns[j] -= 1
    scores = problem.scorer.at([i for i, _ in kept], [j for _, j in kept])
    return dataclasses.replace(
        problem,
        mentee_capacity=rows,
        mentor_capacity=columns,
        pinned=tuple(kept),
        pinned_scores=tuple(scores.tolist()),
        refused_pins=tuple(refused),
        scorer=_without(problem.scorer, kept),
    )


def _without(scorer: Scorer, pairs: Sequence[tuple[int, int]]) -> Scorer:
    """The same scorer with these pairs forbidden, so that nobody is paired twice with the same
    person.
    """
    pinned = np.array([i * scorer.shape[1] + j for i, j in pairs], np.int64)
    old = scorer.singled_out
    return dataclasses.replace(
        scorer,
        singled_out=features.with_bits((old.keys, old.values), (pinned, BITS[Reason.PINNED])),
    )


def public_reasons(problem: Problem, i: int, j: int) -> tuple[PublicReason, ...]:
    """Why mentee i and mentor j may not be paired, in words for people; empty for an allowed
    pair.
    """
    broken = problem.scorer.broken(np.array([i]), np.array([j]))[:, 0]
    found = dict.fromkeys(
        public_reason(reason)
        for reason, is_broken in zip(REASONS, broken, strict=True)
        if is_broken
    )
    return tuple(found)


def _notes(people: Sequence[Person]) -> tuple[Note, ...]:
    found = []
    for person in people:
        for code, missing in (
            ("unknown_time_zone", zone_of(person) is None),
            ("no_availability", not person.availability),
            ("no_languages", not person.languages),
            ("no_topics", not person.topics),
            ("no_grade", person.grade_rank is None),
        ):
            if missing:
                found.append(Note(code, person))
    return tuple(found)
