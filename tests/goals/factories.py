"""Goals for tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from common import clock
from goals.domain import goals
from goals.domain.plans import Plan, Step
from goals.models import Goal, Milestone
from pairings.models import Pairing

PLAN = {
    "statement": "write my own posts",
    "measure": "Posts I write myself",
    "unit": "a month",
    "baseline": Decimal(0),
    "target": Decimal(4),
}


def make_plan(**fields: Any) -> Plan:
    """A plan that can be measured, due in eight weeks."""
    due: date = clock.today("Europe/Berlin") + timedelta(weeks=8)
    return Plan(**(PLAN | {"due_on": due} | fields))


def make_goal(pairing: Pairing, *, owner: Any = None, draft: bool = False, **fields: Any) -> Goal:
    """An active goal of the mentee, unless told otherwise."""
    return goals.create_goal(
        actor=owner or pairing.mentee, pairing=pairing, plan=make_plan(**fields), draft=draft
    )


def make_milestone(goal: Goal, title: str = "Read ten good ones") -> Milestone:
    """Its only one."""
    goals.update_goal(actor=goal.owner, goal=goal, plan=make_plan(steps=[Step(title)]))
    return goal.milestones.get()
