"""Who may do what to sessions. What a person may know at all is in session_querysets.py."""

from __future__ import annotations

from typing import Any

import rules

from accounts.models import Delegation
from pairings.permissions import (
    has_begun,
    is_active_pair,
    is_active_person,
    is_mentee,
    is_running_pair,
    manages,
    member,
    pairing_of,
)


@rules.predicate
def is_delegate(user: Any, target: Any) -> bool:
    """The mentee of the pair has named this person for the calendar."""
    return Delegation.objects.filter(mentee=pairing_of(target).mentee_id, delegate=user).exists()


rules.add_perm("pairings.schedule_session", member & is_active_pair)
rules.add_perm("pairings.move_session", member & is_active_pair)
rules.add_perm("pairings.cancel_session", member & is_running_pair)
rules.add_perm("pairings.say_late", member & is_running_pair)
rules.add_perm("pairings.log_session", member & has_begun)
rules.add_perm("pairings.write_note", member & has_begun)
rules.add_perm("pairings.ask_question", is_active_person & is_mentee & is_running_pair)
rules.add_perm("pairings.keep_commitment", is_active_person & is_mentee & has_begun)
rules.add_perm("pairings.schedule_for_mentee", is_active_person & is_active_pair & is_delegate)
rules.add_perm("pairings.move_for_mentee", is_active_person & is_active_pair & is_delegate)
rules.add_perm("pairings.cancel_for_mentee", is_active_person & is_running_pair & is_delegate)
rules.add_perm("pairings.say_late_for_mentee", is_active_person & is_running_pair & is_delegate)
rules.add_perm("pairings.list_sessions", manages)
