"""Undoing a change that was made by hand."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from matching.domain.by_hand import figures, pins, without_partner
from matching.domain.by_hand.changeable import lock_changeable
from matching.domain.by_hand.changing import KEPT_FOR_UNDOING
from matching.domain.by_hand.moves import Move, enrolment_ids, new_people, public_pair, require_room
from matching.models import HandChange, MatchRun, Proposal
from pairings.domain.locks import lock_enrolments
from programs.models import Enrolment


@transaction.atomic
def undo(*, actor: User, change: HandChange) -> MatchRun:
    """Restore the pairs of a change as they were, with their figures, and remove its pins.

    Undoing twice changes nothing. Rules are not checked here but when the run is published, so
    that undoing reveals nothing private. DomainError for a run that can no longer be changed, and
    where a later change has moved the same people (code "stale").
    """
    run = lock_changeable(change.run_id)
    made = run.hand_changes.standing().filter(pk=change.pk).first()
    if made is None:
        return run

    moves = _moves_back(run, made)
    lock_enrolments(enrolment_ids(moves))
    pins.undo_pins(actor, run, made)
    _restore_pairs(made, moves)
    require_room(run, new_people(moves))
    without_partner.restore(run, made)

    made.undone_at = clock.now()
    made.save(update_fields=["undone_at"])
    figures.recount(run)
    _record(actor, run, moves)
    return run


def _record(actor: User, run: MatchRun, moves: list[Move]) -> None:
    scope = run.program.public_id
    pairs = [move.public_pair for move in moves]
    audit.record("match_run.change_undone", run, actor=actor, scope=scope, pairs=pairs)


def _moves_back(run: MatchRun, made: HandChange) -> list[Move]:
    """The moves that undo a change. DomainError where a later one has moved the same people."""
    proposals = _proposals_of(run, made)
    people = Enrolment.objects.by_public_id(made.people())
    is_complete = people.keys() == made.people() and len(proposals) == len(made.pairs)
    if not is_complete or _has_later_change(run, made) or _is_different_now(made, proposals):
        raise _moved_again()

    moves = []
    for pair in made.pairs:
        mentor, mentee = (people[id_] for id_ in pair["was"]["pair"])
        moves.append(Move(proposals[pair["proposal"]], mentor, mentee))
    return moves


def _moved_again() -> DomainError:
    text = _(
        "These people have been moved again since. Undo the later change first, or run "
        "matching again."
    )
    return DomainError(text, code="stale")


def _proposals_of(run: MatchRun, made: HandChange) -> dict[str, Proposal]:
    """The proposals that the change concerns, by public id."""
    found = run.proposals.filter(public_id__in=made.proposals()).with_people()
    return {str(row.public_id): row for row in found}


def _has_later_change(run: MatchRun, made: HandChange) -> bool:
    """Whether a later change has moved one of the same people."""
    later = run.hand_changes.standing().filter(pk__gt=made.pk)
    return any(change.people() & made.people() for change in later)


def _is_different_now(made: HandChange, proposals: dict[str, Proposal]) -> bool:
    """Whether the pairs are no longer as the change made them."""
    now = [public_pair(proposals[pair["proposal"]]) for pair in made.pairs]
    return now != [pair["now"] for pair in made.pairs]


def _restore_pairs(made: HandChange, moves: list[Move]) -> None:
    for move, pair in zip(moves, made.pairs, strict=True):
        row = move.proposal
        row.mentor = move.mentor
        row.mentee = move.mentee
        for name in KEPT_FOR_UNDOING:
            setattr(row, name, pair["was"][name])
        row.save()
