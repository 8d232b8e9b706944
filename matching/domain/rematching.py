"""People without a partner in a running program, whom they could meet, and offering such a pair.

Everybody without a partner is here alike: an offer that did not come about, a pair that has ended,
somebody approved late, and those whom matching left over. Nothing tells who was asked before, who
declined, or when. Two people whose offer did not come about are "not available" to each other, as
for any private reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import absences
from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from matching.domain import inputs, results
from matching.domain.inputs import MatchInput
from matching.domain.pair_check import check_now
from matching.domain.pair_rules import require_two_sides
from matching.domain.places import candidates, places_taken
from matching.domain.publishing import offer_of
from matching.domain.refusal import PairRefusedError, broken_rule
from matching.domain.run_settings import minimum_of, snapshot
from matching.models import MatchRun, Proposal
from matching.solver import Partners, Problem, best_partners, build_problem
from pairings.domain.locks import lock_enrolments
from pairings.domain.offers import nudges, offers_end
from pairings.enums import LIVE_PAIRING_STATES
from pairings.mail import offers as offer_mail
from pairings.models import Pairing
from programs.enums import Objective, PairRole, ProgramState
from programs.models import Enrolment, Program

SUGGESTED = 3
MOST_COMPARED = 1_000
"""Free people whom a page compares; more are better matched by a run, in the worker."""


@dataclass(frozen=True)
class Compared:
    """Everybody who has room, and their best pairs among each other."""

    given: MatchInput
    problem: Problem
    best: Partners

    def suggestions(self, enrolment: Enrolment) -> list[Proposal]:
        """The best possible pairs of one person, best first, as proposals that are not stored."""
        proposals = []
        for position in self._best_positions(enrolment):
            proposal = results.describe(self.given, self.problem, position)
            proposal.mentor = self.given.enrolments[proposal.mentor_id]
            proposal.mentee = self.given.enrolments[proposal.mentee_id]
            proposals.append(proposal)
        return proposals

    def _best_positions(self, enrolment: Enrolment) -> tuple[tuple[int, int], ...]:
        side, best = self.problem.mentors, self.best.of_mentors
        if enrolment.role == PairRole.MENTEE:
            side, best = self.problem.mentees, self.best.of_mentees
        refs = [person.ref for person in side]
        return best[refs.index(enrolment.pk)] if enrolment.pk in refs else ()


@dataclass(frozen=True)
class FreePool:
    """Who is free now: `alone` (ids of enrolments) have no partner.

    `compared` is None where there are too many for suggestions.
    """

    alone: frozenset[int]
    compared: Compared | None


def free_pool(program: Program) -> FreePool:
    """Find who has room now, and compare them with each other; other pairs are not touched."""
    taken = places_taken(program)
    free = _free_and_here(program, taken)
    alone = frozenset(pk for pk in free if not taken[pk])
    if len(free) > MOST_COMPARED:
        return FreePool(alone, None)
    return FreePool(alone, _compared(program, free))


def _free_and_here(program: Program, taken: Counter[int]) -> set[int]:
    """The enrolments with a place free whose people are not away."""
    enrolments = candidates(program).values_list("pk", "person", "capacity")
    person_of = {pk: person for pk, person, capacity in enrolments if taken[pk] < capacity}
    away = absences.people_away(set(person_of.values()))
    return {pk for pk, person in person_of.items() if person not in away}


def _compared(program: Program, free: set[int]) -> Compared:
    run = _run_as_of_now(program)
    given = inputs.build(run, among=free)
    problem = _problem_without_pins(given)
    best = best_partners(problem, k=SUGGESTED, minimum=minimum_of(run))
    return Compared(given, problem, best)


@transaction.atomic
def offer(*, actor: User, program: Program, mentor: Enrolment, mentee: Enrolment) -> Pairing:
    """Offer a pair of two free people, as publishing does: the mentor is asked first.

    A pair that is offered or live already is returned as it is, and nobody is asked twice.
    DomainError unless the program is running; PairRefusedError (code "refused", with the public
    reason) where the pair is not possible as things are now.
    """
    require_two_sides(program, mentor, mentee)
    enrolments = lock_enrolments((mentor.pk, mentee.pk))
    current = Program.objects.get(pk=program.pk)
    _require_running(current)

    known = _live_pairing(mentor, mentee)
    if known is not None:
        return known

    pairing = _possible_offer(current, enrolments[mentor.pk], enrolments[mentee.pk])
    pairing.save()
    _announce(actor, pairing)
    return pairing


def _possible_offer(program: Program, mentor: Enrolment, mentee: Enrolment) -> Pairing:
    """The offer of a pair, not stored yet; PairRefusedError where it is not possible now."""
    _require_possible_now(program, mentor, mentee)
    proposal = _describe(program, mentor, mentee)
    enrolments = {mentor.pk: mentor, mentee.pk: mentee}
    return offer_of(program, proposal, enrolments, offers_end())


def _announce(actor: User, pairing: Pairing) -> None:
    """Ask the mentor, and record the offer."""
    offer_mail.ask_mentors([pairing], nudges(clock.now()))
    scope = pairing.program.public_id
    audit.record("pairing.offered", pairing, actor=actor, scope=scope)


def _require_running(program: Program) -> None:
    if program.state != ProgramState.RUNNING:
        text = _(
            "Single pairs can be offered while the program runs. Publish a run of matching first."
        )
        raise DomainError(text)


def _live_pairing(mentor: Enrolment, mentee: Enrolment) -> Pairing | None:
    live = Pairing.objects.filter(
        mentor_enrolment=mentor, mentee_enrolment=mentee, state__in=LIVE_PAIRING_STATES
    )
    found: Pairing | None = live.first()
    return found


def _require_possible_now(program: Program, mentor: Enrolment, mentee: Enrolment) -> None:
    pair = (mentor.pk, mentee.pk)
    enrolments = {mentor.pk: mentor, mentee.pk: mentee}
    check = check_now(program, enrolments, [pair], allow_former=program.allow_former_pairs)
    reason = check.refusal(pair)
    if reason:
        raise PairRefusedError(mentor, mentee, reason)


def _describe(program: Program, mentor: Enrolment, mentee: Enrolment) -> Proposal:
    """The score and reasons that matching gives the pair today.

    PairRefusedError where one of its rules forbids the pair.
    """
    run = _run_as_of_now(program)
    given = inputs.build(run, among=[mentor.pk, mentee.pk])
    problem = _problem_without_pins(given)
    reason = _refusal(run, problem)
    if reason:
        raise PairRefusedError(mentor, mentee, reason)
    return results.describe(given, problem, (0, 0))


def _refusal(run: MatchRun, problem: Problem) -> str:
    """The public reason against the only pair of a problem of two people; empty if none."""
    if problem.shape != (1, 1):
        return "not_taking_part"
    return broken_rule(run, problem, (0, 0))


def _run_as_of_now(program: Program) -> MatchRun:
    """A run, never stored, with the program's present rules and weights."""
    rules, weights = snapshot(program)
    return MatchRun(
        program=program, objective=Objective(program.objective), rules=rules, weights=weights
    )


def _problem_without_pins(given: MatchInput) -> Problem:
    """Pins matter only to runs; here people are compared, not placed."""
    return build_problem(given.people, replace(given.rules, pinned=()))
