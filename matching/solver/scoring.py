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

from matching.solver import features
from matching.solver.availability import Season, seasons
from matching.solver.features import BITS, F32, I64, Pairwise
from matching.solver.people import COMPONENTS, FORBIDDEN, Person, Reason, Rules

Scores = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]
REASONS = tuple(Reason)
PANEL_CELLS = 1 << 18
PANEL_COLUMNS = 256
FRACTION = 1024
"""Points a minute are kept in 1024ths: products stay below 2**24 where it matters, so float32 is exact."""


@dataclass(frozen=True, eq=False)
class Scorer:
    """All that is needed to score any pair of n mentees and m mentors.

    `mentees` (n × k) and `mentors` (k × m) hold all components except overlap and wish, then the
    penalties; `parts` says which columns are whose. `languages` is None unless there are too many
    combinations of languages for columns.
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
    personal: dict[
        Reason, tuple[Flags, Flags]
    ]  # rules that bar a person altogether: who, on each side
    barred: tuple[Flags, Flags]  # anybody whom such a rule bars from all pairs

    @cached_property
    def weeks(self) -> tuple[tuple[F32, F32, I64], ...]:
        """Each season: points (n × k), 0 or 1 (k × m), minutes (k).

        As large as the people are many: see `lean`.
        """
        scale = np.float32(self.points_a_minute / FRACTION)
        return tuple(
            (
                (season.week * (season.minutes * scale))[season.mentees],
                np.take(season.week.T, season.mentors, axis=1),
                season.minutes.astype(np.int64),
            )
            for season in self.seasons
        )

    def lean(self) -> "Scorer":
        """The same without what only blocks of scores need, until they are asked for again."""
        return dataclasses.replace(self)

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""
        return self.mentees.shape[0], self.mentors.shape[1]

    def block(self, rows: I64, columns: I64 | None = None, out: Scores | None = None) -> Scores:
        """Scores (rows × columns, int16, FORBIDDEN where a rule says so) of the given mentees with
        all or some mentors.

        Computed in panels that stay in the processor's cache, whatever the size of the block; into
        `out` if given.
        """
        width = self.shape[1] if columns is None else len(columns)
        scores = np.empty((len(rows), width), np.int16) if out is None else out
        panel = max(PANEL_COLUMNS, PANEL_CELLS // max(1, len(rows)))
        mine = (
            features.pick(self.mentees, rows),
            [features.pick(left, rows) for left, _, _ in self.weeks],
        )
        for start in range(0, width, panel):
            stop = min(width, start + panel)
            pick = slice(start, stop) if columns is None else columns[start:stop]
            scores[:, start:stop] = self._panel(rows, mine, pick)
        scores[self.barred[0][rows]] = FORBIDDEN
        scores[:, self.barred[1][slice(None) if columns is None else columns]] = FORBIDDEN
        self._single_out(scores, rows, columns)
        return scores

    def _panel(self, rows: I64, mine: tuple[F32, list[F32]], pick: slice | I64) -> F32:
        """Scores without the rules that name people one by one; whole part counts, FORBIDDEN where
        a rule says so.
        """
        total: F32 = features.product(mine[0], self.mentors[:, pick])
        if self.languages is not None:
            left, right = self.languages
            np.putmask(total, features.product(left[rows], right[:, pick]) == 0, -features.PENALTY)
        shared: F32 = features.product(
            mine[1][0], self.weeks[0][1][:, pick]
        )  # in points before the cap: the least of all seasons
        for left, (_, right, _) in zip(mine[1][1:], self.weeks[1:], strict=True):
            np.minimum(shared, features.product(left, right[:, pick]), out=shared)
        np.putmask(total, shared < self.needed, -features.PENALTY)
        total += np.minimum(shared, np.float32(self.overlap_share), out=shared)
        return np.maximum(total, FORBIDDEN, out=total)

    @property
    def needed(self) -> np.float32:
        """The shared minutes that the rules ask for, in points before the cap."""
        return np.float32(self.minutes_needed * self.points_a_minute / FRACTION)

    def _single_out(self, scores: Scores, rows: I64, columns: I64 | None) -> None:
        n, m = self.shape
        place = np.full(n, -1)
        place[rows] = np.arange(len(rows))
        to = np.arange(m)
        if columns is not None:
            to = np.full(m, -1)
            to[columns] = np.arange(len(columns))
        for some, wish in ((self.wishes, True), (self.singled_out, False)):
            at, values = some.keys, some.values
            if (
                len(rows) and rows[-1] - rows[0] == len(rows) - 1
            ):  # consecutive rows, as a sweep asks for them
                first, last = np.searchsorted(at, (int(rows[0]) * m, int(rows[-1]) * m + m))
                at, values = at[first:last], values[first:last]
            i, j = place[at // m], to[at % m]
            here = (i >= 0) & (j >= 0)
            i, j, values = i[here], j[here], values[here]
            if wish:
                allowed = scores[i, j] >= 0
                scores[i[allowed], j[allowed]] += values[allowed].astype(np.int16)
            else:
                scores[i, j] = FORBIDDEN

    def at(self, i: npt.ArrayLike, j: npt.ArrayLike) -> I64:
        """Scores of single pairs (i[k], j[k]); FORBIDDEN where a rule says so."""
        rows, columns = np.asarray(i, np.int64).ravel(), np.asarray(j, np.int64).ravel()
        scores = sum(self.components(rows, columns).values(), np.zeros(len(rows), np.int64))
        return np.where(self.broken(rows, columns).any(0), FORBIDDEN, scores)

    def components(self, i: I64, j: I64) -> dict[str, I64]:
        """Points of each component for single pairs, whether allowed or not.

        They add up to the score exactly.
        """
        out: dict[str, I64] = {}
        for name in COMPONENTS:
            if name == "overlap":
                points = np.minimum(
                    self.all_minutes(i, j) * self.points_a_minute // FRACTION, self.overlap_share
                )
            elif name == "wish":
                points = _looked_up(self.wishes, i * self.shape[1] + j)
            else:
                part = self.parts[name]
                points = np.einsum(
                    "ij,ji->i", self.mentees[i, part], self.mentors[part, :][:, j]
                ).astype(np.int64)
            out[name] = points
        return out

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

    def broken(self, i: I64, j: I64) -> npt.NDArray[np.bool_]:
        """Which rules (REASONS × pairs) forbid the single pairs (i[k], j[k])."""
        out = np.zeros((len(REASONS), len(i)), np.bool_)
        bits = _looked_up(self.singled_out, i * self.shape[1] + j)
        for reason, bit in BITS.items():
            out[REASONS.index(reason)] = bits & bit > 0
        for name in (Reason.GRADE_GAP, Reason.SAME_DEPARTMENT, Reason.NO_COMMON_LANGUAGE):
            part = self.parts.get(name.value, slice(0, 0))
            out[REASONS.index(name)] = (
                self.mentees[i, part] * self.mentors[part, :][:, j].T < 0
            ).any(1)
        if self.languages is not None:
            left, right = self.languages
            out[REASONS.index(Reason.NO_COMMON_LANGUAGE)] = ~(left[i] * right[:, j].T > 0).any(1)
        out[REASONS.index(Reason.TOO_LITTLE_OVERLAP)] = self.all_minutes(i, j) < self.minutes_needed
        for name, (rows, columns) in self.personal.items():
            out[REASONS.index(name)] = rows[i] | columns[j]
        out[REASONS.index(Reason.GRADE_GAP)] &= ~out[REASONS.index(Reason.GRADE_UNKNOWN)]
        return out


def _looked_up(some: Pairwise, keys: I64) -> I64:
    """The value of each key, 0 for those that are not singled out."""
    if not len(some.keys):
        return np.zeros(len(keys), np.int64)
    at = np.minimum(np.searchsorted(some.keys, keys), len(some.keys) - 1)
    return np.where(some.keys[at] == keys, some.values[at], 0)


def _personal(
    mentees: Sequence[Person], mentors: Sequence[Person]
) -> dict[Reason, tuple[Flags, Flags]]:
    def both(test: Callable[[Person], bool]) -> tuple[Flags, Flags]:
        return np.array([test(p) for p in mentees], np.bool_), np.array(
            [test(p) for p in mentors], np.bool_
        )

    return {
        Reason.NOT_APPROVED: both(lambda p: not p.approved),
        Reason.NO_CAPACITY: both(lambda p: p.capacity <= 0),
        Reason.GRADE_UNKNOWN: both(lambda p: p.grade_rank is None),
    }


def build(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> Scorer:
    """The scorer of these people, in this order, under these rules (without its pins)."""
    share = rules.weights.shares()
    made: dict[str, features.Block] = {
        "topics": features.topics(mentees, mentors, share["topics"]),
        "style": features.style(mentees, mentors, share["style"]),
        "language": features.language(mentees, mentors, share["language"]),
        "interests": features.interests(mentees, mentors, share["interests"]),
        "distance": features.distance(mentees, mentors, share["distance"]),
        Reason.GRADE_GAP.value: features.grades(mentees, mentors, rules.grade_gap),
    }
    if rules.forbid_same_department:
        made[Reason.SAME_DEPARTMENT.value] = features.departments(mentees, mentors)
    languages = None
    if rules.require_common_language:
        sets = features.language_sets(mentees, mentors)
        if sets is None:
            languages = features.common_languages(mentees, mentors)
        else:
            made[Reason.NO_COMMON_LANGUAGE.value] = sets
    ends = np.cumsum([left.shape[1] for left, _ in made.values()]).tolist()
    parts = {
        name: slice(end - made[name][0].shape[1], end) for name, end in zip(made, ends, strict=True)
    }
    needed = max(1, rules.min_overlap_minutes)
    points_a_minute = max(1, share["overlap"] * FRACTION // max(needed, rules.good_overlap_minutes))
    personal = _personal(mentees, mentors)
    flags = list(personal.values())
    return Scorer(
        mentees=np.concatenate([left for left, _ in made.values()], 1),
        mentors=np.ascontiguousarray(np.concatenate([right for _, right in made.values()], 1).T),
        parts=parts,
        languages=None
        if languages is None
        else (languages[0], np.ascontiguousarray(languages[1].T)),
        seasons=tuple(seasons(mentees, mentors, rules.starts, rules.ends)),
        minutes_needed=needed,
        points_a_minute=points_a_minute,
        overlap_share=share["overlap"],
        wishes=features.wishes(mentees, mentors, share["wish"]),
        singled_out=features.singled_out(mentees, mentors, rules),
        personal=personal,
        barred=(
            np.any([rows for rows, _ in flags], 0),
            np.any([columns for _, columns in flags], 0),
        ),
    )
