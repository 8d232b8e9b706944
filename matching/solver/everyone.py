"""The answers of `explain` and `whatif` for everybody at once: the same, in a fraction of the time.

A run writes down why each of its pairs, why nobody for each of the unmatched, and what else for
each of the mentees. One by one, that takes longer than finding the pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.solver.certificate import I64, Integers, Result
from matching.solver.explain import Strength, WhyUnmatched, cautions, shortage, strengths, why
from matching.solver.features import BITS, product
from matching.solver.people import Person, PublicReason, Reason, Role, public_reason
from matching.solver.problem import Problem
from matching.solver.scoring import REASONS, Flags
from matching.solver.whatif import Alternative, alternatives, at_least, room

PAIRS = 4096
CELLS = 1 << 19
NEVER = 1 << 30
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


def alternatives_all(
    problem: Problem, result: Result, rows: Sequence[int], k: int = 5
) -> list[tuple[Alternative, ...]]:
    """`alternatives` of each of these mentee rows."""
    pairs = result.answer.pairs
    if len(np.unique(pairs[:, 0])) < len(
        pairs
    ):  # somebody has several mentors: rare enough to go one by one
        return [alternatives(problem, result, row, k) for row in rows]
    step = max(1, CELLS // max(1, problem.shape[1]))
    found: list[tuple[Alternative, ...]] = []
    for start in range(0, len(rows), step):
        found += _alternatives(problem, result, np.array(rows[start : start + step], np.int64), k)
    return found


def _alternatives(
    problem: Problem, result: Result, ids: I64, k: int
) -> list[tuple[Alternative, ...]]:
    """The same for a block of rows, each of which has one mentor or none."""
    pairs, low = result.answer.pairs, max(result.minimum or 0, 0)
    has = np.full(problem.shape[0], -1)
    has[pairs[:, 0]] = np.arange(len(pairs))
    own = has[ids]
    paired = own >= 0
    scores = problem.block(ids).astype(np.int32)
    scores[scores < low] = -1
    scores[np.flatnonzero(paired), pairs[own[paired], 1]] = -1
    now = (
        np.where(paired, result.answer.scores[own], 0).astype(np.int32)
        if len(pairs)
        else np.zeros(len(ids), np.int32)
    )
    free = np.flatnonzero(room(problem, result)[1] > 0)
    columns, others = (
        np.concatenate([free, pairs[:, 1]]),
        np.concatenate([np.full(len(free), -1), pairs[:, 0]]),
    )
    given = scores[:, columns]
    back = np.zeros((len(ids), len(columns)), np.int32)
    if paired.any() and len(pairs):
        back[paired, len(free) :] = problem.block(pairs[:, 0], pairs[own[paired], 1]).T
    lost = np.concatenate([np.zeros(len(free), np.int64), result.answer.scores]).astype(np.int32)
    costs = lost + now[:, None] - given - back
    swaps = paired[:, None] & (others >= 0)
    costs[
        (given < 0)
        | (swaps & (back < low))
        | (~paired & (problem.mentee_capacity[ids] == 0))[:, None]
    ] = NEVER
    worst = np.where(swaps, np.minimum(given, back), given)
    row, at = _cheapest(costs, given, columns, others, k)
    told = _Told(ids[row], columns[at], others[at], given[row, at], costs[row, at], worst[row, at])
    found: list[list[Alternative]] = [[] for _ in ids]
    for where, option in zip(row.tolist(), _options(result, told, paired[row]), strict=True):
        found[where].append(option)
    return [tuple(some) for some in found]


def _cheapest(
    costs: Integers, scores: Integers, columns: I64, others: I64, k: int
) -> tuple[I64, I64]:
    """The k cheapest possible changes of each row (row, position), by cost, then by score, column
    and whose it is.
    """
    if not costs.shape[1]:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    last = min(k, costs.shape[1]) - 1
    bound = np.partition(costs, last, axis=1)[:, last]
    row, at = np.nonzero((costs <= bound[:, None]) & (costs < NEVER))
    order = np.lexsort((others[at], columns[at], -scores[row, at], costs[row, at], row))
    row, at = row[order], at[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    return row[place < k], at[place < k]


@dataclass(frozen=True, eq=False)
class _Told:
    """Changes to be told, one a position: of which mentee row, to which mentor, from whom (-1:
    nobody).
    """

    rows: I64
    columns: I64
    others: I64
    scores: Integers
    costs: Integers
    worst: Integers


def _options(result: Result, told: _Told, paired: Flags) -> Iterator[Alternative]:
    least = at_least(result, told.rows, told.columns, told.scores.astype(np.int64))
    below = (
        told.worst < result.floor
        if result.floor is not None
        else np.zeros(len(told.rows), np.bool_)
    )
    kinds = np.where(told.others < 0, "free", np.where(paired, "swap", "instead"))
    parts = (kinds, told.columns, told.scores, told.others, told.costs, least, below)
    for kind, column, score, other, costs, at_most, low in zip(
        *(part.tolist() for part in parts), strict=True
    ):
        yield Alternative(kind, column, score, None if other < 0 else other, costs, at_most, low)
