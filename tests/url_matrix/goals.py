"""Goals: a goal of the mentee's that the mentor sees too."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from goals.domain import goals
from goals.models import CheckIn, Goal, Milestone
from tests.goals.factories import make_goal, make_milestone
from tests.url_matrix.core import PAIR, row


def make(world: Any) -> None:
    """The goal with its milestone and a check-in."""
    made = make_milestone(make_goal(world.pairing)).goal
    goals.check_in(actor=made.owner, goal=made, note="It goes")


def goal(name: str) -> Any:
    return lambda w: reverse(name, args=[Goal.objects.get().public_id])


def milestone(w: Any) -> str:
    return reverse("goals:milestone_tick", args=[Milestone.objects.get().public_id])


def check_in(w: Any) -> str:
    return reverse("goals:check_in_cheer", args=[CheckIn.objects.get().public_id])


OWNER: dict[str, Any] = {"allowed": {"mentee"}, "refused": {"mentor": 403}, "setup": make}

ROWS = [
    row("goals:goal_new", lambda w: reverse("goals:goal_new", args=[w.pairing.public_id]), PAIR),
    row(
        "goals:goal_new",
        lambda w: reverse("goals:goal_new", args=[w.pairing.public_id]),
        PAIR,
        method="post",
    ),
    row("goals:goal_detail", goal("goals:goal_detail"), PAIR, setup=make),
    row("goals:goal_edit", goal("goals:goal_edit"), **OWNER),
    row("goals:goal_edit", goal("goals:goal_edit"), method="post", **OWNER),
    row("goals:goal_close", goal("goals:goal_close"), **OWNER),
    row(
        "goals:goal_close",
        goal("goals:goal_close"),
        method="post",
        data={"outcome": "met"},
        **OWNER,
    ),
    row("goals:check_in_new", goal("goals:check_in_new"), PAIR, setup=make),
    row(
        "goals:check_in_new",
        goal("goals:check_in_new"),
        PAIR,
        method="post",
        data={"note": "Go on"},
        setup=make,
    ),
    row(
        "goals:check_in_cheer",
        check_in,
        method="post",
        allowed={"mentor"},
        refused={"mentee": 403},
        setup=make,
    ),
    row("goals:milestone_tick", milestone, method="post", **OWNER),
]
