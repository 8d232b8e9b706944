"""The one next thing to do for a person of a pair.

A pure function of facts, so that its order can be read and tested.

What keeps the partner waiting comes before what is only for oneself, and what is late comes before
what is ahead. The order:

1. An agreement to sign: sessions do not count without it, and the partner may be waiting.
2. A session that is over and not logged: after some days nobody remembers.
3. No session ahead: nothing happens in a pair that has no date.
4. No goal of one's own: it gives the sessions a direction.
5. The mentee's question for a session within a week, or as many days before it as the program asks
   for it: the mentor wants to prepare.
6. A commitment of the mentee that is due.
7. A check-in on a goal that has had none for three weeks.
8. The mentor reads the question of the next session.
9. A goal of the partner from the last days, on which the reader has not said anything.

After that there is nothing to do but to meet. Once the pair is completed, what is left is to log
the last session, and to say how one's own goals ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from goals.domain.progress import SILENT_DAYS

QUESTION_DAYS = 7
NEW_DAYS = 7


@dataclass(frozen=True)
class SessionFact:
    """A session that is still scheduled."""

    public_id: UUID
    starts_at: datetime
    has_question: bool


@dataclass(frozen=True)
class GoalFact:
    """An active goal of the reader's own, and when they last checked in (its start, if never)."""

    public_id: UUID
    told_at: datetime


@dataclass(frozen=True)
class Facts:
    """What is known about a pair from the side of one of the two."""

    pairing: UUID
    state: str
    is_mentee: bool
    signed_by_me: bool
    signed_by_other: bool
    ahead: SessionFact | None
    unlogged: UUID | None
    held: int
    planned: int
    has_goals: bool
    oldest_goal: GoalFact | None
    now: datetime
    commitment: UUID | None = None  # the mentee's own that is due
    partner_goal: UUID | None = None  # new, and without a word of the reader
    question_days: int = QUESTION_DAYS  # the program asks for the question so many days before


Key = Literal[
    "paused",
    "over",
    "completed",
    "outcome",
    "sign",
    "log",
    "schedule_first",
    "schedule_next",
    "goal",
    "question",
    "commitment",
    "check_in",
    "prepare",
    "partner_goal",
    "wait",
    "ready",
]


@dataclass(frozen=True)
class Step:
    """The next thing to do. `target`: public id of the pairing, session, goal or commitment."""

    key: Key
    target: UUID


def next_step(facts: Facts) -> Step:
    """The first thing in the order above that is not done yet."""
    for step in steps(facts):
        return step
    return _nothing(facts)


def steps(facts: Facts) -> list[Step]:
    """Everything that is not done yet, in the order above."""
    found = [check(facts) for check in CHECKS.get(facts.state, ())]
    return [step for step in found if step]


def _outcome(facts: Facts) -> Step | None:
    return Step("outcome", facts.oldest_goal.public_id) if facts.oldest_goal else None


def _agreement(facts: Facts) -> Step | None:
    return None if facts.signed_by_me else Step("sign", facts.pairing)


def _log(facts: Facts) -> Step | None:
    return Step("log", facts.unlogged) if facts.unlogged else None


def _booking(facts: Facts) -> Step | None:
    if facts.ahead or facts.held >= facts.planned:
        return None
    return Step("schedule_next" if facts.held else "schedule_first", facts.pairing)


def _goal(facts: Facts) -> Step | None:
    return None if facts.has_goals else Step("goal", facts.pairing)


def _question(facts: Facts) -> Step | None:
    if not facts.is_mentee or facts.ahead is None or facts.ahead.has_question:
        return None
    return Step("question", facts.ahead.public_id) if _is_near(facts, facts.ahead) else None


def _is_near(facts: Facts, session: SessionFact) -> bool:
    days = max(QUESTION_DAYS, facts.question_days)
    return session.starts_at - facts.now <= timedelta(days=days)


def _commitment(facts: Facts) -> Step | None:
    if not facts.is_mentee or facts.commitment is None:
        return None
    return Step("commitment", facts.commitment)


def _check_in(facts: Facts) -> Step | None:
    goal = facts.oldest_goal
    if goal is None or facts.now - goal.told_at < timedelta(days=SILENT_DAYS):
        return None
    return Step("check_in", goal.public_id)


def _prepare(facts: Facts) -> Step | None:
    if facts.is_mentee or facts.ahead is None or not facts.ahead.has_question:
        return None
    return Step("prepare", facts.ahead.public_id) if _is_near(facts, facts.ahead) else None


def _partner_goal(facts: Facts) -> Step | None:
    return Step("partner_goal", facts.partner_goal) if facts.partner_goal else None


Check = Callable[[Facts], Step | None]
CHECKS: dict[str, tuple[Check, ...]] = {
    "active": (
        _agreement,
        _log,
        _booking,
        _goal,
        _question,
        _commitment,
        _check_in,
        _prepare,
        _partner_goal,
    ),
    "completed": (_log, _outcome),
}


def _nothing(facts: Facts) -> Step:
    """What to say when there is nothing to do."""
    if facts.state == "paused":
        return Step("paused", facts.pairing)
    if facts.state == "completed":
        return Step("completed", facts.pairing)
    if facts.state != "active":
        return Step("over", facts.pairing)
    if not facts.signed_by_other:
        return Step("wait", facts.pairing)
    return Step("ready", facts.ahead.public_id if facts.ahead else facts.pairing)
