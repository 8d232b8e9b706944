"""Who may do what with pairs. Who may see them is `visible_to` in models/."""

from __future__ import annotations

from typing import Any

import rules

from pairings.enums import BEGUN_STATES, RUNNING_STATES, PairingState
from programs.enums import StaffRole


def program_of(target: Any) -> Any:
    """The program of a program, pairing, session, run, proposal or rule."""
    for name in ("run", "pairing"):
        target = getattr(target, name, None) or target
    return getattr(target, "program", target)


def pairing_of(target: Any) -> Any:
    """The pairing of a pairing or of something that belongs to one."""
    return getattr(target, "pairing", target)


@rules.predicate
def is_active_person(user: Any) -> bool:
    """Signed in, and not a leaver."""
    return bool(user.is_authenticated and user.is_active)


@rules.predicate
def manages_program(user: Any, target: Any) -> bool:
    """HR admin, or coordinator of the program that `target` belongs to."""
    if user.is_hr_admin:
        return True
    return bool(program_of(target).staff.filter(person=user, role=StaffRole.COORDINATOR).exists())


@rules.predicate
def is_mentor(user: Any, target: Any) -> bool:
    """The mentor (junior) of the pair."""
    return bool(pairing_of(target).mentor_id == user.pk)


@rules.predicate
def is_mentee(user: Any, target: Any) -> bool:
    """The mentee (senior) of the pair."""
    return bool(pairing_of(target).mentee_id == user.pk)


is_of_pair = is_mentor | is_mentee


@rules.predicate
def has_begun(user: Any, target: Any) -> bool:
    """Both have accepted, whatever came after."""
    return pairing_of(target).state in BEGUN_STATES


@rules.predicate
def is_active_pair(user: Any, target: Any) -> bool:
    """The pair is active."""
    return bool(pairing_of(target).state == PairingState.ACTIVE)


@rules.predicate
def is_running_pair(user: Any, target: Any) -> bool:
    """Active or paused."""
    return pairing_of(target).state in RUNNING_STATES


@rules.predicate
def is_asked(user: Any, pairing: Any) -> bool:
    """The offer waits for this person: first the mentor, then the mentee."""
    if pairing.state != PairingState.OFFERED:
        return False
    asked = pairing.mentor_id if pairing.mentor_accepted_at is None else pairing.mentee_id
    return bool(asked == user.pk)


manages = is_active_person & manages_program
member = is_active_person & is_of_pair


rules.add_perm("pairings.answer_offer", member & is_asked)
rules.add_perm("pairings.view_inside", member & has_begun)
rules.add_perm("pairings.write_agreement", member & is_running_pair)
rules.add_perm("pairings.sign_agreement", member & is_running_pair)
