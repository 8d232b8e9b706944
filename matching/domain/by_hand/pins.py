"""Pins that changes by hand make and remove."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import DomainError
from matching.domain import pair_rules
from matching.domain.by_hand.moves import Move, public_pair
from matching.enums import RuleKind
from matching.models import HandChange, MatchRun, PairRule, Proposal
from programs.models import Enrolment


def remove_pins_of_changes(actor: User, run: MatchRun, moves: list[Move]) -> list[list[str]]:
    """Remove the pins that earlier changes set on the pairs that now separate; which ones.

    DomainError (code "pinned") for a pair that a coordinator has pinned.
    """
    set_by_changes = _pins_set_by_changes(run)
    removed = []
    for proposal in (move.proposal for move in moves):
        pin = _pin_of(run, mentor=proposal.mentor, mentee=proposal.mentee)
        if pin is None:
            continue
        if public_pair(proposal) not in set_by_changes:
            raise _pinned(proposal)
        pair_rules.remove_rule(actor=actor, rule=pin)
        removed.append(public_pair(proposal))
    return removed


def _pins_set_by_changes(run: MatchRun) -> list[list[str]]:
    """The pairs (public ids) that changes by hand have pinned."""
    pairs = []
    for made in run.hand_changes.standing():
        pairs += made.pinned
    return pairs


def _pin_of(run: MatchRun, **pair: object) -> PairRule | None:
    """The pin of a pair; `pair` is a condition on the rule's mentor and mentee."""
    pins = PairRule.objects.filter(program=run.program, kind=RuleKind.PIN, **pair)
    found: PairRule | None = pins.select_related("program").first()
    return found


def _pinned(proposal: Proposal) -> DomainError:
    text = _(
        "%(mentor)s and %(mentee)s are pinned. Remove the pin first if you want to separate them."
    )
    names = {"mentor": proposal.mentor.person.name, "mentee": proposal.mentee.person.name}
    return DomainError(text % names, code="pinned")


def pin_new_pairs(actor: User, run: MatchRun, moves: list[Move]) -> list[list[str]]:
    """Pin the new pairs that have no rule yet; which ones."""
    return [move.public_pair for move in moves if _pin(actor, run, move.mentor, move.mentee)]


def undo_pins(actor: User, run: MatchRun, made: HandChange) -> None:
    """Remove the pins that a change made, and restore those that it removed."""
    for mentor_id, mentee_id in made.pinned:
        pin = _pin_of(run, mentor__public_id=mentor_id, mentee__public_id=mentee_id)
        if pin is not None:
            pair_rules.remove_rule(actor=actor, rule=pin)
    for mentor_id, mentee_id in made.unpinned:
        people = Enrolment.objects.by_public_id([mentor_id, mentee_id])
        _pin(actor, run, people[mentor_id], people[mentee_id])


def _pin(actor: User, run: MatchRun, mentor: Enrolment, mentee: Enrolment) -> bool:
    """Pin the two unless there is a rule for them already; whether it did."""
    existing = PairRule.objects.filter(program=run.program, mentor=mentor, mentee=mentee)
    if existing.exists():
        return False
    pair_rules.set_rule(
        actor=actor, program=run.program, mentor=mentor, mentee=mentee, kind=RuleKind.PIN
    )
    return True
