"""Who is free in a running program, whom they could meet, and the offer of one such pair.

Everybody who has nobody is here alike: a match that did not come about, a pair that has ended,
somebody approved late, and those whom matching left over. Nothing says who was asked before, by
whom an offer ended, or when; two whose offer came to nothing arrive together and are "not
available" to each other, as for any private reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import absences
from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from matching.domain import inputs, results
from matching.domain.inputs import MatchInput
from matching.domain.present import present
from matching.domain.publishing import offer_of
from matching.models import MatchRun, Proposal
from matching.solver import Partners, Problem, best_partners, build_problem, explain
from pairings import wording
from pairings.domain.locks import lock_enrolments
from pairings.domain.offers import nudges, offers_end
from pairings.enums import LIVE_PAIRING_STATES
from pairings.mail import offers as offer_mail
from pairings.models import Pairing
from programs.enums import Objective, PairRole, ProgramState
from programs.labels import with_labels
from programs.models import Enrolment, Program

SUGGESTED = 3
MOST_COMPARED = 1_000
"""Free people whom a page compares with each other; beyond, a run of matching places them better, and in the worker."""


@dataclass(frozen=True)
class Compared:
    """Everybody who has room, and their best pairs among each other."""

    given: MatchInput
    problem: Problem
    best: Partners

    def suggestions(self, enrolment: Enrolment) -> list[Proposal]:
        """The best possible pairs of one of them, as proposals that are not stored, best first."""
        is_mentee = enrolment.role == PairRole.MENTEE
        side, pairs = (
            (self.problem.mentees, self.best.of_mentees)
            if is_mentee
            else (self.problem.mentors, self.best.of_mentors)
        )
        own = next(
            (
                found
                for person, found in zip(side, pairs, strict=True)
                if person.ref == enrolment.pk
            ),
            (),
        )
        proposals = [results.describe(self.given, self.problem, at) for at in own]
        for proposal in proposals:
            proposal.mentor = self.given.enrolments[proposal.mentor_id]
            proposal.mentee = self.given.enrolments[proposal.mentee_id]
        return proposals


@dataclass(frozen=True)
class FreePool:
    """Who is free now: `alone` (ids of enrolments) has nobody.

    `compared` is None where there are too many for suggestions.
    """

    alone: frozenset[int]
    compared: Compared | None


def free_pool(program: Program) -> FreePool:
    """Look at who has room now, and compare them with each other alone: no pair is touched, nothing
    is locked.
    """
    places = inputs.candidates(program).values_list("pk", "person", "capacity")
    taken = inputs.places_taken(program)
    room = {pk: person for pk, person, capacity in places if taken[pk] < capacity}
    away = absences.people_away(set(room.values()))
    here = {pk for pk, person in room.items() if person not in away}
    alone = frozenset(pk for pk in here if not taken[pk])
    if len(here) > MOST_COMPARED:
        return FreePool(alone, None)
    run = _as_now(program)
    given = inputs.build(run, among=here)
    problem = _compiled(given)
    return FreePool(
        alone,
        Compared(
            given, problem, best_partners(problem, k=SUGGESTED, minimum=inputs.minimum_of(run))
        ),
    )


@transaction.atomic
def offer(*, actor: User, program: Program, mentor: Enrolment, mentee: Enrolment) -> Pairing:
    """Offer a pair of two free people of the program, exactly as publishing does: its mentor is
    asked first.

    A pair that is offered, or that lives already, is handed back as it is, and nobody is asked
    twice. DomainError unless the program runs, and where the pair does not hold as things are now
    (code "refused", with the public reason).
    """
    _require_sides(program, mentor, mentee)
    ids = (mentor.pk, mentee.pk)
    enrolments = lock_enrolments(ids)
    current = Program.objects.get(pk=program.pk)
    if current.state != ProgramState.RUNNING:
        raise DomainError(
            _(
                "Single pairs can be offered while the program runs. Publish a run of matching "
                "first."
            )
        )
    live = Pairing.objects.filter(
        mentor_enrolment=mentor, mentee_enrolment=mentee, state__in=LIVE_PAIRING_STATES
    )
    known: Pairing | None = live.first()
    if known:
        return known
    if why := present(current, enrolments, [ids], allow_former=current.allow_former_pairs).refusal(
        ids
    ):
        raise _refused(enrolments[mentor.pk], enrolments[mentee.pk], why)
    pairing = offer_of(
        current,
        _describe(current, enrolments[mentor.pk], enrolments[mentee.pk]),
        enrolments,
        offers_end(),
    )
    pairing.save()
    offer_mail.ask_mentors([pairing], nudges(clock.now()))
    audit.record("pairing.offered", pairing, actor=actor, scope=current.public_id)
    return pairing


def _require_sides(program: Program, mentor: Enrolment, mentee: Enrolment) -> None:
    fits = mentor.program_id == mentee.program_id == program.pk
    if not fits or (mentor.role, mentee.role) != (PairRole.MENTOR, PairRole.MENTEE):
        text = _("Choose a {mentor} and a {mentee} of this program.")
        raise DomainError(with_labels(text, program))
    if mentor.person_id == mentee.person_id:
        raise DomainError(_("Nobody can be paired with themselves."))


def _refused(mentor: Enrolment, mentee: Enrolment, why: str) -> DomainError:
    names = {
        "mentor": mentor.person.name,
        "mentee": mentee.person.name,
        "why": wording.REASONS[why],
    }
    text = _(
        "%(mentor)s and %(mentee)s cannot be offered to each other now: %(why)s. Nothing was sent."
    )
    return DomainError(text % names, code="refused")


def _describe(program: Program, mentor: Enrolment, mentee: Enrolment) -> Proposal:
    """Score and reasons as matching has them today; DomainError where one of its rules forbids the
    pair.
    """
    run = _as_now(program)
    given = inputs.build(run, among=[mentor.pk, mentee.pk])
    problem = _compiled(given)
    if problem.shape != (1, 1):
        raise _refused(mentor, mentee, "not_taking_part")
    if why := explain(problem, 0, 0).reasons:
        raise _refused(mentor, mentee, str(why[0]))
    found = results.describe(given, problem, (0, 0))
    if found.score < (inputs.minimum_of(run) or 0):
        raise _refused(mentor, mentee, "below_minimum")
    return found


def _as_now(program: Program) -> MatchRun:
    """A run (never stored) under the program's rules and weights of this moment."""
    rules, weights = inputs.snapshot(program)
    return MatchRun(
        program=program, objective=Objective(program.objective), rules=rules, weights=weights
    )


def _compiled(given: MatchInput) -> Problem:
    """Pins are for runs; here nobody is placed, only compared."""
    return build_problem(given.people, replace(given.rules, pinned=()))
