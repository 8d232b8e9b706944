"""The answers of `explain` and `whatif` for everybody at once: the same, in a fraction of the time.

A run writes down why each of its pairs, why nobody for each of the unmatched, and what else for
each of the mentees. One by one, that takes longer than finding the pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import I64, Flags, product
from matching.solver.explain import Strength, WhyUnmatched, cautions, shortage, strengths, why
from matching.solver.features import BITS
from matching.solver.people import Person, PublicReason, Reason, Role, public_reason
from matching.solver.problem import Problem
from matching.solver.result import Result
from matching.solver.scoring import REASONS

PAIRS = 4096
CELLS = 1 << 19
Codes = npt.NDArray[np.uint16]
PUBLIC = (*dict.fromkeys(public_reason(reason) for reason in REASONS), PublicReason.BELOW_MINIMUM)


@dataclass(frozen=True)
class Described:
    """One pair of a result: points by component, the strongest reasons and what to look at."""

    points: dict[str, int]
    strengths: tuple[Strength, ...]
    warnings: tuple[str, ...]


def described(problem: Problem, result: Result, n: int = 3) -> list[Described]:
    """Every pair of a result as `explain`, `top_reasons` and `warnings` tell it, in the order of
    `result.scored_pairs`.
    """
    pairs = np.array(result.pairs, np.int64).reshape(-1, 2)
    found = []
    for start in range(0, len(pairs), PAIRS):
        part = pairs[start : start + PAIRS]
        columns = problem.scorer.components(part[:, 0], part[:, 1])
        minutes = problem.scorer.all_minutes(part[:, 0], part[:, 1]).tolist()
        rows = zip(*(values.tolist() for values in columns.values()), strict=True)
        for (i, j), row, shared in zip(part.tolist(), rows, minutes, strict=True):
            points = dict(zip(columns, row, strict=True))
            strong = strengths(problem, i, j, points, shared, n)
            found.append(Described(points, strong, cautions(problem, i, j, points, shared)))
    return found


def why_all(
    problem: Problem, result: Result, people: Sequence[Person], most: int = 5
) -> list[WhyUnmatched]:
    """`why_unmatched` of each of these people, in their order. KeyError for a stranger."""
    found: dict[tuple[Role, str], WhyUnmatched] = {}
    sides: tuple[Role, Role] = ("mentee", "mentor")
    for role in sides:
        mine = [person for person in people if person.role == role]
        others = problem.shape[role == "mentee"]
        places = {
            person.key: at
            for at, person in enumerate(problem.mentees if role == "mentee" else problem.mentors)
        }
        short = shortage(problem, result, role)
        step = max(1, CELLS // max(1, others))
        for start in range(0, len(mine), step):
            part = mine[start : start + step]
            codes, scores = _codes(
                problem, result, role, np.array([places[person.key] for person in part])
            )
            counts = [((codes & bit) > 0).sum(1).tolist() for bit in _bits()]
            alone = [(codes == bit).sum(1).tolist() for bit in _bits()]
            for at, person in enumerate(part):
                obstacles = zip(
                    PUBLIC,
                    (count[at] for count in counts),
                    (count[at] for count in alone),
                    strict=True,
                )
                fits = np.flatnonzero(codes[at] == 0)
                wanted = fits[np.argsort(-scores[at, fits].astype(np.int64), kind="stable")]
                found[role, person.key] = why(
                    problem, result, person, obstacles, wanted, short, most
                )
    return [found[person.role, person.key] for person in people]


def _bits() -> list[np.uint16]:
    return [np.uint16(1 << at) for at in range(len(PUBLIC))]


def _codes(
    problem: Problem, result: Result, role: Role, ids: I64
) -> tuple[Codes, npt.NDArray[np.int16]]:
    """For each of these people, with everybody of the other side: the public rules that forbid the
    pair, and its score.
    """
    n, m = problem.shape
    turned = role == "mentor"
    rows, columns = (np.arange(n), ids) if turned else (ids, np.arange(m))
    codes = np.zeros((len(rows), len(columns)), np.uint16)
    for reason, flags in _broken(problem, rows, columns):
        codes |= np.where(flags, np.uint16(1 << PUBLIC.index(public_reason(reason))), np.uint16(0))
    scores = problem.block(rows, columns)
    if result.minimum is not None:
        low = (codes == 0) & (scores < result.minimum)  # said only where nothing else forbids
        codes[low] = 1 << PUBLIC.index(PublicReason.BELOW_MINIMUM)
    return (codes.T, scores.T) if turned else (codes, scores)


def _broken(problem: Problem, rows: I64, columns: I64) -> Iterator[tuple[Reason, Flags]]:
    """Each rule with the pairs (rows × columns) that it forbids; the same as `Scorer.broken` for
    single pairs.
    """
    scorer = problem.scorer
    unknown = scorer.personal[Reason.GRADE_UNKNOWN]
    for reason, (mentees, mentors) in scorer.personal.items():
        yield reason, mentees[rows, None] | mentors[columns]
    for reason in (Reason.GRADE_GAP, Reason.SAME_DEPARTMENT, Reason.NO_COMMON_LANGUAGE):
        part = scorer.parts.get(reason.value, slice(0, 0))
        if part.start == part.stop:
            continue
        flags = product(scorer.mentees[rows, part], scorer.mentors[part][:, columns]) < 0
        if reason is Reason.GRADE_GAP:
            flags &= ~(unknown[0][rows, None] | unknown[1][columns])
        yield reason, flags
    if scorer.languages is not None:
        left, right = scorer.languages
        yield Reason.NO_COMMON_LANGUAGE, product(left[rows], right[:, columns]) == 0
    for left, right, _ in scorer.weeks:
        yield Reason.TOO_LITTLE_OVERLAP, product(left[rows], right[:, columns]) < scorer.needed
    m = problem.shape[1]
    row, column = np.full(problem.shape[0], -1), np.full(m, -1)
    row[rows], column[columns] = np.arange(len(rows)), np.arange(len(columns))
    i, j = row[scorer.singled_out.keys // m], column[scorer.singled_out.keys % m]
    here = (i >= 0) & (j >= 0)
    for reason, bit in BITS.items():
        which = here & (scorer.singled_out.values & bit > 0)
        flags = np.zeros((len(rows), len(columns)), np.bool_)
        flags[i[which], j[which]] = True
        yield reason, flags
