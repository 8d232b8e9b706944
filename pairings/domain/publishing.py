"""Publishing a run: proposals become offers, in one transaction, checked once more against how things are at that moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.reporting import ancestors_of
from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from pairings import mail
from pairings.domain.locks import lock_enrolments
from pairings.domain.matching_input import places_taken, private_pairs
from pairings.enums import PairingState, RunState
from pairings.models import MatchRun, Pairing, Proposal
from programs.domain import programs
from programs.enums import EnrolmentState, ProgramState
from programs.models import Enrolment, Program

OFFER_DAYS = 7
"""Days that each side has for an answer."""
NUDGE_DAYS = (3, 6)
"""Days after the question at which somebody who has not answered is reminded: twice at most."""


def nudges(asked_at: datetime) -> list[datetime]:
    """When somebody who was asked at that moment is reminded."""
    return [asked_at + timedelta(days=days) for days in NUDGE_DAYS]


@transaction.atomic
def publish_run(*, actor: User, run: MatchRun) -> list[Pairing]:
    """done → published: every proposal that still holds becomes an offer, and its mentor is asked. The program runs.

    A proposal that no longer holds keeps its `refusal`, a public reason, and makes no offer. Publishing again hands back
    the same pairs. DomainError for a run that is not done, is not the newest, or has no pair that still holds.
    """
    locked = MatchRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run.pk)
    if locked.state == RunState.PUBLISHED:
        return list(Pairing.objects.filter(proposal__run=locked).order_by("pk"))
    _require_publishable(locked)
    program = _start(actor, locked.program)
    proposals = list(locked.proposals.order_by("-pinned", "-score", "pk"))
    now_true = _present(program, proposals, allow_former=bool(locked.rules.get("allow_former_pairs")))
    offered = []
    for proposal in proposals:
        proposal.refusal = now_true.refusal(proposal)
        if not proposal.refusal:
            now_true.take(proposal)
            offered.append(_offer(program, proposal, now_true))
    if not offered:
        raise DomainError(_("None of these pairs can be offered any more: too much has changed. Run matching again."))
    Pairing.objects.bulk_create(offered)
    Proposal.objects.bulk_update([p for p in proposals if p.refusal], ["refusal"], batch_size=1000)
    locked.state, locked.published_at = RunState.PUBLISHED, clock.now()
    locked.save(update_fields=["state", "published_at"])
    mail.ask_mentors(offered, nudges(clock.now()))
    refused = len(proposals) - len(offered)
    audit.record("match_run.published", locked, actor=actor, scope=program.public_id, pairs=len(offered), refused=refused)
    return offered


def _require_publishable(run: MatchRun) -> None:
    if run.state != RunState.DONE:
        raise DomainError(_("Only a run that is done can be published."), code="wrong_state")
    done = [RunState.DONE, RunState.PUBLISHED]
    if MatchRun.objects.filter(program=run.program, state__in=done, created_at__gt=run.created_at).exists():
        raise DomainError(_("There is a newer run. Publish that one, or run matching again."), code="not_newest")
    if not run.proposals.exists():
        raise DomainError(_("This run found no pairs, so there is nothing to publish."), code="empty")


def _start(actor: User, program: Program) -> Program:
    """Enrolling or matching → running; a running program takes the new pairs in as it is."""
    if program.state == ProgramState.ENROLLING:
        program = programs.start_matching(actor=actor, program=program)
    if program.state == ProgramState.MATCHING:
        program = programs.start_running(actor=actor, program=program)
    if program.state != ProgramState.RUNNING:
        raise DomainError(_("Pairs are made once enrolment is open, and until the program closes."))
    return program


@dataclass
class Present:
    """How things are while the enrolments are locked."""

    program: Program
    enrolments: dict[int, Enrolment]
    taken: Counter[int]
    above: dict[int, set[int]]
    private: set[tuple[int, int]]

    def refusal(self, proposal: Proposal) -> str:
        """The public reason why the pair cannot be offered now; empty if it can."""
        mentor, mentee = self.enrolments[proposal.mentor_id], self.enrolments[proposal.mentee_id]
        people = mentor.person_id, mentee.person_id
        ranks = [e.person.grade.rank if e.person.grade else None for e in (mentor, mentee)]
        checks = {
            "not_taking_part": any(e.state != EnrolmentState.APPROVED or not e.person.is_active for e in (mentor, mentee)),
            "no_capacity": any(self.taken[e.pk] >= e.capacity for e in (mentor, mentee)),
            "reporting_line": people[0] in self.above[people[1]] or people[1] in self.above[people[0]],
            "grade_gap": ranks[0] is None or ranks[1] is None or ranks[0] + self.program.grade_gap > ranks[1],
            "not_available": (min(people), max(people)) in self.private,
        }
        return next((reason for reason, holds in checks.items() if holds), "")

    def take(self, proposal: Proposal) -> None:
        """The pair takes a place on both sides."""
        self.taken.update([proposal.mentor_id, proposal.mentee_id])


def _present(program: Program, proposals: list[Proposal], *, allow_former: bool) -> Present:
    enrolments = lock_enrolments(id_ for p in proposals for id_ in (p.mentor_id, p.mentee_id))
    ids = {enrolment.person_id for enrolment in enrolments.values()}
    return Present(
        program=program,
        enrolments=enrolments,
        taken=places_taken(program, among=enrolments),
        above=ancestors_of(ids),
        private=private_pairs(program, ids, allow_former=allow_former),
    )


def _offer(program: Program, proposal: Proposal, present: Present) -> Pairing:
    mentor, mentee = present.enrolments[proposal.mentor_id], present.enrolments[proposal.mentee_id]
    return Pairing(
        program=program,
        proposal=proposal,
        mentor=mentor.person,
        mentee=mentee.person,
        mentor_enrolment=mentor,
        mentee_enrolment=mentee,
        state=PairingState.OFFERED,
        score=proposal.score,
        reasons=proposal.reasons,
        offer_expires_at=clock.now() + timedelta(days=OFFER_DAYS),
    )
