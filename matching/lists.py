"""Searching, filtering and sorting the lists of matching as their forms ask."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.search import named
from matching.forms.lists import ComparedPairsForm, ProposalListForm, UnmatchedListForm
from matching.models import Proposal, Unmatched
from programs.models import Enrolment

M = TypeVar("M", bound=Model)
PROPOSAL_SHOWN = {
    "warnings": ~Q(warnings=[]),
    "pinned": Q(pinned=True),
    "by_hand": Q(by_hand=True),
    "refused": ~Q(refusal=""),
}
PROPOSAL_ORDER = {
    "weakest": ["score", "mentor__person__sort_key", "id"],
    "mentor": ["mentor__person__sort_key", "id"],
    "mentee": ["mentee__person__sort_key", "id"],
}


def proposals(rows: QuerySet[Proposal], form: ProposalListForm) -> QuerySet[Proposal]:
    """The pairs of a run."""
    found = rows.filter(
        named(form.value("q"), "mentor__person", "mentee__person"),
        PROPOSAL_SHOWN.get(form.value("show"), Q()),
        _in_department(form.value("department")),
        _with_warning(form.value("warning")),
        _below(form.value("below")),
    )
    order = PROPOSAL_ORDER.get(form.value("sort"), ["-score", "mentor__person__sort_key", "id"])
    return found.order_by(*order)


def _with_warning(key: str) -> Q:
    return Q(warnings__contains=[{"key": key}]) if key else Q()


def _below(points: str) -> Q:
    return Q(score__lt=int(points) * 100) if points else Q()


def _in_department(name: str) -> Q:
    """Pairs with one of this department; every pair without a name."""
    if not name:
        return Q()
    return Q(mentor__person__department=name) | Q(mentee__person__department=name)


COMPARED_ORDER: dict[str, list[Any]] = {
    "mentor": ["mentor__person__sort_key", "mentor"],
    "best": [Coalesce("second_score", "first_score").desc()],
    "loss": [(F("second_score") - F("first_score")).asc(nulls_last=True)],
}


def compared_pairs(rows: QuerySet[Any], form: ComparedPairsForm) -> QuerySet[Any]:
    """The pairs of two runs, with `first_score` and `second_score`."""
    rows = rows.filter(named(form.value("q"), "mentor__person", "mentee__person"))
    by_mentee = ["mentee__person__sort_key", "mentee"]
    order = COMPARED_ORDER.get(form.value("sort"), by_mentee)
    only_first_run_first = F("second_score").asc(nulls_first=True)
    return rows.order_by(*order, only_first_run_first, "id")


def unmatched(rows: QuerySet[Unmatched], form: UnmatchedListForm) -> QuerySet[Unmatched]:
    """People without a partner after a run."""
    return _enrolled_people(rows, form, "enrolment__")


def free(rows: QuerySet[Enrolment], form: UnmatchedListForm) -> QuerySet[Enrolment]:
    """People without a partner now.

    They can be sorted by name and role only, so that nothing tells since when.
    """
    return _enrolled_people(rows, form, "")


def _enrolled_people(rows: QuerySet[M], form: UnmatchedListForm, prefix: str) -> QuerySet[M]:
    """The rows by name or role; `prefix` leads from a row to its enrolment."""
    rows = rows.filter(named(form.value("q"), f"{prefix}person"))
    role = form.value("role")
    if role:
        rows = rows.filter(**{f"{prefix}role": role})
    order = [f"{prefix}person__sort_key", "id"]
    if form.value("sort") == "role":
        order.insert(0, f"{prefix}role")
    return rows.order_by(*order)
