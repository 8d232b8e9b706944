"""The alternatives to a pair that was made by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from matching.domain.by_hand.neighbourhood import Neighbourhood
from matching.domain.results.alternatives import (
    MOST_ALTERNATIVES,
    StoredAlternative,
    cheapest,
    stored_alternative,
)
from matching.models import MatchRun, Proposal
from matching.solver import Matching, exchanges

EVERY = 1_000_000
"""All exchanges of a small problem."""


def options(run: MatchRun, around: Neighbourhood, row: Proposal) -> list[StoredAlternative]:
    """The alternatives to a pair that was made by hand, among its neighbours, cheapest first.

    They do not say what a pair costs "at least", however the rest were arranged: that is a claim of
    the run's own proof.
    """
    pairs = around.pairs_of(run)
    matching = around.matching(run, pairs)
    pair = around.position(row.mentee_id, row.mentor_id)
    other_mentors = list(_other_mentors(around, matching, pair))
    other_mentees = list(_other_mentees(around, matching, pair, _unmatched_rows(around, pairs)))
    return other_mentors[:MOST_ALTERNATIVES] + cheapest(other_mentees)


def _other_mentors(
    around: Neighbourhood, matching: Matching, pair: tuple[int, int]
) -> Iterator[StoredAlternative]:
    """Ways to give the pair's mentee another mentor, cheapest first."""
    own = np.flatnonzero((matching.pairs == pair).all(1))
    rows = np.full(len(own), pair[0])
    for choices in exchanges(around.problem, matching, rows, own, EVERY):
        for option in choices:
            if around.problem.mentors[option.column].ref in around.mentors:
                yield stored_alternative(around.given, around.problem, option, option.other)


def _unmatched_rows(around: Neighbourhood, pairs: list[Proposal]) -> list[int]:
    """The mentees without a partner, by their rows, whom alternatives may name."""
    matched = {pair.mentee_id for pair in pairs} | around.given.placed
    candidates = around.mentees - matched
    mentees = enumerate(around.problem.mentees)
    return [row for row, person in mentees if person.ref in candidates]


def _other_mentees(
    around: Neighbourhood, matching: Matching, pair: tuple[int, int], unmatched: list[int]
) -> Iterator[StoredAlternative]:
    """Ways to give the pair's mentor one of these mentees (rows) without a partner."""
    rows = np.array(unmatched, np.int64)
    without_pair = np.full(len(unmatched), -1)
    found = exchanges(around.problem, matching, rows, without_pair, EVERY)
    for row, choices in zip(unmatched, found, strict=True):
        for option in choices:
            if (option.other, option.column) == pair:
                yield stored_alternative(around.given, around.problem, option, row)
