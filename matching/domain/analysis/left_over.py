"""People whom a run left without a partner, with changes by hand taken into account."""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from matching.models import MatchRun, Proposal, Unmatched


def left_over(rows: QuerySet[Unmatched]) -> QuerySet[Unmatched]:
    """Those who have no pair in the same run: a change by hand may have given them one."""
    return rows.exclude(_has_pair(Proposal.objects.filter(run=OuterRef("run"))))


def _has_pair(pairs: QuerySet[Proposal]) -> Q:
    """Whether the person of a row is in one of the pairs."""
    as_mentor = Exists(pairs.filter(mentor=OuterRef("enrolment")))
    as_mentee = Exists(pairs.filter(mentee=OuterRef("enrolment")))
    return as_mentor | as_mentee


def left_over_only_in(run: MatchRun, other: MatchRun) -> QuerySet[Unmatched]:
    """Who is without a match in `run` and not in `other`.

    `placed` says whether they have a pair in `other`; if not, they took no part in it.
    """
    in_other = left_over(Unmatched.objects.filter(run=other))
    also_there = Exists(in_other.filter(enrolment=OuterRef("enrolment")))
    here = left_over(Unmatched.objects.filter(run=run)).exclude(also_there)

    is_placed = _has_pair(Proposal.objects.filter(run=other))
    return here.annotate(placed=Case(When(is_placed, then=1), default=0))
