"""Who may do what with programs and enrolments.

Reads are in the query sets beside the models; a test compares the two.
"""

from __future__ import annotations

from typing import Any

import rules

from programs.enums import ProgramState, StaffRole
from programs.models import Enrolment, Program, ProgramStaff


@rules.predicate
def is_active(user: Any) -> bool:
    """Signed in and not a leaver."""
    return bool(user.is_authenticated and user.is_active)


@rules.predicate
def is_hr_admin(user: Any) -> bool:
    """An HR admin of the company."""
    return bool(user.is_authenticated and user.is_active and user.is_hr_admin)


@rules.predicate
def is_coordinator(user: Any, program: Program | None) -> bool:
    """A coordinator of this program."""
    if program is None or not is_active(user):
        return False
    return ProgramStaff.objects.filter(
        program=program, person=user, role=StaffRole.COORDINATOR
    ).exists()


manages_program = is_hr_admin | is_coordinator


@rules.predicate
def manages_enrolment(user: Any, enrolment: Enrolment | None) -> bool:
    """Manages the program of this enrolment."""
    return enrolment is not None and bool(manages_program(user, enrolment.program))


@rules.predicate
def owns_enrolment(user: Any, enrolment: Enrolment | None) -> bool:
    """It is the person's own. Nobody else, HR included, may open the pages to fill it in."""
    return enrolment is not None and is_active(user) and enrolment.person_id == user.pk


@rules.predicate
def has_open_call(user: Any, program: Program | None) -> bool:
    """The program lets people volunteer now."""
    return program is not None and program.open_call and program.state == ProgramState.ENROLLING


rules.add_perm("programs.create_program", is_hr_admin)
rules.add_perm("programs.manage_program", manages_program)
rules.add_perm("programs.assign_staff", is_hr_admin)
rules.add_perm("programs.manage_enrolment", manages_enrolment)
rules.add_perm("programs.edit_enrolment", owns_enrolment)
rules.add_perm("programs.join_open_call", is_active & has_open_call)
