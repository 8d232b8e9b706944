"""Who may do what with match runs. Who may see them is `visible_to` in models.py."""

from __future__ import annotations

from typing import Any

import rules

from pairings.permissions import manages, program_of
from programs.enums import ProgramState


@rules.predicate
def is_matchable(user: Any, target: Any) -> bool:
    """The program is in a state in which pairs are made."""
    return program_of(target).state in (
        ProgramState.ENROLLING,
        ProgramState.MATCHING,
        ProgramState.RUNNING,
    )


rules.add_perm("matching.view_matching", manages)
rules.add_perm("matching.run_matching", manages & is_matchable)
rules.add_perm("matching.cancel_run", manages)
rules.add_perm("matching.publish_run", manages & is_matchable)
rules.add_perm("matching.set_pair_rule", manages & is_matchable)
rules.add_perm("matching.change_by_hand", manages & is_matchable)
rules.add_perm("matching.offer_pair", manages & is_matchable)
