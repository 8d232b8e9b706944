"""From people to whole-number columns whose products are scores.

Every component of a score except the overlap is a sum of products of one number of the mentee and
one of the mentor (one-hot encoding), so a block of scores is one matrix product. All numbers are
integers small enough for float32 to be exact.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.solver.arrays import F32, I64, Value, numbered
from matching.solver.people import Person, Reason, Rules

Block = tuple[F32, F32]

PENALTY = np.float32(-(2**20))
"""Added for each broken rule.

Three of them and any score stay below 2**24, up to which float32 holds every whole number.
"""
TOP_LEVEL = 5
ENOUGH_INTERESTS = 3
MOST_LANGUAGE_SETS = 40


@dataclass(frozen=True, eq=False)
class Pairwise:
    """A few pairs singled out: sorted keys (row * columns + column), each with a value."""

    keys: I64
    values: I64

    def between(self, low: int, high: int) -> "Pairwise":
        """Those with a key from `low` to below `high`."""
        first, last = np.searchsorted(self.keys, (low, high))
        return Pairwise(self.keys[first:last], self.values[first:last])

    def value_of(self, keys: I64) -> I64:
        """The value of each of these pairs, 0 for those that are not singled out."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        at = np.searchsorted(self.keys, keys)
        at = np.minimum(at, len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.values[at], 0)


def one_hot(values: Sequence[object], vocabulary: Sequence[object]) -> F32:
    """(people × vocabulary) 0 or 1; a value outside the vocabulary is a row of zeros."""
    column_of = numbered(vocabulary)
    columns = np.array([column_of.get(value, -1) for value in values], np.int64)
    table: F32 = (columns[:, None] == np.arange(len(vocabulary))).astype(np.float32)
    return table


def several_hot(values: Sequence[Iterable[object]], vocabulary: Sequence[object]) -> F32:
    """(people × vocabulary) 1 for each value that a person has."""
    return _as_table([dict.fromkeys(mine, 1) for mine in values], vocabulary)


def _as_table(rows: Sequence[Mapping[Value, int]], vocabulary: Sequence[Value]) -> F32:
    """(people × vocabulary) the number that each person has for each value; 0 for none."""
    column_of = numbered(vocabulary)
    table = np.zeros((len(rows), len(vocabulary)), np.float32)
    for row, number_of in enumerate(rows):
        for value, number in number_of.items():
            if value in column_of:
                table[row, column_of[value]] = number
    return table


def beside(*parts: F32) -> F32:
    """The columns of several tables as one."""
    return np.concatenate(parts, 1)


def as_column(values: Iterable[bool]) -> F32:
    """0 or 1 for each person, as a table of one column."""
    return np.array([*values], np.float32)[:, None]


Words = Literal["topics", "working_style", "interests", "languages"]
"""The fields of a person that hold words."""


def _shared_words(mentees: Sequence[Person], mentors: Sequence[Person], name: Words) -> list[str]:
    """What occurs on both sides, sorted: no other word can earn or cost anything."""
    return sorted(_words(mentees, name) & _words(mentors, name))


def _words(people: Sequence[Person], name: Words) -> set[str]:
    return {word for person in people for word in getattr(person, name)}


def wanted_points(wanted: Mapping[str, int], share: int) -> dict[str, int]:
    """Points for each level of the mentor, by topic.

    The most wanted of n topics weighs n, the next n - 1 and so on.

    Priorities count by their order alone; equal ones weigh the same. Five levels of every topic
    make at most `share`.
    """
    ranks = sorted(set(wanted.values()))
    weight = {topic: len(ranks) - ranks.index(priority) for topic, priority in wanted.items()}
    total = TOP_LEVEL * sum(weight.values())
    return {topic: share * mine // total for topic, mine in weight.items()}


def topics(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Points a level (mentee) × level 0 to 5 (mentor)."""
    words = _shared_words(mentees, mentors, "topics")
    points = [wanted_points(p.topics, share) for p in mentees]
    levels = [_levels(p.topics) for p in mentors]
    return _as_table(points, words), _as_table(levels, words)


def _levels(topics: Mapping[str, int]) -> dict[str, int]:
    """Each level, but from 0 to the highest."""
    return {topic: max(0, min(int(level), TOP_LEVEL)) for topic, level in topics.items()}


def style(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Each slider that somebody on both sides has set: full points for the same position, none four
    steps apart.

    Where one of the two has not set it: half the points.
    """
    sliders = _shared_words(mentees, mentors, "working_style")
    points = _points_by_position(share // max(1, len(sliders)))
    left, right = [_no_columns(mentees)], [_no_columns(mentors)]
    for slider in sliders:
        left.append(_positions(mentees, slider) @ points)
        right.append(_positions(mentors, slider))
    return beside(*left), beside(*right)


def _no_columns(people: Sequence[Person]) -> F32:
    return np.zeros((len(people), 0), np.float32)


def _positions(people: Sequence[Person], slider: str) -> F32:
    """(people × 6) where each has set the slider, from 1 to 5; the sixth is "not set"."""
    positions = [_position(person.working_style.get(slider)) for person in people]
    return one_hot(positions, [1, 2, 3, 4, 5, None])


def _points_by_position(most: int) -> F32:
    """Points (6 × 6) for two positions from 1 to 5; the sixth is "not set"."""
    positions = np.arange(5)
    apart = np.abs(positions[:, None] - positions)
    table = np.full((6, 6), most // 2, np.float32)
    table[:5, :5] = most * (4 - apart) // 4
    return table


def _position(value: int | None) -> int | None:
    return None if value is None else max(1, min(int(value), 5))


def language(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Half the points for each of the two whose preferred language the other speaks."""
    words = _shared_words(mentees, mentors, "languages")
    half = np.float32(share // 2)
    mentee_prefers, mentee_speaks = _preferred(mentees, words), _spoken(mentees, words)
    mentor_prefers, mentor_speaks = _preferred(mentors, words), _spoken(mentors, words)
    left = half * beside(mentee_prefers, mentee_speaks)
    return left, beside(mentor_speaks, mentor_prefers)


def _preferred(people: Sequence[Person], words: Sequence[str]) -> F32:
    return one_hot([p.languages[0] if p.languages else None for p in people], words)


def _spoken(people: Sequence[Person], words: Sequence[str]) -> F32:
    return several_hot([p.languages for p in people], words)


def interests(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Each of the mentee's interests that the mentor shares; whoever has few cannot reach all the
    points with one.
    """
    words = _shared_words(mentees, mentors, "interests")
    left = several_hot([p.interests for p in mentees], words)
    right = several_hot([p.interests for p in mentors], words)
    return _points_of_interests(mentees, share) * left, right


def _points_of_interests(mentees: Sequence[Person], share: int) -> F32:
    """What each interest of a mentee earns, as a table of one column."""
    each = [share // max(ENOUGH_INTERESTS, len(mentee.interests)) for mentee in mentees]
    return np.array(each, np.float32)[:, None]


def distance(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Half the points for another department, half for another location; nothing where either is
    not stated.
    """
    half = share // 2
    left, right = _different(_departments(mentees), _departments(mentors), half)
    locations = [p.location for p in mentees], [p.location for p in mentors]
    more_left, more_right = _different(*locations, half)
    return beside(left, more_left), beside(right, more_right)


def _departments(people: Sequence[Person]) -> list[str]:
    return [person.department for person in people]


def _different(mentees: list[str], mentors: list[str], points: int) -> Block:
    """The points where both values are stated and differ: both stated, less the same."""
    words = _shared_values(mentees, mentors)
    left = beside(as_column(word != "" for word in mentees), -one_hot(mentees, words))
    right = beside(as_column(word != "" for word in mentors), one_hot(mentors, words))
    return np.float32(points) * left, right


def _shared_values(mentees: Sequence[str], mentors: Sequence[str]) -> list[str]:
    """The values that occur on both sides, but for "", which is not stated."""
    return sorted({*mentees} & {*mentors} - {""})


def grades(mentees: Sequence[Person], mentors: Sequence[Person], gap: int) -> Block:
    """PENALTY for a mentor who is not at least `gap` ranks below the mentee, or where a grade is
    unknown.
    """
    known = sorted({p.grade_rank for p in mentors if p.grade_rank is not None})
    ranks: list[int | None] = [*known, None]
    grades = [p.grade_rank for p in mentees]
    rows = {grade: [_grade_penalty(grade, rank, gap) for rank in ranks] for grade in set(grades)}
    left = np.array([rows[grade] for grade in grades], np.float32)
    right = one_hot([p.grade_rank for p in mentors], ranks)
    return left.reshape(len(mentees), len(ranks)), right


def _grade_penalty(mentee: int | None, mentor: int | None, gap: int) -> np.float32:
    if mentee is None or mentor is None or mentor + gap > mentee:
        return PENALTY
    return np.float32(0)


def departments(mentees: Sequence[Person], mentors: Sequence[Person]) -> Block:
    """PENALTY for the same department; one that is not stated is nobody's."""
    of_mentees, of_mentors = _departments(mentees), _departments(mentors)
    stated = _shared_values(of_mentees, of_mentors)
    return PENALTY * one_hot(of_mentees, stated), one_hot(of_mentors, stated)


def language_sets(mentees: Sequence[Person], mentors: Sequence[Person]) -> Block | None:
    """PENALTY for two people who both state languages and share none; None if there are too many
    sets to list them.
    """
    of_mentees = [frozenset(p.languages) for p in mentees]
    of_mentors = [frozenset(p.languages) for p in mentors]
    sets = sorted(set(of_mentors), key=sorted)
    if len(sets) > MOST_LANGUAGE_SETS:
        return None

    rows = {mine: _language_penalties(mine, sets) for mine in set(of_mentees)}
    left = np.array([rows[mine] for mine in of_mentees], np.float32)
    return left.reshape(len(mentees), len(sets)), one_hot(of_mentors, sets)


def _language_penalties(mine: frozenset[str], sets: Sequence[frozenset[str]]) -> F32:
    nothing_shared = [bool(mine and theirs and not mine & theirs) for theirs in sets]
    return np.where(nothing_shared, PENALTY, np.float32(0))


def common_languages(mentees: Sequence[Person], mentors: Sequence[Person]) -> Block:
    """The product is 0 only for two people who both state languages and share none."""
    words = _shared_words(mentees, mentors, "languages")
    mentee_is_silent, mentor_is_silent = _says_nothing(mentees), _says_nothing(mentors)
    left = beside(_spoken(mentees, words), mentee_is_silent, np.ones_like(mentee_is_silent))
    right = beside(_spoken(mentors, words), np.ones_like(mentor_is_silent), mentor_is_silent)
    return left, right


def _says_nothing(people: Sequence[Person]) -> F32:
    return as_column(not person.languages for person in people)


def wishes(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Pairwise:
    """Half the points for each side that wishes for the other."""
    wished = _named_by_either(mentees, mentors, "wishes")
    keys, count = np.unique(_keys(mentees, mentors, wished), return_counts=True)
    return Pairwise(keys, count * (share // 2))


BITS = {
    Reason.SAME_PERSON: 1,
    Reason.REPORTING_LINE: 2,
    Reason.PRIVATE: 4,
    Reason.FORBIDDEN_BY_COORDINATOR: 8,
    Reason.PINNED: 16,
}
"""Rules that name pairs one by one; in `singled_out` a pair has the sum of its rules' bits."""


def singled_out(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> Pairwise:
    """The pairs forbidden one by one, with the bits of the rules that forbid them."""
    named: dict[Reason, Iterable[tuple[str, str]]] = {
        Reason.SAME_PERSON: [(person.key, person.key) for person in mentees],
        Reason.REPORTING_LINE: _named_by_either(mentees, mentors, "ancestors"),
        Reason.PRIVATE: _named_by_either(mentees, mentors, "blocked"),
        Reason.FORBIDDEN_BY_COORDINATOR: rules.forbidden,
    }
    found = []
    for reason, pairs in named.items():
        keys = _keys(mentees, mentors, pairs)
        found.append((keys, BITS[reason]))
    return with_bits(*found)


def _keys(
    mentees: Sequence[Person], mentors: Sequence[Person], pairs: Iterable[tuple[str, str]]
) -> I64:
    """row * columns + column of each pair of which both are here, by the keys of the people."""
    row_of = numbered(person.key for person in mentees)
    column_of = numbered(person.key for person in mentors)
    keys = [
        row_of[mentee] * len(mentors) + column_of[mentor]
        for mentee, mentor in pairs
        if mentee in row_of and mentor in column_of
    ]
    return np.array(keys, np.int64)


def _named_by_either(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    names: Literal["ancestors", "blocked", "wishes"],
) -> Iterator[tuple[str, str]]:
    """Keys (mentee, mentor) of all who name the other, on either side."""
    for person in mentees:
        for other in getattr(person, names):
            yield person.key, other
    for person in mentors:
        for other in getattr(person, names):
            yield other, person.key


def with_bits(*named: tuple[I64, int | I64]) -> Pairwise:
    """Pairs (keys, their bits) in any order and any number of times as one: the bits of a pair that
    comes twice are joined.
    """
    keys = np.concatenate([keys for keys, _ in named])
    bits = [np.broadcast_to(np.asarray(bit, np.int64), len(keys)) for keys, bit in named]
    found, where = np.unique(keys, return_inverse=True)
    joined = np.zeros(len(found), np.int64)
    np.bitwise_or.at(joined, where, np.concatenate(bits))
    return Pairwise(found, joined)
