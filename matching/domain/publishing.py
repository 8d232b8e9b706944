"""Publishing a run: its proposals become offers, checked once more as things are at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from matching.domain.pair_check import check_now
from matching.domain.run_settings import allows_former_pairs
from matching.enums import RunState
from matching.models import MatchRun, Proposal
from pairings.domain.locks import lock_enrolments
from pairings.domain.offers import nudges, offers_end
from pairings.enums import PairingState
from pairings.mail import offers as offer_mail
from pairings.models import Pairing
from programs.domain import states
from programs.enums import EnrolmentState, ProgramState
from programs.models import Enrolment, Program

STARTABLE = (ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING)


@dataclass(frozen=True)
class Preview:
    """What publishing would do now.

    `refused` are the proposals that are no longer possible, with their `refusal` set.
    """

    holding: list[Proposal]
    refused: list[Proposal]
    mentors: int
    until: datetime
    starts_program: bool


def preview(*, run: MatchRun) -> Preview:
    """Find out what publishing would do, without changing or locking anything.

    DomainError as for `publish_run`.
    """
    _require_publishable(run)
    if run.program.state not in STARTABLE:
        raise _not_open()

    proposals = _proposals(run)
    possible, refused = _sort_out(run, proposals, _enrolments_by_id(proposals))
    return Preview(
        holding=possible,
        refused=refused,
        mentors=len({proposal.mentor_id for proposal in possible}),
        until=offers_end(),
        starts_program=run.program.state != ProgramState.RUNNING,
    )


def left_behind(program: Program) -> dict[str, int]:
    """How many have not answered, wait for a decision, or are on the waiting list when it starts.

    {} without any, and once the program runs. One query.
    """
    if program.state == ProgramState.RUNNING:
        return {}
    people = program.enrolments.filter(person__is_active=True)
    counts: dict[str, int] = people.aggregate(
        invited=Count("pk", filter=Q(state=EnrolmentState.INVITED)),
        volunteering=Count("pk", filter=Q(state=EnrolmentState.VOLUNTEERING)),
        undecided=Count("pk", filter=Q(state=EnrolmentState.APPLIED)),
        waitlisted=Count("pk", filter=Q(state=EnrolmentState.WAITLISTED)),
    )
    return {state: number for state, number in counts.items() if number}


@transaction.atomic
def publish_run(*, actor: User, run: MatchRun) -> list[Pairing]:
    """done → published: every proposal that is still possible becomes an offer; mentors are asked.

    The program runs afterwards. A proposal that is no longer possible gets its `refusal`, a public
    reason, and no offer. Publishing again returns the same pairs. DomainError for a run that is not
    done, is not the newest, or has no pair that is still possible.
    """
    locked = MatchRun.objects.locked().get(pk=run.pk)
    if locked.state == RunState.PUBLISHED:
        return list(Pairing.objects.filter(proposal__run=locked).order_by("pk"))
    _require_publishable(locked)

    locked.program = _start(actor, locked.program)
    offered, refused = _offer_pairs(locked)
    locked.state = RunState.PUBLISHED
    locked.published_at = clock.now()
    locked.save(update_fields=["state", "published_at"])

    offer_mail.ask_mentors(offered, nudges(clock.now()))
    _record(actor, locked, offered, refused)
    return offered


def _record(actor: User, run: MatchRun, offered: list[Pairing], refused: list[Proposal]) -> None:
    counts = {"pairs": len(offered), "refused": len(refused)}
    audit.record("match_run.published", run, actor=actor, scope=run.program.public_id, **counts)


def _offer_pairs(run: MatchRun) -> tuple[list[Pairing], list[Proposal]]:
    """Store an offer for each proposal that is possible, and the `refusal` of the others."""
    proposals = _proposals(run)
    enrolments = lock_enrolments(_enrolments_of(proposals))
    possible, refused = _sort_out(run, proposals, enrolments)
    offered = _store_offers(run.program, possible, enrolments)
    Proposal.objects.bulk_update(refused, ["refusal"], batch_size=1000)
    return offered, refused


def _store_offers(
    program: Program, proposals: list[Proposal], enrolments: Mapping[int, Enrolment]
) -> list[Pairing]:
    until = offers_end()
    offered = [offer_of(program, proposal, enrolments, until) for proposal in proposals]
    Pairing.objects.bulk_create(offered)
    for proposal, pairing in zip(proposals, offered, strict=True):
        proposal.pairing = pairing
    Proposal.objects.bulk_update(proposals, ["pairing"], batch_size=1000)
    return offered


def offer_of(
    program: Program, proposal: Proposal, enrolments: Mapping[int, Enrolment], until: datetime
) -> Pairing:
    """The offer that a proposal becomes, not stored yet."""
    mentor, mentee = enrolments[proposal.mentor_id], enrolments[proposal.mentee_id]
    return Pairing(
        program=program,
        mentor=mentor.person,
        mentee=mentee.person,
        mentor_enrolment=mentor,
        mentee_enrolment=mentee,
        state=PairingState.OFFERED,
        score=proposal.score,
        reasons=proposal.reasons,
        offer_expires_at=until,
    )


def _require_publishable(run: MatchRun) -> None:
    if run.state != RunState.DONE:
        raise DomainError(_("Only a run that is done can be published."), code="wrong_state")
    if MatchRun.objects.after(run).finished().exists():
        text = _("There is a newer run. Publish that one, or run matching again.")
        raise DomainError(text, code="not_newest")
    if not run.proposals.exists():
        text = _("This run found no pairs, so there is nothing to publish.")
        raise DomainError(text, code="empty")


def _not_open() -> DomainError:
    return DomainError(_("Pairs are made once enrolment is open, and until the program closes."))


def _start(actor: User, program: Program) -> Program:
    """Enrolling or matching → running; a running program stays as it is."""
    if program.state == ProgramState.ENROLLING:
        program = states.start_matching(actor=actor, program=program)
    if program.state == ProgramState.MATCHING:
        program = states.start_running(actor=actor, program=program)
    if program.state != ProgramState.RUNNING:
        raise _not_open()
    return program


def _proposals(run: MatchRun) -> list[Proposal]:
    """Those of the run, in the order in which they get places: pinned ones, then by score."""
    rows = run.proposals.defer("breakdown", "alternatives", "warnings")
    return list(rows.order_by("-pinned", "-score", "pk"))


def _enrolments_of(proposals: Iterable[Proposal]) -> set[int]:
    return {id_ for proposal in proposals for id_ in proposal.pair_ids}


def _enrolments_by_id(proposals: Iterable[Proposal]) -> dict[int, Enrolment]:
    rows = Enrolment.objects.select_related("person__grade")
    return rows.in_bulk(_enrolments_of(proposals))


def _sort_out(
    run: MatchRun, proposals: list[Proposal], enrolments: Mapping[int, Enrolment]
) -> tuple[list[Proposal], list[Proposal]]:
    """The proposals that are still possible, and those that are not, with `refusal` set.

    DomainError if none is possible.
    """
    _set_refusals(run, proposals, enrolments)
    possible = [proposal for proposal in proposals if not proposal.refusal]
    refused = [proposal for proposal in proposals if proposal.refusal]
    if not possible:
        raise _nothing_possible()
    return possible, refused


def _set_refusals(
    run: MatchRun, proposals: list[Proposal], enrolments: Mapping[int, Enrolment]
) -> None:
    """Check the proposals in their order; each that is possible takes its places."""
    pairs = [proposal.pair_ids for proposal in proposals]
    check = check_now(run.program, enrolments, pairs, allow_former=allows_former_pairs(run))
    for proposal in proposals:
        proposal.refusal = check.refusal(proposal.pair_ids)
        if not proposal.refusal:
            check.take_places(proposal.pair_ids)


def _nothing_possible() -> DomainError:
    text = _(
        "None of these pairs can be offered any more: too much has changed. Run matching again."
    )
    return DomainError(text)
