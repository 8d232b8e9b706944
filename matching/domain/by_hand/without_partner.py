"""The list of people without a partner, when pairs are changed by hand."""

from __future__ import annotations

from typing import Any

from matching.domain.by_hand.moves import pairs_of_each
from matching.domain.places import places_taken
from matching.models import HandChange, MatchRun, Unmatched
from programs.models import Enrolment

LEFT_BY_HAND = {"key": "by_hand", "params": {}}


def update(run: MatchRun, people: set[str]) -> list[dict[str, Any]]:
    """Update the list for these people (public ids) after a change.

    Returns those who are no longer on it, each with the reason why they were.
    """
    moved = Enrolment.objects.filter(public_id__in=people, program=run.program)
    ids = set(moved.values_list("pk", flat=True))
    paired = _paired(run) | set(places_taken(run.program, among=ids))
    for id_ in sorted(ids - paired):
        _add(run, id_, LEFT_BY_HAND)
    return _remove(run, ids & paired)


def _remove(run: MatchRun, ids: set[int]) -> list[dict[str, Any]]:
    """Take these people off the list; those who were on it, each with the reason."""
    placed = []
    rows = Unmatched.objects.filter(run=run, enrolment__in=ids)
    for row in rows.select_related("enrolment"):
        placed.append({"enrolment": str(row.enrolment.public_id), "reason": row.reason})
        row.delete()
    return placed


def restore(run: MatchRun, made: HandChange) -> None:
    """Update the list after a change has been undone."""
    paired = _paired(run)
    Unmatched.objects.filter(run=run, enrolment__in=paired).delete()

    reasons = {entry["enrolment"]: entry["reason"] for entry in made.placed}
    placed = Enrolment.objects.filter(public_id__in=reasons, program=run.program)
    for enrolment in placed.exclude(pk__in=paired):
        _add(run, enrolment.pk, reasons[str(enrolment.public_id)])


def _paired(run: MatchRun) -> set[int]:
    """The enrolments that have a pair in the run."""
    return set(pairs_of_each(run))


def _add(run: MatchRun, enrolment_id: int, reason: dict[str, Any]) -> None:
    Unmatched.objects.get_or_create(run=run, enrolment_id=enrolment_id, defaults={"reason": reason})
