"""The one next thing to do for a person of a pair.

A pure function of facts, so that its order can be read and tested.

The order: what keeps the other waiting comes before what is only for oneself, and what is late
before what is ahead.
1. An agreement to sign: sessions do not count without it, and the other one may be waiting.
2. A session that is over and not logged: after some days nobody remembers.
3. No session ahead: nothing happens in a pair that has no date.
4. No goal of one's own: it gives the sessions a direction.
5. The mentee's question for the session that is near: the mentor wants to prepare.
6. What the mentee meant to do differently, once its day has come.
7. A check-in on a goal that has had none for three weeks.
After that there is nothing to do but to meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

QUESTION_DAYS = 7
CHECK_IN_DAYS = 21


@dataclass(frozen=True)
class SessionFact:
    """A session that is still scheduled."""

    public_id: UUID
    starts_at: datetime
    has_question: bool


@dataclass(frozen=True)
class GoalFact:
    """An active goal of the reader's own, and when its reader last said how it goes (its start, if
    never).
    """

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
    commitment: UUID | None = None  # the mentee's own whose day has come


Key = Literal[
    "paused",
    "over",
    "sign",
    "log",
    "schedule_first",
    "schedule_next",
    "goal",
    "question",
    "commitment",
    "check_in",
    "wait",
    "ready",
]


@dataclass(frozen=True)
class Step:
    """The next thing: which, and the public id of what it is about (the pairing, a session, a goal
    or a commitment).
    """

    key: Key
    target: UUID


def next_step(facts: Facts) -> Step:
    """The first thing in the order above that is not done yet."""
    if facts.state == "paused":
        return Step("paused", facts.pairing)
    if facts.state != "active":
        return Step("over", facts.pairing)
    return _agreement(facts) or _sessions(facts) or _goals(facts) or _nothing(facts)


def _agreement(facts: Facts) -> Step | None:
    return None if facts.signed_by_me else Step("sign", facts.pairing)


def _sessions(facts: Facts) -> Step | None:
    if facts.unlogged:
        return Step("log", facts.unlogged)
    if facts.ahead is None and facts.held < facts.planned:
        return Step("schedule_next" if facts.held else "schedule_first", facts.pairing)
    return None


def _goals(facts: Facts) -> Step | None:
    if not facts.has_goals:
        return Step("goal", facts.pairing)
    near = facts.ahead and facts.ahead.starts_at - facts.now <= timedelta(days=QUESTION_DAYS)
    if facts.is_mentee and facts.ahead and near and not facts.ahead.has_question:
        return Step("question", facts.ahead.public_id)
    if facts.is_mentee and facts.commitment:
        return Step("commitment", facts.commitment)
    if facts.oldest_goal and facts.now - facts.oldest_goal.told_at >= timedelta(days=CHECK_IN_DAYS):
        return Step("check_in", facts.oldest_goal.public_id)
    return None


def _nothing(facts: Facts) -> Step:
    if not facts.signed_by_other:
        return Step("wait", facts.pairing)
    return Step("ready", facts.ahead.public_id if facts.ahead else facts.pairing)
