"""Who may do what to goals. Reads are in the query sets beside the models."""

from __future__ import annotations

from typing import Any

import rules

from goals.enums import GoalState
from pairings.permissions import has_begun, is_active_person, is_running_pair, member


@rules.predicate
def owns_goal(user: Any, goal: Any) -> bool:
    """It is this person's goal."""
    return bool(goal.owner_id == user.pk)


@rules.predicate
def is_open(user: Any, goal: Any) -> bool:
    """Draft or active."""
    return bool(goal.is_open)


@rules.predicate
def is_active_goal(user: Any, goal: Any) -> bool:
    """Being worked on."""
    return bool(goal.state == GoalState.ACTIVE)


@rules.predicate
def is_shared_or_own(user: Any, goal: Any) -> bool:
    """Not the other's private goal."""
    return not goal.private or goal.owner_id == user.pk


own_open = is_active_person & owns_goal & is_open
mine = own_open & is_running_pair

rules.add_perm("goals.create_goal", member & is_running_pair)
rules.add_perm("goals.edit_goal", mine)
rules.add_perm("goals.close_goal", own_open & has_begun)
rules.add_perm("goals.tick_milestone", mine)
rules.add_perm(
    "goals.cheer", member & is_running_pair & is_active_goal & is_shared_or_own & ~owns_goal
)
rules.add_perm("goals.check_in", member & is_running_pair & is_active_goal & is_shared_or_own)
