"""From people to whole-number columns whose products are scores.

Every component of a score except the overlap is a sum of products of one number of the mentee and
one of the mentor, so a block of scores is one matrix product. All numbers are integers small enough
for float32 to be exact.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.solver.people import Person, Reason, Rules

F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]
Block = tuple[F32, F32]

PENALTY = np.float32(2**20)
"""Subtracted for each broken rule: three of them and any score stay below 2**24, so every sum is exact."""
TOP_LEVEL = 5
ENOUGH_INTERESTS = 3
MOST_LANGUAGE_SETS = 40


@dataclass(frozen=True, eq=False)
class Pairwise:
    """A few pairs singled out: sorted keys (row * columns + column), each with a value."""

    keys: I64
    values: I64


def pick(matrix: npt.NDArray[Any], rows: I64, columns: I64 | None = None) -> npt.NDArray[Any]:
    """The block of a matrix; a view where the rows are consecutive and all columns are asked
    for.
    """
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (rows[1:] > rows[:-1]).all():
        part = matrix[int(rows[0]) : int(rows[-1]) + 1]
        return part if columns is None else part[:, columns]
    return matrix[rows] if columns is None else matrix[np.ix_(rows, columns)]


def product(left: F32, right: F32) -> F32:
    """left @ right of whole numbers that are all finite.

    OpenBLAS now and then raises the processor's flag "invalid" for narrow shapes whose numbers are
    all finite (numpy issue 24067). A number that is really none is still noticed when scores are
    made int16.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(left @ right)


def one_hot(values: Sequence[object], vocabulary: Sequence[object]) -> F32:
    """(people × vocabulary) 0 or 1; a value outside the vocabulary is a row of zeros."""
    at = {value: column for column, value in enumerate(vocabulary)}
    out = np.zeros((len(values), len(vocabulary)), np.float32)
    for row, value in enumerate(values):
        if value in at:
            out[row, at[value]] = 1
    return out


def several_hot(values: Sequence[Iterable[str]], vocabulary: Sequence[str]) -> F32:
    """(people × vocabulary) 1 for each value that a person has."""
    at = {value: column for column, value in enumerate(vocabulary)}
    out = np.zeros((len(values), len(vocabulary)), np.float32)
    for row, mine in enumerate(values):
        for value in mine:
            if value in at:
                out[row, at[value]] = 1
    return out


def shared_words(mentees: Sequence[Iterable[str]], mentors: Sequence[Iterable[str]]) -> list[str]:
    """What occurs on both sides, sorted: no other word can earn or cost anything."""
    return sorted(
        {word for mine in mentees for word in mine} & {word for mine in mentors for word in mine}
    )


def wanted_points(wanted: dict[str, int], share: int) -> dict[str, int]:
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
    words = shared_words([p.topics for p in mentees], [p.topics for p in mentors])
    at = {word: column for column, word in enumerate(words)}
    left = np.zeros((len(mentees), len(words)), np.float32)
    right = np.zeros((len(mentors), len(words)), np.float32)
    for row, person in enumerate(mentees):
        for topic, points in wanted_points(dict(person.topics), share).items():
            if topic in at:
                left[row, at[topic]] = points
    for row, person in enumerate(mentors):
        for topic, level in person.topics.items():
            if topic in at:
                right[row, at[topic]] = max(0, min(int(level), TOP_LEVEL))
    return left, right


def style(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Each slider that somebody on both sides has set: full points for the same position, none four
    steps apart.

    Where one of the two has not set it: half the points.
    """
    sliders = shared_words([p.working_style for p in mentees], [p.working_style for p in mentors])
    positions: list[object] = [1, 2, 3, 4, 5, None]
    unit = share // max(1, len(sliders))
    near = np.array(
        [[unit * (4 - abs(a - b)) // 4 for b in range(5)] + [unit // 2] for a in range(5)]
    )
    table = np.concatenate([near, np.full((1, 6), unit // 2)]).astype(np.float32)
    left, right = (
        [np.zeros((len(mentees), 0), np.float32)],
        [np.zeros((len(mentors), 0), np.float32)],
    )
    for slider in sliders:
        set_to = [
            [_position(p.working_style.get(slider)) for p in side] for side in (mentees, mentors)
        ]
        left.append(one_hot(set_to[0], positions) @ table)
        right.append(one_hot(set_to[1], positions))
    return np.concatenate(left, 1), np.concatenate(right, 1)


def _position(value: int | None) -> int | None:
    return None if value is None else max(1, min(int(value), 5))


def language(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Half the points for each of the two whose preferred language the other speaks."""
    words = shared_words([p.languages for p in mentees], [p.languages for p in mentors])
    half = np.float32(share // 2)
    first, spoken = (
        [
            one_hot([p.languages[0] if p.languages else None for p in side], words)
            for side in (mentees, mentors)
        ],
        [several_hot([p.languages for p in side], words) for side in (mentees, mentors)],
    )
    return half * np.concatenate([first[0], spoken[0]], 1), np.concatenate([spoken[1], first[1]], 1)


def interests(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Each of the mentee's interests that the mentor shares; whoever has few cannot reach all the
    points with one.
    """
    words = shared_words([p.interests for p in mentees], [p.interests for p in mentors])
    each = [share // max(ENOUGH_INTERESTS, len(p.interests)) for p in mentees]
    left = several_hot([p.interests for p in mentees], words) * np.array(each, np.float32)[:, None]
    return left, several_hot([p.interests for p in mentors], words)


def distance(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Block:
    """Half the points for another department, half for another location; nothing where either is
    not stated.
    """
    left, right = [], []
    get: Callable[[Person], str]
    for get in (lambda p: p.department, lambda p: p.location):
        words = shared_words([[get(p)] for p in mentees], [[get(p)] for p in mentors])
        half = np.float32(share // 2)
        stated = [
            np.array([get(p) != "" for p in side], np.float32)[:, None]
            for side in (mentees, mentors)
        ]
        words = [word for word in words if word]
        left.append(
            half * np.concatenate([stated[0], -one_hot([get(p) for p in mentees], words)], 1)
        )
        right.append(np.concatenate([stated[1], one_hot([get(p) for p in mentors], words)], 1))
    return np.concatenate(left, 1), np.concatenate(right, 1)


def grades(mentees: Sequence[Person], mentors: Sequence[Person], gap: int) -> Block:
    """PENALTY for a mentor who is not at least `gap` ranks below the mentee, or where a grade is
    unknown.
    """
    ranks: list[int | None] = [
        *sorted({p.grade_rank for p in mentors if p.grade_rank is not None}),
        None,
    ]
    low = [
        [
            0 if None not in (rank, p.grade_rank) and rank + gap <= p.grade_rank else -PENALTY
            for rank in ranks
        ]  # type: ignore[operator]
        for p in mentees
    ]
    left = np.array(low, np.float32).reshape(len(mentees), len(ranks))
    return left, one_hot([p.grade_rank for p in mentors], ranks)


def departments(mentees: Sequence[Person], mentors: Sequence[Person]) -> Block:
    """PENALTY for the same department; one that is not stated is nobody's."""
    words = [
        word
        for word in shared_words(
            [[p.department] for p in mentees], [[p.department] for p in mentors]
        )
        if word
    ]
    return -PENALTY * one_hot([p.department for p in mentees], words), one_hot(
        [p.department for p in mentors], words
    )


def language_sets(mentees: Sequence[Person], mentors: Sequence[Person]) -> Block | None:
    """PENALTY for two people who both state languages and share none; None if there are too many
    sets to list them.
    """
    mine, theirs = ([frozenset(p.languages) for p in side] for side in (mentees, mentors))
    sets = sorted(set(theirs), key=sorted)
    if len(sets) > MOST_LANGUAGE_SETS:
        return None
    rows = {
        one: [-PENALTY if one and other and not one & other else 0 for other in sets]
        for one in set(mine)
    }
    left = np.array([rows[one] for one in mine], np.float32).reshape(len(mentees), len(sets))
    return left, one_hot(theirs, sets)


def common_languages(mentees: Sequence[Person], mentors: Sequence[Person]) -> Block:
    """The product is 0 only for two people who both state languages and share none."""
    words = shared_words([p.languages for p in mentees], [p.languages for p in mentors])
    silent = [
        np.array([not p.languages for p in side], np.float32)[:, None]
        for side in (mentees, mentors)
    ]
    ones = [np.ones((len(side), 1), np.float32) for side in (mentees, mentors)]
    left = np.concatenate(
        [several_hot([p.languages for p in mentees], words), silent[0], ones[0]], 1
    )
    return left, np.concatenate(
        [several_hot([p.languages for p in mentors], words), ones[1], silent[1]], 1
    )


def wishes(mentees: Sequence[Person], mentors: Sequence[Person], share: int) -> Pairwise:
    """Half the points for each side that wishes for the other."""
    m = len(mentors)
    row, column = ({p.key: at for at, p in enumerate(side)} for side in (mentees, mentors))
    keys = [row[p.key] * m + column[key] for p in mentees for key in p.wishes if key in column]
    keys += [row[key] * m + column[p.key] for p in mentors for key in p.wishes if key in row]
    found, count = np.unique(np.array(keys, np.int64), return_counts=True)
    return Pairwise(found, count.astype(np.int64) * (share // 2))


BITS = {
    Reason.SAME_PERSON: 1,
    Reason.REPORTING_LINE: 2,
    Reason.PRIVATE: 4,
    Reason.FORBIDDEN_BY_COORDINATOR: 8,
    Reason.PINNED: 16,
}
"""Rules that name pairs one by one; a pair's value in `singled_out` is the sum of its rules' bits."""


def singled_out(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> Pairwise:
    """The pairs forbidden one by one, with the bits of the rules that forbid them."""
    m = len(mentors)
    row, column = ({p.key: at for at, p in enumerate(side)} for side in (mentees, mentors))
    found: dict[Reason, list[int]] = {reason: [] for reason in BITS}

    def forbid(mentee: str, mentor: str, reason: Reason) -> None:
        if mentee in row and mentor in column:
            found[reason].append(row[mentee] * m + column[mentor])

    for person in mentees:
        forbid(person.key, person.key, Reason.SAME_PERSON)
        for key in person.ancestors:
            forbid(person.key, key, Reason.REPORTING_LINE)
        for key in person.blocked:
            forbid(person.key, key, Reason.PRIVATE)
    for person in mentors:
        for key in person.ancestors:
            forbid(key, person.key, Reason.REPORTING_LINE)
        for key in person.blocked:
            forbid(key, person.key, Reason.PRIVATE)
    for mentee, mentor in rules.forbidden:
        forbid(mentee, mentor, Reason.FORBIDDEN_BY_COORDINATOR)
    return with_bits(*((np.array(keys, np.int64), BITS[reason]) for reason, keys in found.items()))


def with_bits(*named: tuple[I64, int | I64]) -> Pairwise:
    """Pairs (keys, their bits) in any order and any number of times as one: the bits of a pair that
    comes twice are joined.
    """
    keys = np.concatenate([keys for keys, _ in named])
    bits = np.concatenate(
        [np.broadcast_to(np.asarray(bit, np.int64), len(keys)) for keys, bit in named]
    )
    found, where = np.unique(keys, return_inverse=True)
    joined = np.zeros(len(found), np.int64)
    np.bitwise_or.at(joined, where, bits)
    return Pairwise(found, joined)
