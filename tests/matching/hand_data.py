"""Runs of matching that are changed by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from matching.domain import by_hand
from matching.domain.by_hand import Choice
from matching.models import MatchRun, Proposal
from tests.matching.matching_data import Pool, pool


def option_of(proposal: Proposal, kind: str) -> dict[str, Any]:
    """The first alternative of this kind."""
    return next(option for option in proposal.alternatives if option["kind"] == kind)


def choice_of(option: dict[str, Any]) -> Choice:
    return Choice(
        option["kind"], UUID(option["mentor"]), UUID(option["other"]) if option["other"] else None
    )


def shown(proposal: Proposal) -> tuple[UUID, UUID]:
    return proposal.mentor.public_id, proposal.mentee.public_id


def with_option(run: MatchRun, kind: str) -> Proposal:
    """A pair of the run that has such an alternative."""
    rows = run.proposals.select_related("mentor__person", "mentee__person").order_by("pk")
    return next(row for row in rows if any(option["kind"] == kind for option in row.alternatives))


def make_it(run: MatchRun, actor: User, kind: str) -> tuple[Proposal, by_hand.Changed]:
    proposal = with_option(run, kind)
    option = option_of(proposal, kind)
    return proposal, by_hand.change(
        actor=actor, proposal=proposal, choice=choice_of(option), shown=shown(proposal)
    )


def world(kind: str) -> Pool:
    """A program whose runs have an alternative of this kind."""
    return {"free": lambda: pool(3, 2), "swap": lambda: pool(2, 2), "replace": lambda: pool(2, 3)}[
        kind
    ]()


def pairs_of(run: MatchRun) -> set[tuple[int, int]]:
    return set(run.proposals.values_list("mentor", "mentee"))


def all_of(run: MatchRun) -> Any:
    """Everything of a run that a change could touch."""
    run.refresh_from_db()
    fields = (
        "mentor",
        "mentee",
        "score",
        "breakdown",
        "reasons",
        "warnings",
        "alternatives",
        "by_hand",
        "pinned",
    )
    left = run.unmatched.order_by("enrolment").values_list("enrolment", "reason")
    return list(run.proposals.order_by("pk").values_list(*fields)), list(left), run.statistics
