"""Scores and reasons of changed pairs, under the rules as they are now."""

from __future__ import annotations

from dataclasses import replace

from matching.domain import results
from matching.domain.by_hand.moves import Move
from matching.domain.by_hand.neighbourhood import Neighbourhood, named_people, options
from matching.domain.inputs import build
from matching.domain.refusal import PairRefusedError
from matching.domain.run_settings import minimum_of
from matching.models import MatchRun
from matching.solver import PublicReason, build_problem, explain
from programs.enums import EnrolmentState


def apply_moves(run: MatchRun, moves: list[Move]) -> None:
    """Give the proposals their new people, with score, reasons and alternatives as of today.

    PairRefusedError where a new pair breaks a rule.
    """
    around = _neighbourhood(run, moves)
    for move in moves:
        reason = _refusal(run, around, move)
        if reason:
            raise PairRefusedError(move.mentor, move.mentee, reason)

    for move in moves:
        _describe(around, move)
    for move in moves:
        move.proposal.alternatives = options(run, around, move.proposal)
        move.proposal.save(update_fields=["alternatives"])


def _neighbourhood(run: MatchRun, moves: list[Move]) -> Neighbourhood:
    """A small problem of the people concerned, with the rules as they are now."""
    mentors, mentees = named_people(run, [move.proposal for move in moves])
    ids = mentors | mentees
    for move in moves:
        ids |= {move.mentor.pk, move.mentee.pk}

    given = build(run, among=ids)
    grade_gap = max(given.rules.grade_gap, run.program.grade_gap)
    problem = build_problem(given.people, replace(given.rules, pinned=(), grade_gap=grade_gap))
    return Neighbourhood(given, problem, mentors, mentees)


def _refusal(run: MatchRun, around: Neighbourhood, move: Move) -> str:
    """The public reason against a pair as things are now; empty if there is none."""
    for side in (move.mentor, move.mentee):
        if side.pk not in around.given.enrolments:
            taking_part = side.state == EnrolmentState.APPROVED and side.person.is_active
            return "no_capacity" if taking_part else "not_taking_part"

    found = explain(around.problem, *around.position(move.mentee.pk, move.mentor.pk))
    if not found.allowed:
        return str(found.reasons[0])

    minimum = minimum_of(run)
    if minimum and (found.score or 0) < minimum:
        return str(PublicReason.BELOW_MINIMUM)
    return ""


def _describe(around: Neighbourhood, move: Move) -> None:
    position = around.position(move.mentee.pk, move.mentor.pk)
    found = results.describe(around.given, around.problem, position)
    row = move.proposal
    row.mentor, row.mentee = move.mentor, move.mentee
    row.score, row.breakdown = found.score, found.breakdown
    row.reasons, row.warnings = found.reasons, found.warnings
    row.by_hand, row.refusal = True, ""
    row.save()
