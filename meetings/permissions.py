"""Who may do what with pairs that meet and their sessions. Who may see them is in models/."""

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


rules.add_perm("meetings.schedule_session", member & is_active_pair)
rules.add_perm("meetings.arrange_topics", member & is_running_pair)
rules.add_perm("meetings.move_session", member & is_active_pair)
rules.add_perm("meetings.cancel_session", member & is_running_pair)
rules.add_perm("meetings.say_late", member & is_running_pair)
rules.add_perm("meetings.log_session", member & has_begun)
rules.add_perm("meetings.write_note", member & has_begun)
rules.add_perm("meetings.ask_question", is_active_person & is_mentee & is_running_pair)
rules.add_perm("meetings.keep_commitment", is_active_person & is_mentee & has_begun)
rules.add_perm("meetings.schedule_for_mentee", is_active_person & is_active_pair & is_delegate)
rules.add_perm("meetings.move_for_mentee", is_active_person & is_active_pair & is_delegate)
rules.add_perm("meetings.cancel_for_mentee", is_active_person & is_running_pair & is_delegate)
rules.add_perm("meetings.say_late_for_mentee", is_active_person & is_running_pair & is_delegate)
rules.add_perm("meetings.list_sessions", manages)
rules.add_perm("meetings.list_pairings", manages)
rules.add_perm("meetings.pause_pairing", member & is_running_pair)
rules.add_perm("meetings.resume_pairing", member & is_running_pair)
rules.add_perm("meetings.end_pairing", member & is_running_pair)
