"""The moves that a change consists of, and whether they are still possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from common.errors import DomainError
from matching.domain.places import places_taken
from matching.enums import AlternativeKind
from matching.models import MatchRun, Proposal
from programs.models import Enrolment


@dataclass
class Move:
    """A proposal and the two people that it gets."""

    proposal: Proposal
    mentor: Enrolment
    mentee: Enrolment

    @property
    def enrolment_ids(self) -> set[int]:
        """Before and after the move."""
        return {self.proposal.mentor_id, self.proposal.mentee_id, self.mentor.pk, self.mentee.pk}

    @property
    def public_pair(self) -> list[str]:
        """The public ids of the new mentor and mentee."""
        return [str(self.mentor.public_id), str(self.mentee.public_id)]


def public_pair(proposal: Proposal) -> list[str]:
    """The public ids of a proposal's mentor and mentee, as changes by hand store them."""
    return [str(proposal.mentor.public_id), str(proposal.mentee.public_id)]


def enrolment_ids(moves: Iterable[Move]) -> set[int]:
    """All enrolments that the moves concern."""
    return {id_ for move in moves for id_ in move.enrolment_ids}


def new_people(moves: Iterable[Move]) -> list[Enrolment]:
    """The people whom the proposals get."""
    return [person for move in moves for person in (move.mentor, move.mentee)]


def moves_of(
    run: MatchRun, proposal: Proposal, kind: str, mentor_id: UUID, other_id: UUID | None
) -> list[Move]:
    """The moves that make an alternative true.

    DomainError (code "stale") if the people are no longer where the alternative has them.
    """
    mentor, other = _enrolments(run, mentor_id, other_id)
    moves = _moves_of_kind(run, proposal, kind, mentor, other)
    for move in moves:
        if run.proposals.filter(mentor=move.mentor, mentee=move.mentee).exists():
            raise stale_pairs()
    return moves


def _moves_of_kind(
    run: MatchRun, proposal: Proposal, kind: str, mentor: Enrolment, other: Enrolment | None
) -> list[Move]:
    if kind == AlternativeKind.FREE:
        return _to_free_mentor(run, proposal, mentor)
    if kind == AlternativeKind.SWAP and other is not None:
        return _swap(run, proposal, mentor, other)
    if kind == AlternativeKind.REPLACE and other is not None:
        return _replace_mentee(run, proposal, other)
    raise stale_pairs()


def _to_free_mentor(run: MatchRun, proposal: Proposal, mentor: Enrolment) -> list[Move]:
    """The mentee goes to another mentor, who has room."""
    require_room(run, [mentor], more=1)
    return [Move(proposal, mentor, proposal.mentee)]


def _swap(run: MatchRun, proposal: Proposal, mentor: Enrolment, other: Enrolment) -> list[Move]:
    """The mentee goes to another mentor, whose mentee comes in exchange."""
    theirs = _proposal_of(run, mentor, other)
    return [
        Move(proposal, mentor, proposal.mentee),
        Move(theirs, proposal.mentor, other),
    ]


def _replace_mentee(run: MatchRun, proposal: Proposal, other: Enrolment) -> list[Move]:
    """The mentor gets a mentee who has no partner."""
    if run.proposals.filter(mentee=other).exists():
        raise stale_pairs()
    require_room(run, [other], more=1)
    return [Move(proposal, proposal.mentor, other)]


def _enrolments(
    run: MatchRun, mentor_id: UUID, other_id: UUID | None
) -> tuple[Enrolment, Enrolment | None]:
    wanted = {mentor_id} if other_id is None else {mentor_id, other_id}
    rows = Enrolment.objects.filter(public_id__in=wanted, program=run.program)
    found = {row.public_id: row for row in rows.select_related("person")}
    if found.keys() != wanted:
        raise stale_pairs()

    other = None if other_id is None else found[other_id]
    return found[mentor_id], other


def _proposal_of(run: MatchRun, mentor: Enrolment, mentee: Enrolment) -> Proposal:
    rows = run.proposals.with_people()
    found: Proposal | None = rows.filter(mentor=mentor, mentee=mentee).first()
    if found is None:
        raise stale_pairs()
    return found


def require_room(run: MatchRun, people: list[Enrolment], *, more: int = 0) -> None:
    """DomainError unless each has places for their pairs of this run, and `more`."""
    taken = places_taken(run.program, among=[person.pk for person in people])
    in_this_run = pairs_of_each(run)
    for person in people:
        free = person.capacity - taken[person.pk]
        if in_this_run[person.pk] + more > free:
            raise _given_away(person)


def pairs_of_each(run: MatchRun) -> Counter[int]:
    """How many pairs of the run each enrolment has."""
    pairs = run.proposals.values_list("mentor", "mentee")
    return Counter(id_ for pair in pairs for id_ in pair)


def _given_away(person: Enrolment) -> DomainError:
    text = _(
        "%(name)s has been given to somebody else meanwhile. Look at the pairs as they are now."
    )
    return DomainError(text % {"name": person.person.name}, code="stale")


def stale_pairs() -> DomainError:
    """The error for a page that shows pairs as they no longer are."""
    text = _(
        "Somebody has changed these pairs since you opened the page, so nothing was done. Look at "
        "them as they are now."
    )
    return DomainError(text, code="stale")
