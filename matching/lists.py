"""Searching, filtering and sorting the lists of matching."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.search import named
from matching.forms.pages import ComparedPairsForm
from matching.forms.runs import ProposalListForm, UnmatchedListForm
from matching.models import Proposal, Unmatched
from programs.models import Enrolment


def proposals(rows: QuerySet[Proposal], form: ProposalListForm) -> QuerySet[Proposal]:
    """The pairs of a run as the form asks for them."""
    rows = rows.filter(named(form.value("q"), "mentor__person", "mentee__person"))
    show = form.value("show")
    if show == "warnings":
        rows = rows.exclude(warnings=[])
    elif show == "pinned":
        rows = rows.filter(pinned=True)
    elif show == "by_hand":
        rows = rows.filter(by_hand=True)
    elif show == "refused":
        rows = rows.exclude(refusal="")
    if warning := form.value("warning"):
        rows = rows.filter(warnings__contains=[{"key": warning}])
    if department := form.value("department"):
        rows = rows.filter(
            Q(mentor__person__department=department) | Q(mentee__person__department=department)
        )
    if below := form.value("below"):
        rows = rows.filter(score__lt=int(below) * 100)
    order = {
        "weakest": ["score", "id"],
        "mentor": ["mentor__person__sort_key", "id"],
        "mentee": ["mentee__person__sort_key", "id"],
    }
    return rows.order_by(*order.get(form.value("sort"), ["-score", "id"]))


def compared_pairs(rows: QuerySet[Any], form: ComparedPairsForm) -> QuerySet[Any]:
    """The pairs of two runs (with `first_score` and `second_score`) as the form asks for them."""
    rows = rows.filter(named(form.value("q"), "mentor__person", "mentee__person"))
    order = {
        "mentor": ["mentor__person__sort_key", "mentor"],
        "best": [Coalesce("second_score", "first_score").desc()],
        "loss": [(F("second_score") - F("first_score")).asc(nulls_last=True)],
    }
    first_before_second = F("second_score").asc(nulls_first=True)
    by_mentee = ["mentee__person__sort_key", "mentee"]
    return rows.order_by(*order.get(form.value("sort"), by_mentee), first_before_second, "id")


def unmatched(rows: QuerySet[Unmatched], form: UnmatchedListForm) -> QuerySet[Unmatched]:
    """Those left over as the form asks for them."""
    rows = rows.filter(named(form.value("q"), "enrolment__person"))
    if role := form.value("role"):
        rows = rows.filter(enrolment__role=role)
    by_name = ["enrolment__person__sort_key", "id"]
    return rows.order_by(
        *(["enrolment__role", *by_name] if form.value("sort") == "role" else by_name)
    )


def free(rows: QuerySet[Enrolment], form: UnmatchedListForm) -> QuerySet[Enrolment]:
    """Those who have nobody as the form asks for them.

    Name and role are all there is to sort by: nothing tells since when.
    """
    rows = rows.filter(named(form.value("q"), "person"))
    if role := form.value("role"):
        rows = rows.filter(role=role)
    by_name = ["person__sort_key", "id"]
    return rows.order_by(*(["role", *by_name] if form.value("sort") == "role" else by_name))
