"""Why somebody has nobody: answers as keys and figures, worded and translated by the caller.

Rules are counted by their public reason, so that no private one can be told from another.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import I64, Flags, Scores, in_blocks, product
from matching.solver.people import Person, PublicReason, Reason, Role, public_reason
from matching.solver.problem import Problem
from matching.solver.result import Result
from matching.solver.scoring.features import BITS
from matching.solver.scoring.scorer import BY_COLUMNS, REASONS

CELLS = 1 << 19
"""Pairs that are looked at at a time."""
PUBLIC = (*dict.fromkeys(public_reason(reason) for reason in REASONS), PublicReason.BELOW_MINIMUM)
BIT_OF = {reason: np.uint16(1 << at) for at, reason in enumerate(PUBLIC)}
Kind = Literal["nobody_there", "rules", "outcompeted", "no_gain"]
Codes = npt.NDArray[np.uint16]
"""For each pair, the bits of the public reasons against it."""


@dataclass(frozen=True)
class Obstacle:
    """A rule between somebody and the other side: how many it forbids, and how many it alone
    forbids.
    """

    reason: PublicReason
    people: int
    alone: int


@dataclass(frozen=True)
class WhyUnmatched:
    """Why somebody has nobody.

    kind "nobody_there": the other side is empty. "rules": no eligible partner, see `obstacles`.
    "outcompeted": each of the `eligible` partners has somebody else (`taken_by`, best score first);
    `rivals` people of this person's side, who could be in `wanted` pairs, have no more than
    `places` between them: only more places or looser rules would help (all 0 for objective "score",
    which proves no number). "no_gain": objective "score" gained nothing by it.
    """

    person: Person
    kind: Kind
    others: int
    eligible: int
    obstacles: tuple[Obstacle, ...]
    taken_by: tuple[tuple[Person, Person], ...]  # (eligible partner, who has them)
    rivals: int
    wanted: int
    places: int


def unmatched(problem: Problem, result: Result) -> tuple[Person, ...]:
    """Everybody without a pair, mentees first, each side by key."""
    having_mentors, having_mentees = result.partners
    mentees = _all_but(having_mentors, problem.mentees)
    return (*mentees, *_all_but(having_mentees, problem.mentors))


def _all_but(positions: Container[int], side: Sequence[Person]) -> list[Person]:
    return [person for position, person in enumerate(side) if position not in positions]


def why_all(
    problem: Problem, result: Result, people: Sequence[Person], most: int = 5
) -> list[WhyUnmatched]:
    """Why each of these people is in no pair, in their order. KeyError for a stranger.

    `most` bounds the list `taken_by`.
    """
    found: dict[tuple[Role, str], WhyUnmatched] = {}
    sides: tuple[Role, Role] = ("mentee", "mentor")
    for role in sides:
        side = [person for person in people if person.role == role]
        for answer in _why_one_side(problem, result, role, side, most):
            found[role, answer.person.key] = answer
    return [found[person.role, person.key] for person in people]


def _why_one_side(
    problem: Problem, result: Result, role: Role, people: list[Person], most: int
) -> Iterator[WhyUnmatched]:
    """The answers for people of one role."""
    short = shortage(problem, result, role)
    for person, obstacles, wanted in _with_obstacles(problem, result, role, people):
        yield why(problem, result, person, obstacles, wanted, short, most)


def _with_obstacles(
    problem: Problem, result: Result, role: Role, people: list[Person]
) -> Iterator[tuple[Person, list[Obstacle], I64]]:
    """Each person with their obstacles and the others who are eligible, best first."""
    side = problem.mentees if role == "mentee" else problem.mentors
    ids = np.array([problem.position(person) for person in people], np.int64)
    for block in in_blocks(ids, _others(problem, role), CELLS):
        codes, scores = _codes(problem, result, role, block)
        for at, obstacles in enumerate(_obstacles(codes)):
            yield side[block[at]], obstacles, _eligible(codes[at], scores[at])


def _others(problem: Problem, role: Role) -> int:
    """How many there are on the other side."""
    n, m = problem.shape
    return m if role == "mentee" else n


def _obstacles(codes: Codes) -> Iterator[list[Obstacle]]:
    """For each row, what each reason forbids."""
    counts = {}
    for reason, bit in BIT_OF.items():
        forbidden, alone = (codes & bit) > 0, codes == bit
        counts[reason] = forbidden.sum(1).tolist(), alone.sum(1).tolist()
    for at in range(len(codes)):
        yield [Obstacle(reason, count[at], alone[at]) for reason, (count, alone) in counts.items()]


def _eligible(codes: Codes, scores: Scores) -> I64:
    """The positions against which there is no reason, the best score first."""
    eligible = np.flatnonzero(codes == 0)
    best_first = np.argsort(-scores[eligible], kind="stable")
    return eligible[best_first]


def why(  # noqa: PLR0917 - what is known of one person
    problem: Problem,
    result: Result,
    person: Person,
    obstacles: Iterable[Obstacle],
    wanted: I64,
    short: "Shortage",
    most: int,
) -> WhyUnmatched:
    """The answer, from the obstacles, who is eligible (best first) and the Hall set."""
    others = _others(problem, person.role)
    taken = tuple(islice(_taken_by(problem, result, person, wanted), max(1, most)))
    kind: Kind = "outcompeted"
    if not len(wanted):
        kind = "rules" if others else "nobody_there"
    elif result.objective == "score" and not taken:
        kind = "no_gain"

    short = short if kind == "outcompeted" else NO_SHORTAGE
    return WhyUnmatched(
        person=person,
        kind=kind,
        others=others,
        eligible=len(wanted),
        obstacles=_most_first(obstacles),
        taken_by=taken[:most],
        rivals=short.rivals,
        wanted=short.wanted,
        places=short.places,
    )


def _most_first(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """Those that forbid anybody."""
    in_the_way = [obstacle for obstacle in obstacles if obstacle.people]
    return tuple(sorted(in_the_way, key=lambda obstacle: -obstacle.people))


def _taken_by(
    problem: Problem, result: Result, person: Person, eligible: I64
) -> Iterator[tuple[Person, Person]]:
    """The eligible partners, each with everybody who has them."""
    having_mentors, having_mentees = result.partners
    if person.role == "mentee":
        mine, others, having = problem.mentees, problem.mentors, having_mentees
    else:
        mine, others, having = problem.mentors, problem.mentees, having_mentors
    for partner in eligible.tolist():
        for rival in having.get(partner, ()):
            yield others[partner], mine[rival]


class Shortage(NamedTuple):
    """A set of people who together want more than there is (Hall 1935)."""

    rivals: int
    wanted: int
    places: int


NO_SHORTAGE = Shortage(0, 0, 0)


def shortage(problem: Problem, result: Result, role: Role) -> Shortage:
    """The Hall set behind the number of pairs, from the cover that proves it."""
    cut = result.answer.certificate.number
    if cut is None:
        return NO_SHORTAGE
    if role == "mentee":
        group, capacity = cut.open_mentees, problem.mentee_capacity
        places = problem.mentor_capacity[cut.closed_mentors]
    else:
        group, capacity = ~cut.closed_mentors, problem.mentor_capacity
        places = problem.mentee_capacity[~cut.open_mentees]
    wanted = capacity[group]
    return Shortage(int((wanted > 0).sum()), int(wanted.sum()), int(places.sum()))


def _codes(problem: Problem, result: Result, role: Role, ids: I64) -> tuple[Codes, Scores]:
    """For each of these people, with everybody of the other side: the public rules that forbid the
    pair, and its score.
    """
    others = np.arange(_others(problem, role))
    rows, columns = (ids, others) if role == "mentee" else (others, ids)
    codes, scores = _broken_bits(problem, rows, columns), problem.block(rows, columns)
    if result.minimum is not None:  # said only where nothing else forbids
        too_low = (codes == 0) & (scores < result.minimum)
        codes[too_low] = BIT_OF[PublicReason.BELOW_MINIMUM]
    return (codes, scores) if role == "mentee" else (codes.T, scores.T)


def _broken_bits(problem: Problem, rows: I64, columns: I64) -> Codes:
    codes = np.zeros((len(rows), len(columns)), np.uint16)
    for reason, flags in _broken(problem, rows, columns):
        codes |= np.where(flags, BIT_OF[public_reason(reason)], np.uint16(0))
    return codes


def _broken(problem: Problem, rows: I64, columns: I64) -> Iterator[tuple[Reason, Flags]]:
    """Each rule with the pairs (rows × columns) that it forbids; the same as `Scorer.broken` for
    single pairs.
    """
    scorer = problem.scorer
    for reason, (mentees, mentors) in scorer.personal.items():
        yield reason, mentees[rows, None] | mentors[columns]
    yield from _broken_by_columns(problem, rows, columns)
    yield from _little_in_common(problem, rows, columns)
    yield from _singled_out(problem, rows, columns)


def _broken_by_columns(problem: Problem, rows: I64, columns: I64) -> Iterator[tuple[Reason, Flags]]:
    scorer = problem.scorer
    mentees, mentors = scorer.personal[Reason.GRADE_UNKNOWN]
    for reason in BY_COLUMNS:
        part = scorer.part(reason.value)
        if part.start == part.stop:
            continue
        flags = scorer.broken_by_columns(reason, rows, columns)
        if reason is Reason.GRADE_GAP:  # a grade that is not known has a reason of its own
            flags &= ~(mentees[rows, None] | mentors[columns])
        yield reason, flags


def _little_in_common(problem: Problem, rows: I64, columns: I64) -> Iterator[tuple[Reason, Flags]]:
    """Too little in common: languages, where they are not columns, and time."""
    scorer = problem.scorer
    if scorer.languages is not None:
        yield Reason.NO_COMMON_LANGUAGE, scorer.broken_by_words(scorer.languages, rows, columns)
    for left, right, _ in scorer.weeks:
        shared = product(left[rows], right[:, columns])
        yield Reason.TOO_LITTLE_OVERLAP, shared < scorer.needed


def _singled_out(problem: Problem, rows: I64, columns: I64) -> Iterator[tuple[Reason, Flags]]:
    """Rules that name pairs one by one."""
    i, j, bits = problem.scorer.singled_out_in(rows, columns)
    for reason, bit in BITS.items():
        which = bits & bit > 0
        flags = np.zeros((len(rows), len(columns)), np.bool_)
        flags[i[which], j[which]] = True
        yield reason, flags
