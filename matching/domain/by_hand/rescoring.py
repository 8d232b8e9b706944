"""Scores and reasons of changed pairs, under the rules as they are now."""

from __future__ import annotations

from dataclasses import replace

from matching.domain import results
from matching.domain.by_hand.moves import Move
from matching.domain.by_hand.neighbourhood import Neighbourhood, named_people
from matching.domain.by_hand.options import options
from matching.domain.inputs import build
from matching.domain.refusal import PairRefusedError, broken_rule
from matching.models import MatchRun
from matching.solver import Rules, build_problem
from programs.models import Enrolment

DESCRIBED = ("score", "breakdown", "reasons", "warnings")
"""What a proposal says about its pair."""


def apply_moves(run: MatchRun, moves: list[Move]) -> None:
    """Give the proposals their new people, with score, reasons and alternatives as of today.

    PairRefusedError where a new pair breaks a rule.
    """
    around = _neighbourhood(run, moves)
    for move in moves:
        _require_allowed(run, around, move)
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
    problem = build_problem(given.people, _rules_now(run, given.rules))
    return Neighbourhood(given, problem, mentors, mentees)


def _rules_now(run: MatchRun, rules: Rules) -> Rules:
    """The run's rules, with the program's grade gap where that is wider now, without pins."""
    grade_gap = max(rules.grade_gap, run.program.grade_gap)
    return replace(rules, pinned=(), grade_gap=grade_gap)


def _require_allowed(run: MatchRun, around: Neighbourhood, move: Move) -> None:
    reason = _missing(around, move.mentor) or _missing(around, move.mentee)
    if not reason:
        position = around.position(move.mentee.pk, move.mentor.pk)
        reason = broken_rule(run, around.problem, position)
    if reason:
        raise PairRefusedError(move.mentor, move.mentee, reason)


def _missing(around: Neighbourhood, enrolment: Enrolment) -> str:
    """The public reason why somebody cannot have a new partner now; empty if they can."""
    if enrolment.pk in around.given.enrolments:
        return ""
    return "no_capacity" if enrolment.can_be_paired else "not_taking_part"


def _describe(around: Neighbourhood, move: Move) -> None:
    position = around.position(move.mentee.pk, move.mentor.pk)
    found = results.describe(around.given, around.problem, position)
    row = move.proposal
    row.mentor = move.mentor
    row.mentee = move.mentee
    for name in DESCRIBED:
        setattr(row, name, getattr(found, name))
    row.by_hand = True
    row.refusal = ""
    row.save()
