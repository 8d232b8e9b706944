"""Who learns from whom: flows between departments, grades or places.

`map_drawing` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Avg, Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from matching.models import MatchRun, Proposal
from pairings.models import Pairing
from programs.models import Program

By = Literal["department", "grade", "location"]
FIELDS: dict[By, str] = {"department": "department", "grade": "grade__name", "location": "location"}
OTHERS = "\0others"
"""The name of all groups that are too small to be drawn alone; no department has this name."""


@dataclass(frozen=True)
class Flow:
    """The number of pairs with a mentor of `origin` and a mentee of `target`.

    `fit` is their mean score, in basis points.
    """

    origin: str
    target: str
    pairs: int
    fit: float | None = None

    @property
    def within(self) -> bool:
        """Whether both sides are of one group, as far as that is known."""
        return self.origin == self.target and self.origin not in ("", OTHERS)


def flows_of_run(run: MatchRun, by: By) -> QuerySet[Any]:
    """The flows of the proposed pairs: rows with `origin`, `target`, `pairs` and `fit`."""
    return _summed(Proposal.objects.filter(run=run), "mentor__person", "mentee__person", by)


def flows_of_program(program: Program, by: By) -> QuerySet[Any]:
    """The same for a program's live pairs."""
    return _summed(Pairing.objects.live().filter(program=program), "mentor", "mentee", by)


def _summed(rows: QuerySet[Any], mentor: str, mentee: str, by: By) -> QuerySet[Any]:
    group = FIELDS[by]
    origin = Coalesce(f"{mentor}__{group}", Value(""))
    target = Coalesce(f"{mentee}__{group}", Value(""))
    groups = rows.order_by().values(origin=origin, target=target)
    flows: QuerySet[Any] = groups.annotate(pairs=Count("pk"), fit=Avg("score"))
    return flows


def searched(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The flows of groups whose name contains the text."""
    if not text:
        return rows
    return rows.filter(Q(origin__icontains=text) | Q(target__icontains=text))
