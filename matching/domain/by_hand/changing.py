"""Making an alternative of a proposed pair true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common import audit
from matching.domain.by_hand import figures, pins, rescoring, without_partner
from matching.domain.by_hand.changeable import lock_changeable
from matching.domain.by_hand.moves import Move, enrolment_ids, moves_of, public_pair, stale_pairs
from matching.enums import AlternativeKind
from matching.models import HandChange, MatchRun, Proposal
from pairings.domain.locks import lock_enrolments

KEPT_FOR_UNDOING = ("score", "breakdown", "reasons", "warnings", "alternatives", "by_hand")


@dataclass(frozen=True)
class Choice:
    """An alternative of a proposal, as `Proposal.alternatives` has it: public ids of enrolments.

    free: the mentee goes to `mentor`, who has room. swap: to `mentor`, whose mentee `other` comes
    in exchange. replace: the pair's mentor gets `other`, who has no partner.
    """

    kind: str
    mentor: UUID
    other: UUID | None = None

    def is_among(self, alternatives: list[dict[str, Any]]) -> bool:
        """Whether the proposal offers this."""
        other = None if self.other is None else str(self.other)
        wanted = (self.kind, str(self.mentor), other)
        offered = [(option["kind"], option["mentor"], option["other"]) for option in alternatives]
        return wanted in offered


@dataclass(frozen=True)
class Changed:
    """What was done: the run, its new pairs, and what the total lost.

    `costs` is in basis points; below 0 the total gained.
    """

    run: MatchRun
    made: list[Proposal]
    costs: int


@transaction.atomic
def change(*, actor: User, proposal: Proposal, choice: Choice, shown: tuple[UUID, UUID]) -> Changed:
    """Make an alternative of a proposal true in its run, which is the newest, done, not published.

    `shown` is the pair (mentor, mentee) that the page showed. A change that has been made already
    is not made again. DomainError where somebody else has changed these pairs meanwhile (code
    "stale") and where one of them is pinned (code "pinned"); PairRefusedError (code "refused")
    where a new pair breaks a rule as things are now.
    """
    run = lock_changeable(proposal.run_id)
    current = _current(run, proposal)
    if _is_made(current, choice, shown):
        return Changed(run, _changed_together_with(run, current), 0)

    if _public_ids(current) != shown or not choice.is_among(current.alternatives):
        raise stale_pairs()
    return _make(actor, run, current, choice)


def _make(actor: User, run: MatchRun, current: Proposal, choice: Choice) -> Changed:
    """Make the change that the proposal offers."""
    moves = moves_of(run, current, choice.kind, choice.mentor, choice.other)
    lock_enrolments(enrolment_ids(moves))
    made = _apply(actor, run, choice, moves)
    figures.recount(run)
    _record(actor, run, made)
    return Changed(run, [move.proposal for move in moves], made.costs)


def _record(actor: User, run: MatchRun, made: HandChange) -> None:
    audit.record(
        "match_run.changed_by_hand",
        run,
        actor=actor,
        scope=run.program.public_id,
        kind=made.kind,
        costs=made.costs,
        pairs=[pair["now"] for pair in made.pairs],
    )


def _current(run: MatchRun, proposal: Proposal) -> Proposal:
    found: Proposal | None = run.proposals.with_people().filter(pk=proposal.pk).first()
    if found is None:
        raise stale_pairs()
    return found


def _is_made(proposal: Proposal, choice: Choice, shown: tuple[UUID, UUID]) -> bool:
    """Whether this very change has been made already: the button was pressed twice."""
    if not proposal.by_hand:
        return False
    shown_mentor, shown_mentee = shown
    wanted: tuple[UUID, UUID | None] = (choice.mentor, shown_mentee)
    if choice.kind == AlternativeKind.REPLACE:
        wanted = (shown_mentor, choice.other)
    return _public_ids(proposal) == wanted and wanted != shown


def _public_ids(proposal: Proposal) -> tuple[UUID, UUID]:
    return proposal.mentor.public_id, proposal.mentee.public_id


def _changed_together_with(run: MatchRun, proposal: Proposal) -> list[Proposal]:
    """All proposals of the changes that concern this one."""
    ids: set[str] = set()
    for made in run.hand_changes.standing():
        if made.concerns(proposal):
            ids |= made.proposals()

    rows = run.proposals.filter(public_id__in=ids)
    return list(rows.with_people())


def _apply(actor: User, run: MatchRun, choice: Choice, moves: list[Move]) -> HandChange:
    """Give the proposals their new people, and store how to undo it."""
    made = HandChange(run=run, kind=choice.kind, made_by=actor)
    made.pairs = [_before_and_after(move) for move in moves]
    made.unpinned = pins.remove_pins_of_changes(actor, run, moves)

    before = _total(moves)
    rescoring.apply_moves(run, moves)
    made.costs = before - _total(moves)

    made.placed = without_partner.update(run, made.people())
    made.pinned = pins.pin_new_pairs(actor, run, moves)
    made.save()
    return made


def _total(moves: list[Move]) -> int:
    return sum(move.proposal.score for move in moves)


def _before_and_after(move: Move) -> dict[str, Any]:
    row = move.proposal
    was: dict[str, Any] = {name: getattr(row, name) for name in KEPT_FOR_UNDOING}
    was["pair"] = public_pair(row)
    return {"proposal": str(row.public_id), "was": was, "now": move.public_pair}
