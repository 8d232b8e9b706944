"""Instances for the matching tests: random people, random arrays, and reference answers that share
nothing with the solver.
"""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import settings
from scipy.optimize import linear_sum_assignment

from matching.solver import Person, Rules

I64 = npt.NDArray[np.int64]
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "No/Such_Zone")
TOPICS = [f"topic {number}" for number in range(12)]


def steady(examples: int) -> Any:
    """Hypothesis settings under which every run sees the same examples."""
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None)


def mentee(key: str, **more: Any) -> Person:
    """A senior whom nothing forbids anything."""
    return Person(**({"key": key, "role": "mentee", "name": key, "grade_rank": 9} | more))


def mentor(key: str, **more: Any) -> Person:
    """A junior whom nothing forbids anything."""
    return Person(**({"key": key, "role": "mentor", "name": key, "grade_rank": 1} | more))


def crowd(seed: int, mentees: int = 8, mentors: int = 7) -> list[Person]:
    """Random people with all that people can have, odd values included; some are mentor and
    mentee.
    """
    draw = random.Random(seed)
    names = [f"p{number:03}" for number in range(mentees + mentors)]
    people = []
    for role, count in (("mentee", mentees), ("mentor", mentors)):
        for key in draw.sample(names, count):
            ranks = [None, 2, 3, 4, 4, 5] if role == "mentee" else [None, 1, 1, 2, 2, 3, 4]
            windows = [
                (day, draw.choice([480, 545, 600]), draw.choice([720, 1000, 90]))
                for day in draw.sample(range(7), 5)
            ]
            people.append(
                Person(
                    key=key,
                    role=role,  # type: ignore[arg-type]
                    grade_rank=draw.choice(ranks),
                    ancestors=frozenset(draw.sample(names, draw.choice([0, 0, 1]))),
                    department=draw.choice(["", "A", "B", "C"]),
                    location=draw.choice(["", "X", "Y"]),
                    languages=tuple(draw.sample(["en", "de", "fr"], draw.choice([0, 1, 2, 2]))),
                    time_zone=draw.choice(ZONES),
                    availability=tuple(windows[: draw.choice([0, 2, 5])]),
                    topics={
                        topic: draw.randint(1, 5)
                        for topic in draw.sample(TOPICS, draw.randint(0, 6))
                    },
                    working_style={
                        slider: draw.randint(1, 5)
                        for slider in ("pace", "plan")
                        if draw.random() < 0.8
                    },
                    interests=frozenset(draw.sample(TOPICS, draw.randint(0, 5))),
                    wishes=frozenset(draw.sample(names, draw.choice([0, 0, 2]))),
                    blocked=frozenset(draw.sample(names, draw.choice([0, 0, 1]))),
                    capacity=draw.choice([0, 1, 1, 1, 2, 3]),
                    approved=draw.random() < 0.95,
                )
            )
    return people


def some_rules(seed: int) -> Rules:
    """Random rules, with pins and prohibitions that hit the people of `crowd`."""
    draw = random.Random(seed)
    names = [f"p{number:03}" for number in range(15)]
    return Rules(
        grade_gap=draw.choice([0, 1, 2]),
        require_common_language=draw.random() < 0.5,
        min_overlap_minutes=draw.choice([0, 60, 240]),
        forbid_same_department=draw.random() < 0.5,
        pinned=tuple(tuple(draw.sample(names, 2)) for _ in range(draw.choice([0, 4, 12]))),  # type: ignore[misc]
        forbidden=tuple(tuple(draw.sample(names, 2)) for _ in range(draw.choice([0, 4]))),  # type: ignore[misc]
    )


def array(seed: int) -> tuple[I64, I64, I64]:
    """Scores with capacities of mentees and mentors: ties, chains, many forbidden, empty sides, no
    capacity, more than one.
    """
    draw = np.random.default_rng(seed)
    kind = seed % 7
    n, m = draw.integers(1, 4, 2) if kind == 0 else draw.integers(0, 9, 2)
    scores = draw.integers(0, draw.choice([1, 2, 6, 1000, 200_000]), (n, m)).astype(np.int64)
    scores[draw.random((n, m)) < draw.choice([0, 0.2, 0.5, 0.8, 1])] = -1
    if kind == 1 and n > 1:  # a chain: its best pairs cost a pair
        scores = np.full((n, n), -1, np.int64)
        m = n
        scores[np.arange(n), np.arange(n)] = draw.integers(0, 3, n)
        scores[np.arange(1, n), np.arange(n - 1)] = draw.integers(5000, 100_000, n - 1)
    a, b = np.ones(n, np.int64), np.ones(m, np.int64)
    if kind in (0, 2):
        a = draw.integers(0, 4, n)
    if kind in (0, 3):
        b = draw.integers(0, 4, m)
    return scores, a, b


def best_of_all(scores: I64, a: I64, b: I64, objective: str, floor: bool) -> tuple[int, int, int]:
    """(pairs, worst score, total) of the best matching; pairs count only for participation, the
    worst only with a floor.
    """
    if (a > 1).any() and (b > 1).any():
        return max(_every_matching(scores, a, b, objective, floor))
    clones = np.repeat(np.repeat(scores, a, 0), b, 1)
    sized = objective == "participation"
    size, total = _assigned(clones, 0, sized)
    if not floor or not size:
        return size * sized, 0, total
    worst = max(
        int(level)
        for level in np.unique(clones[clones >= 0])
        if _assigned(clones, int(level), True)[0] == size
    )
    return size, worst, _assigned(clones, worst, True)[1]


def _assigned(clones: I64, lowest: int, sized: bool) -> tuple[int, int]:
    """Dense assignment (scipy) of what scores `lowest` or more; a pair is worth more than all
    scores together if `sized`.
    """
    bonus = (min(clones.shape) + 1) * (int(clones.max(initial=0)) + 1) if sized else 0
    i, j = linear_sum_assignment(np.where(clones >= lowest, clones + bonus, 0), maximize=True)
    got = clones[i, j][clones[i, j] >= lowest]
    return len(got), int(got.sum())


def _every_matching(
    scores: I64, a: I64, b: I64, objective: str, floor: bool
) -> Iterator[tuple[int, int, int]]:
    allowed = np.argwhere(scores >= 0)
    for pick in itertools.product((False, True), repeat=len(allowed)):
        i, j = allowed[np.array(pick, bool)].T
        if (np.bincount(i, minlength=len(a)) <= a).all() and (
            np.bincount(j, minlength=len(b)) <= b
        ).all():
            worst = int(scores[i, j].min()) if floor and len(i) else 0
            yield len(i) * (objective == "participation"), worst, int(scores[i, j].sum())
