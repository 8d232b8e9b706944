"""How many people each side of a program has, and whether that fits together."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from programs.enums import EnrolmentState, PairRole
from programs.models import Program

GONE = frozenset({EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN})
MOST_TIMES = 1.5  # one side may have so many times as many people as the other
FEW = 5  # a difference below this is no trouble


@dataclass(frozen=True)
class Sides:
    """The people of both sides: invited, applied or approved."""

    mentors: int
    mentees: int

    @property
    def larger(self) -> PairRole:
        """The side with more people."""
        return PairRole.MENTOR if self.mentors > self.mentees else PairRole.MENTEE

    @property
    def smaller(self) -> PairRole:
        """The side with fewer people."""
        return PairRole.MENTEE if self.larger == PairRole.MENTOR else PairRole.MENTOR

    @property
    def more(self) -> int:
        """How many the larger side has."""
        return max(self.mentors, self.mentees)

    @property
    def fewer(self) -> int:
        """How many the smaller side has."""
        return min(self.mentors, self.mentees)

    @property
    def alone(self) -> int:
        """How many would find nobody if each had one partner."""
        return self.more - self.fewer

    @property
    def out_of_balance(self) -> bool:
        """Whether many would find nobody."""
        return self.alone >= FEW and self.more > MOST_TIMES * self.fewer


def sides_with(program: Program, *, mentors: int, mentees: int) -> Sides:
    """The sides of the program once so many more people are invited. One query."""
    here = program.enrolments.exclude(state__in=GONE).order_by()
    counts = dict(here.values_list("role").annotate(number=Count("pk")))
    return Sides(
        mentors=mentors + counts.get(PairRole.MENTOR, 0),
        mentees=mentees + counts.get(PairRole.MENTEE, 0),
    )
