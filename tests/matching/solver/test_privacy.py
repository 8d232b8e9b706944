"""An avoid, an HR block, a former pair and a lack of shared time are one and the same to everybody
who may ask.

Several worlds differ only in why one pair is forbidden. Whatever a coordinator can ask is asked in
all of them, and every answer must be equal.
"""

import dataclasses
from typing import Any

import numpy as np
import pytest

from matching import solver
from matching.solver import Person, Rules, described, solve, why_all
from tests.matching.solver.instances import mentee, mentor

pytestmark = pytest.mark.broad

MONDAY, TUESDAY, WEDNESDAY = ((0, 540, 780),), ((1, 540, 780),), ((2, 540, 780),)


def world(why: str, room: int) -> list[Person]:
    """Senior s0 and junior j0 must not be; everybody else shares the same time with either in every
    world.

    s0 is there on Mondays, or (where the two lack time) on Wednesdays; everybody but j0 is there on
    both.
    """
    avoids = {
        "the mentee avoids": ("s0",),
        "the mentor avoids": ("j0",),
        "HR blocks": ("s0", "j0"),
    }.get(why, ())
    topics = {"ai": 1, "video": 2}
    people = [
        mentee(
            "s0",
            availability=WEDNESDAY if why == "no shared time" else MONDAY,
            topics=topics,
            department="A",
        ),
        *(
            mentee(f"s{n}", availability=MONDAY + WEDNESDAY, topics=topics, department="AB"[n % 2])
            for n in range(1, 4)
        ),
        mentor("j0", availability=MONDAY, topics={"ai": 5, "video": 5}, department="A"),
        *(
            mentor(
                f"j{n}",
                availability=MONDAY + WEDNESDAY,
                topics={"ai": n},
                department="CA"[n % 2],
                capacity=2 - n % 2,
            )
            for n in range(1, room)
        ),
    ]
    other = {"s0": frozenset({"j0"}), "j0": frozenset({"s0"})}
    return [
        dataclasses.replace(person, blocked=other[person.key]) if person.key in avoids else person
        for person in people
    ]


WORLDS = ["the mentee avoids", "the mentor avoids", "HR blocks", "no shared time"]


def said(thing: Any) -> Any:
    """An answer as what people may see of it: people by their keys alone."""
    if isinstance(thing, Person):
        return thing.role, thing.key
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return type(thing).__name__, *(
            said(getattr(thing, part.name)) for part in dataclasses.fields(thing)
        )
    if isinstance(thing, dict):
        return {key: said(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [said(part) for part in thing]
    return thing


def everything(people: list[Person], rules: Rules, objective: Any) -> list[Any]:
    """All answers of the module to one run."""
    problem = solver.build_problem(people, rules)
    result = solve(problem, objective)
    assert solver.verify(problem, result) == []
    n, m = problem.shape
    pairs = [(i, j) for i in range(n) for j in range(m)]
    return [
        said(result.scored_pairs),
        (result.total, result.floor, result.gap),
        [said(solver.explain(problem, i, j)) for i, j in pairs],
        [said(solver.top_reasons(problem, i, j)) for i, j in pairs],
        [said(solver.warnings(problem, i, j)) for i, j in pairs],
        said(why_all(problem, result, [*problem.mentees, *problem.mentors])),
        said(described(problem, result)),
        said(solver.alternatives(problem, result, range(n), 50)),
        said(solver.best_partners(problem, k=50)),
        said(problem.refused_pins),
        said(problem.notes),
        problem.stored.tolist(),
    ]


@pytest.mark.parametrize("objective", ["participation", "score"])
@pytest.mark.parametrize("room", [2, 4])
@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules(min_overlap_minutes=0),
        Rules(pinned=(("s0", "j0"), ("s1", "j1"))),
        Rules(pinned=(("s1", "j0"),)),
        Rules(forbidden=(("s0", "j0"),)),
        Rules(forbid_same_department=True),
        Rules(require_common_language=False, grade_gap=0),
    ],
    ids=[
        "plain",
        "no overlap asked",
        "pin the two",
        "pin one of them",
        "forbid the two",
        "departments",
        "all relaxed",
    ],
)
def test_every_answer_is_the_same_whatever_the_private_reason(rules, room, objective):
    worlds = [everything(world(why, room), rules, objective) for why in WORLDS]
    for why, other in zip(WORLDS[1:], worlds[1:], strict=True):
        assert other == worlds[0], why


def test_the_worlds_do_differ_inside():
    broken = {
        why: solver.build_problem(world(why, 3))
        .scorer.broken(np.array([0]), np.array([0]))[:, 0]
        .tolist()
        for why in WORLDS
    }
    assert broken["HR blocks"] != broken["no shared time"]


def test_a_refused_pin_says_no_more_than_not_available():
    for why in WORLDS:
        (pin,) = solver.build_problem(world(why, 3), Rules(pinned=(("s0", "j0"),))).refused_pins
        assert pin.reasons == (solver.PublicReason.NOT_AVAILABLE,)


def test_no_public_word_is_a_private_one():
    private = {"private", "avoid", "block", "former", "overlap", "availability"}
    assert not [
        reason for reason in solver.PublicReason if any(word in reason.value for word in private)
    ]
