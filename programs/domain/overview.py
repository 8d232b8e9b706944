"""The people of a program in figures: the funnel of each role, topics wanted and offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from programs.enums import EnrolmentState, PairRole
from programs.models import EnrolmentTopic, Program

E = EnrolmentState
BEYOND = [E.APPLIED, E.APPROVED, E.WAITLISTED, E.DECLINED]
COUNTED = [E.APPLIED, E.APPROVED, E.WAITLISTED]
BEGUN = (Q(state__in=BEYOND) | Q(step__gt=0)) & ~Q(state=E.WITHDRAWN)

# The figures of a funnel, over enrolments.
FIGURES = {
    "asked": Count("pk"),
    "started": Count("pk", filter=BEGUN),
    "applied": Count("pk", filter=Q(state__in=BEYOND)),
    "approved": Count("pk", filter=Q(state=E.APPROVED)),
    "waiting": Count("pk", filter=Q(state=E.APPLIED)),
    "withdrawn": Count("pk", filter=Q(state=E.WITHDRAWN)),
}
# Those of a topic, over the topics that people chose.
WANTED = Count("pk", filter=Q(enrolment__role=PairRole.MENTEE))
OFFERED = Count("pk", filter=Q(enrolment__role=PairRole.MENTOR))


@dataclass(frozen=True)
class Funnel:
    """How far the people of one role have come.

    Each figure includes those who went further, except `withdrawn`.
    """

    role: str
    asked: int
    started: int
    applied: int
    approved: int
    waiting: int  # applied, and nobody has decided yet
    withdrawn: int


@dataclass(frozen=True)
class TopicBalance:
    """How many mentees want a topic and how many mentors can teach it.

    Of those who applied and were not declined.
    """

    name: str
    category: str
    wanted: int
    offered: int

    @property
    def short(self) -> int:
        """How many more mentors it would take if every mentee wanted this one most."""
        return max(0, self.wanted - self.offered)


def funnel(program: Program) -> list[Funnel]:
    """Mentors, then mentees. One query."""
    rows: Any = program.enrolments.order_by().values("role").annotate(**FIGURES)
    counts = {row["role"]: row for row in rows}
    lines = []
    for role in (PairRole.MENTOR, PairRole.MENTEE):
        counted: dict[str, int] = counts.get(role, {})
        figures = {name: counted.get(name, 0) for name in FIGURES}
        lines.append(Funnel(role=role, **figures))
    return lines


def balance(program: Program) -> list[TopicBalance]:
    """Every topic of the program, the scarcest first. Two queries."""
    counts = _counts_by_topic(program)
    lines = []
    for topic in program.topics.order_by("name"):
        wanted, offered = counts.get(topic.pk, (0, 0))
        lines.append(TopicBalance(topic.name, topic.category, wanted, offered))
    return sorted(lines, key=lambda line: (-line.short, -line.wanted, line.name))


def _counts_by_topic(program: Program) -> dict[int, tuple[int, int]]:
    """{topic id: (how many want it, how many can teach it)}."""
    choices = EnrolmentTopic.objects.filter(
        enrolment__program=program, enrolment__state__in=COUNTED
    )
    rows = choices.order_by().values("topic").annotate(wanted=WANTED, offered=OFFERED)
    return {row["topic"]: (row["wanted"], row["offered"]) for row in rows}
