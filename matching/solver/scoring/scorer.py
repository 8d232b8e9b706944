"""Scores of pairs: blocks for the solver, and the breakdown of single pairs, from the same columns.

A score is a whole number of basis points, the sum of its components (`people.COMPONENTS`), each
from 0 to its share.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.solver.arrays import (
    F32,
    I64,
    Flags,
    Scores,
    are_consecutive,
    flags_of,
    pick,
    positions,
    product,
)
from matching.solver.people import COMPONENTS, FORBIDDEN, Person, Reason, Rules
from matching.solver.scoring import features
from matching.solver.scoring.availability import Season, seasons
from matching.solver.scoring.features import BITS, PENALTY, Block, Pairwise

Which = I64 | slice
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
            points = _points_of_mentees(season, scale)
            there = np.take(season.week.T, season.mentors, axis=1)
            found.append((points, there, season.minutes.astype(np.int64)))
        return tuple(found)

    def without_rules(self) -> "Scorer":
        """The same without the rules about grades, departments and languages."""
        keep = np.ones(self.mentees.shape[1], np.bool_)
        for reason in BY_COLUMNS:
            keep[self.part(reason.value)] = False
        mentees, mentors = self.mentees[:, keep], np.ascontiguousarray(self.mentors[keep])
        return dataclasses.replace(self, mentees=mentees, mentors=mentors, parts={}, languages=None)

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
        self._fill(scores, rows, columns)
        self._forbid_barred(scores, rows, columns)
        self._add_wishes(scores, rows, columns)
        i, j, _ = self.singled_out_in(rows, columns)
        scores[i, j] = FORBIDDEN
        return scores

    def _fill(self, scores: Scores, rows: I64, columns: I64 | None) -> None:
        """Write what the columns of numbers say, panel by panel."""
        height, width = scores.shape
        mentees = pick(self.mentees, rows)
        weeks = [pick(points, rows) for points, _, _ in self.weeks]
        panel = max(PANEL_COLUMNS, PANEL_CELLS // max(1, height))
        for start in range(0, width, panel):
            stop = min(width, start + panel)
            which = slice(start, stop) if columns is None else columns[start:stop]
            points = self._points(rows, mentees, which)
            self._add_overlap(points, weeks, which)
            scores[:, start:stop] = np.maximum(points, FORBIDDEN, out=points)

    def _forbid_barred(self, scores: Scores, rows: I64, columns: I64 | None) -> None:
        mentees, mentors = self.barred
        scores[mentees[rows]] = FORBIDDEN
        scores[:, mentors if columns is None else mentors[columns]] = FORBIDDEN

    def _points(self, rows: I64, mentees: F32, columns: slice | I64) -> F32:
        """All components but overlap and wish, less the penalties."""
        points: F32 = product(mentees, self.mentors[:, columns])
        if self.languages is not None:
            np.putmask(points, self.broken_by_words(self.languages, rows, columns), PENALTY)
        return points

    def broken_by_columns(self, reason: Reason, rows: Which, columns: Which) -> Flags:
        """The pairs of a block that break a rule whose columns these are."""
        part = self.part(reason.value)
        return np.asarray(product(self.mentees[rows, part], self.mentors[part, columns]) < 0)

    @staticmethod
    def broken_by_words(languages: tuple[F32, F32], rows: Which, columns: Which) -> Flags:
        """The pairs of a block without a common language, where `languages` are no columns."""
        left, right = languages
        return np.asarray(product(left[rows], right[:, columns]) == 0)

    def _add_overlap(self, points: F32, weeks: list[F32], columns: slice | I64) -> None:
        """Add the points of the season in which the two share least; a penalty for too little."""
        least = self._least_overlap(weeks, columns)
        np.putmask(points, least < self.needed, PENALTY)
        points += np.minimum(least, np.float32(self.overlap_share), out=least)

    def _least_overlap(self, weeks: list[F32], columns: slice | I64) -> F32:
        least: F32 | None = None
        for mentees, (_, mentors, _) in zip(weeks, self.weeks, strict=True):
            shared = product(mentees, mentors[:, columns])
            least = shared if least is None else np.minimum(least, shared, out=least)
        assert least is not None  # there is at least one season
        return least

    def _add_wishes(self, scores: Scores, rows: I64, columns: I64 | None) -> None:
        """Add the points of wishes where the pair is allowed."""
        i, j, points = self._pairs_in(self.wishes, rows, columns)
        allowed = scores[i, j] >= 0
        scores[i[allowed], j[allowed]] += points[allowed].astype(np.int16)

    def singled_out_in(self, rows: I64, columns: I64 | None) -> tuple[I64, I64, I64]:
        """Where in a block pairs are forbidden one by one, and the bits of the rules."""
        return self._pairs_in(self.singled_out, rows, columns)

    def _pairs_in(self, some: Pairwise, rows: I64, columns: I64 | None) -> tuple[I64, I64, I64]:
        """Where in a block these pairs are, and their values."""
        n, m = self.shape
        if are_consecutive(rows):
            some = some.between(int(rows[0]) * m, (int(rows[-1]) + 1) * m)
        i, j = np.divmod(some.keys, m)
        i = positions(rows, n)[i]
        if columns is not None:
            j = positions(columns, m)[j]
        here = (i >= 0) & (j >= 0)
        return i[here], j[here], some.values[here]

    def at(self, i: I64, j: I64) -> I64:
        """Scores of single pairs (i[k], j[k]); FORBIDDEN where a rule says so."""
        scores = sum(self.components(i, j).values(), np.zeros_like(i))
        return np.where(self.broken(i, j).any(0), FORBIDDEN, scores)

    def components(self, i: I64, j: I64) -> dict[str, I64]:
        """Points of each component for single pairs, whether allowed or not.

        They add up to the score exactly.
        """
        return {name: self._component(name, i, j) for name in COMPONENTS}

    def _component(self, name: str, i: I64, j: I64) -> I64:
        if name == "overlap":
            return self._overlap(i, j)
        if name == "wish":
            return self.wishes.value_of(i * self.shape[1] + j)
        part = self.parts[name]
        points: F32 = np.einsum("ij,ji->i", self.mentees[i, part], self.mentors[part, :][:, j])
        return points.astype(np.int64)

    def _overlap(self, i: I64, j: I64) -> I64:
        earned = self.all_minutes(i, j) * self.points_a_minute // FRACTION
        return np.minimum(earned, self.overlap_share)

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
        found = {reason: self._breaks_columns(reason, i, j) for reason in BY_COLUMNS}
        found[Reason.TOO_LITTLE_OVERLAP] = self.all_minutes(i, j) < self.minutes_needed
        if self.languages is not None:
            found[Reason.NO_COMMON_LANGUAGE] = _share_nothing(self.languages, i, j)

        bits = self.singled_out.value_of(i * self.shape[1] + j)
        for reason, bit in BITS.items():
            found[reason] = bits & bit > 0
        found |= self._broken_by_people(i, j)
        found[Reason.GRADE_GAP] &= ~found[Reason.GRADE_UNKNOWN]
        return np.array([found[reason] for reason in REASONS], np.bool_)

    def _broken_by_people(self, i: I64, j: I64) -> dict[Reason, Flags]:
        found = {}
        for reason, (mentees, mentors) in self.personal.items():
            found[reason] = mentees[i] | mentors[j]
        return found

    def _breaks_columns(self, reason: Reason, i: I64, j: I64) -> Flags:
        part = self.part(reason.value)
        products = self.mentees[i, part] * self.mentors[part, :][:, j].T
        return np.asarray(np.any(products < 0, axis=1))


def _points_of_mentees(season: Season, scale: np.float32) -> F32:
    of_profiles = season.week * (season.minutes * scale)
    return of_profiles[season.mentees]


def _share_nothing(languages: tuple[F32, F32], i: I64, j: I64) -> Flags:
    left, right = languages
    shared: F32 = np.einsum("ij,ji->i", left[i], right[:, j])
    return np.asarray(shared == 0)


def build_scorer(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> Scorer:
    """The scorer of these people, in this order, under these rules (without its pins)."""
    share = rules.weights.shares()
    blocks = _blocks(mentees, mentors, rules, share)
    by_columns = Reason.NO_COMMON_LANGUAGE.value in blocks
    needs_words = rules.require_common_language and not by_columns
    needed = max(1, rules.min_overlap_minutes)
    personal = _personal(mentees, mentors)
    return Scorer(
        mentees=features.beside(*(left for left, _ in blocks.values())),
        mentors=_transposed(features.beside(*(right for _, right in blocks.values()))),
        parts=_parts(blocks),
        languages=_languages(mentees, mentors) if needs_words else None,
        seasons=tuple(seasons(mentees, mentors, rules.starts, rules.ends)),
        minutes_needed=needed,
        points_a_minute=_points_a_minute(share["overlap"], needed, rules),
        overlap_share=share["overlap"],
        wishes=features.wishes(mentees, mentors, share["wish"]),
        singled_out=features.singled_out(mentees, mentors, rules),
        personal=personal,
        barred=_barred_by_any(personal),
    )


def _points_a_minute(share: int, needed: int, rules: Rules) -> int:
    """In 1024ths; as many minutes as are good earn the whole share."""
    enough = max(needed, rules.good_overlap_minutes)
    return max(1, share * FRACTION // enough)


def _transposed(table: F32) -> F32:
    return np.ascontiguousarray(table.T)


def _parts(blocks: dict[str, Block]) -> dict[str, slice]:
    """Which columns are whose, beside each other in this order."""
    parts, end = {}, 0
    for name, (left, _) in blocks.items():
        start, end = end, end + left.shape[1]
        parts[name] = slice(start, end)
    return parts


def _languages(mentees: Sequence[Person], mentors: Sequence[Person]) -> tuple[F32, F32]:
    left, right = features.common_languages(mentees, mentors)
    return left, _transposed(right)


def _barred_by_any(personal: dict[Reason, tuple[Flags, Flags]]) -> tuple[Flags, Flags]:
    mentees, mentors = zip(*personal.values(), strict=True)
    return np.any(mentees, axis=0), np.any(mentors, axis=0)


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
        rows = flags_of(is_barred(person) for person in mentees)
        columns = flags_of(is_barred(person) for person in mentors)
        found[reason] = rows, columns
    return found
