"""Scores of pairs: blocks for the solver, and the breakdown of single pairs, from the same columns.

A score is a whole number of basis points, the sum of its components (`people.COMPONENTS`), each
from 0 to its share.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import (
    F32,
    I64,
    Flags,
    Scores,
    are_consecutive,
    pick,
    positions,
    product,
)
from matching.solver.people import COMPONENTS, FORBIDDEN, Person, Reason, Rules
from matching.solver.scoring import features
from matching.solver.scoring.availability import Season, seasons
from matching.solver.scoring.features import BITS, PENALTY, Block, Pairwise

REASONS = tuple(Reason)
BY_COLUMNS = (Reason.GRADE_GAP, Reason.SAME_DEPARTMENT, Reason.NO_COMMON_LANGUAGE)
"""Rules that are columns of a scorer: a pair that breaks one has a product below 0 there."""
PANEL_CELLS = 1 << 18
PANEL_COLUMNS = 256
FRACTION = 1024
"""Points per minute are kept in 1024ths.

Products stay below 2**24 where it matters, so float32 is exact.
"""


@dataclass(frozen=True, eq=False)
class Scorer:
    """All that is needed to score any pair of n mentees and m mentors.

    `mentees` (n × k) and `mentors` (k × m) hold all components except overlap and wish, then the
    penalties; `parts` says which columns are whose. `languages` is None unless there are too many
    combinations of languages for columns. `personal` are rules that bar a person altogether, with
    those barred on each side; `barred` is anybody whom such a rule bars.
    """

    mentees: F32
    mentors: F32
    parts: dict[str, slice]
    languages: tuple[F32, F32] | None  # n × words, words × m
    seasons: tuple[Season, ...]
    minutes_needed: int
    points_a_minute: int  # in 1024ths
    overlap_share: int
    wishes: Pairwise
    singled_out: Pairwise
    personal: dict[Reason, tuple[Flags, Flags]]
    barred: tuple[Flags, Flags]

    @cached_property
    def weeks(self) -> tuple[tuple[F32, F32, I64], ...]:
        """Each season: points (n × k), 0 or 1 (k × m), minutes (k).

        As large as the people are many: see `lean`.
        """
        scale = np.float32(self.points_a_minute / FRACTION)
        found = []
        for season in self.seasons:
            points = (season.week * (season.minutes * scale))[season.mentees]
            there = np.take(season.week.T, season.mentors, axis=1)
            found.append((points, there, season.minutes.astype(np.int64)))
        return tuple(found)

    def lean(self) -> "Scorer":
        """The same without what only blocks of scores need, until they are asked for again."""
        return dataclasses.replace(self)

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""
        return self.mentees.shape[0], self.mentors.shape[1]

    @property
    def needed(self) -> np.float32:
        """The shared minutes that the rules ask for, in points before the cap."""
        return np.float32(self.minutes_needed * self.points_a_minute / FRACTION)

    def part(self, name: str) -> slice:
        """The columns of a component or rule; an empty slice where it has none."""
        return self.parts.get(name, slice(0, 0))

    def block(self, rows: I64, columns: I64 | None = None, out: Scores | None = None) -> Scores:
        """Scores (rows × columns, int16, FORBIDDEN where a rule says so) of the given mentees with
        all or some mentors.

        Computed in panels that stay in the processor's cache, whatever the size of the block; into
        `out` if given.
        """
        width = self.shape[1] if columns is None else len(columns)
        scores = np.empty((len(rows), width), np.int16) if out is None else out
        mentees = pick(self.mentees, rows)
        weeks = [pick(points, rows) for points, _, _ in self.weeks]
        panel = max(PANEL_COLUMNS, PANEL_CELLS // max(1, len(rows)))
        for start in range(0, width, panel):
            stop = min(width, start + panel)
            which = slice(start, stop) if columns is None else columns[start:stop]
            points = self._points(rows, mentees, which)
            self._add_overlap(points, weeks, which)
            scores[:, start:stop] = np.maximum(points, FORBIDDEN, out=points)

        scores[self.barred[0][rows]] = FORBIDDEN
        scores[:, self.barred[1][slice(None) if columns is None else columns]] = FORBIDDEN
        self._add_wishes(scores, rows, columns)
        i, j, _ = self._pairs_in(self.singled_out, rows, columns)
        scores[i, j] = FORBIDDEN
        return scores

    def _points(self, rows: I64, mentees: F32, columns: slice | I64) -> F32:
        """All components but overlap and wish, less the penalties."""
        points: F32 = product(mentees, self.mentors[:, columns])
        if self.languages is not None:
            left, right = self.languages
            np.putmask(points, product(left[rows], right[:, columns]) == 0, -PENALTY)
        return points

    def _add_overlap(self, points: F32, weeks: list[F32], columns: slice | I64) -> None:
        """Add the points of the season in which the two share least; a penalty for too little."""
        least: F32 | None = None
        for mentees, (_, mentors, _) in zip(weeks, self.weeks, strict=True):
            shared = product(mentees, mentors[:, columns])
            least = shared if least is None else np.minimum(least, shared, out=least)
        assert least is not None  # there is at least one season
        np.putmask(points, least < self.needed, -PENALTY)
        points += np.minimum(least, np.float32(self.overlap_share), out=least)

    def _add_wishes(self, scores: Scores, rows: I64, columns: I64 | None) -> None:
        """Add the points of wishes where the pair is allowed."""
        i, j, points = self._pairs_in(self.wishes, rows, columns)
        allowed = scores[i, j] >= 0
        scores[i[allowed], j[allowed]] += points[allowed].astype(np.int16)

    def _pairs_in(self, some: Pairwise, rows: I64, columns: I64 | None) -> tuple[I64, I64, I64]:
        """Where in a block these pairs are, and their values."""
        n, m = self.shape
        keys, values = some.keys, some.values
        if are_consecutive(rows):
            first, last = np.searchsorted(keys, (int(rows[0]) * m, int(rows[-1]) * m + m))
            keys, values = keys[first:last], values[first:last]

        i = positions(rows, n)[keys // m]
        j = keys % m if columns is None else positions(columns, m)[keys % m]
        here = (i >= 0) & (j >= 0)
        return i[here], j[here], values[here]

    def at(self, i: npt.ArrayLike, j: npt.ArrayLike) -> I64:
        """Scores of single pairs (i[k], j[k]); FORBIDDEN where a rule says so."""
        rows, columns = np.asarray(i, np.int64).ravel(), np.asarray(j, np.int64).ravel()
        scores = sum(self.components(rows, columns).values(), np.zeros(len(rows), np.int64))
        return np.where(self.broken(rows, columns).any(0), FORBIDDEN, scores)

    def components(self, i: I64, j: I64) -> dict[str, I64]:
        """Points of each component for single pairs, whether allowed or not.

        They add up to the score exactly.
        """
        return {name: self._component(name, i, j) for name in COMPONENTS}

    def _component(self, name: str, i: I64, j: I64) -> I64:
        if name == "overlap":
            earned = self.all_minutes(i, j) * self.points_a_minute // FRACTION
            return np.minimum(earned, self.overlap_share)
        if name == "wish":
            return _looked_up(self.wishes, i * self.shape[1] + j)
        part = self.parts[name]
        points: F32 = np.einsum("ij,ji->i", self.mentees[i, part], self.mentors[part, :][:, j])
        return points.astype(np.int64)

    def all_minutes(self, i: I64, j: I64) -> I64:
        """Shared minutes of single pairs (i[k], j[k]) in the week of the program in which they
        share least.
        """
        least = np.full(len(i), 7 * 1440, np.int64)
        for season in self.seasons:
            both = season.week[season.mentees[i]] * season.week[season.mentors[j]]
            shared = both @ season.minutes  # at most 10,080: exact
            least = np.minimum(least, shared.astype(np.int64))
        return least

    def minutes(self, i: int, j: int) -> int:
        """Shared minutes a week of one pair. Never shown for a forbidden one."""
        return int(self.all_minutes(np.array([i]), np.array([j]))[0])

    def broken(self, i: I64, j: I64) -> Flags:
        """Which rules (REASONS × pairs) forbid the single pairs (i[k], j[k])."""
        found: dict[Reason, Flags] = {}
        bits = _looked_up(self.singled_out, i * self.shape[1] + j)
        for reason, bit in BITS.items():
            found[reason] = bits & bit > 0
        for reason in BY_COLUMNS:
            part = self.part(reason.value)
            products = self.mentees[i, part] * self.mentors[part, :][:, j].T
            found[reason] = np.any(products < 0, axis=1)
        if self.languages is not None:
            left, right = self.languages
            found[Reason.NO_COMMON_LANGUAGE] = ~np.any(left[i] * right[:, j].T > 0, axis=1)
        found[Reason.TOO_LITTLE_OVERLAP] = self.all_minutes(i, j) < self.minutes_needed
        for reason, (mentees, mentors) in self.personal.items():
            found[reason] = mentees[i] | mentors[j]
        found[Reason.GRADE_GAP] &= ~found[Reason.GRADE_UNKNOWN]
        return np.array([found[reason] for reason in REASONS], np.bool_)


def _looked_up(some: Pairwise, keys: I64) -> I64:
    """The value of each key, 0 for those that are not singled out."""
    if not len(some.keys):
        return np.zeros(len(keys), np.int64)
    at = np.minimum(np.searchsorted(some.keys, keys), len(some.keys) - 1)
    return np.where(some.keys[at] == keys, some.values[at], 0)


def build_scorer(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> Scorer:
    """The scorer of these people, in this order, under these rules (without its pins)."""
    share = rules.weights.shares()
    blocks = _blocks(mentees, mentors, rules, share)
    languages = None
    if rules.require_common_language and Reason.NO_COMMON_LANGUAGE.value not in blocks:
        left, right = features.common_languages(mentees, mentors)
        languages = left, np.ascontiguousarray(right.T)

    parts, end = {}, 0
    for name, (left, _) in blocks.items():
        parts[name] = slice(end, end + left.shape[1])
        end += left.shape[1]

    needed = max(1, rules.min_overlap_minutes)
    enough = max(needed, rules.good_overlap_minutes)
    personal = _personal(mentees, mentors)
    right = np.concatenate([right for _, right in blocks.values()], 1)
    return Scorer(
        mentees=np.concatenate([left for left, _ in blocks.values()], 1),
        mentors=np.ascontiguousarray(right.T),
        parts=parts,
        languages=languages,
        seasons=tuple(seasons(mentees, mentors, rules.starts, rules.ends)),
        minutes_needed=needed,
        points_a_minute=max(1, share["overlap"] * FRACTION // enough),
        overlap_share=share["overlap"],
        wishes=features.wishes(mentees, mentors, share["wish"]),
        singled_out=features.singled_out(mentees, mentors, rules),
        personal=personal,
        barred=(
            np.any([flags for flags, _ in personal.values()], 0),
            np.any([flags for _, flags in personal.values()], 0),
        ),
    )


def _blocks(
    mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules, share: dict[str, int]
) -> dict[str, Block]:
    """The columns of each component and rule that has any."""
    found = {
        "topics": features.topics(mentees, mentors, share["topics"]),
        "style": features.style(mentees, mentors, share["style"]),
        "language": features.language(mentees, mentors, share["language"]),
        "interests": features.interests(mentees, mentors, share["interests"]),
        "distance": features.distance(mentees, mentors, share["distance"]),
        Reason.GRADE_GAP.value: features.grades(mentees, mentors, rules.grade_gap),
    }
    if rules.forbid_same_department:
        found[Reason.SAME_DEPARTMENT.value] = features.departments(mentees, mentors)
    if rules.require_common_language:
        sets = features.language_sets(mentees, mentors)
        if sets is not None:
            found[Reason.NO_COMMON_LANGUAGE.value] = sets
    return found


def _personal(
    mentees: Sequence[Person], mentors: Sequence[Person]
) -> dict[Reason, tuple[Flags, Flags]]:
    """Rules that bar a person from all pairs, with those barred on each side."""
    tests: dict[Reason, Callable[[Person], bool]] = {
        Reason.NOT_APPROVED: lambda person: not person.approved,
        Reason.NO_CAPACITY: lambda person: person.capacity <= 0,
        Reason.GRADE_UNKNOWN: lambda person: person.grade_rank is None,
    }
    found = {}
    for reason, is_barred in tests.items():
        rows = np.array([is_barred(person) for person in mentees], np.bool_)
        columns = np.array([is_barred(person) for person in mentors], np.bool_)
        found[reason] = rows, columns
    return found
