"""Who runs a program, and who can be spoken to in confidence."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from programs.domain.states import lock
from programs.enums import SAFE_ROLES, RoleAnswer, StaffRole
from programs.mail import staff as staff_mail
from programs.models import Program, ProgramStaff


def people_who_run(program: Program) -> list[User]:
    """The active coordinators of a program; the active HR admins where there are none."""
    people = User.objects.active()
    coordinators = people.filter(
        program_roles__program=program, program_roles__role=StaffRole.COORDINATOR
    )
    return list(coordinators) or list(people.filter(is_hr_admin=True))


@transaction.atomic
def assign_staff(
    *, actor: User, program: Program | None, person: User, role: StaffRole
) -> ProgramStaff:
    """Make a person coordinator, safe contact or deputy; without a program, of the whole company.

    Twice changes nothing. DomainError for leavers and for conflicting roles.
    """
    if program is not None:
        lock(program)
    if not person.is_active:
        raise DomainError(_("%(name)s has left the company.") % {"name": person.name})
    _refuse_conflict(program, person, role)

    is_agreed = person == actor and role in SAFE_ROLES  # who names themselves has said yes
    staff, made = ProgramStaff.objects.get_or_create(
        program=program,
        person=person,
        role=role,
        defaults={"answer": RoleAnswer.ACCEPTED if is_agreed else RoleAnswer.OPEN},
    )
    if made:
        staff_mail.tell_named(actor=actor, staff=staff)
        _record("program.staff_assigned", staff, actor)
    return staff


@transaction.atomic
def answer_role(*, actor: User, staff: ProgramStaff, accepts: bool) -> ProgramStaff:
    """A safe contact or deputy accepts the role, or declines it; both can be changed later.

    DomainError for anybody else's role, and for coordinators, who are not asked.
    """
    current = ProgramStaff.objects.select_for_update(of=("self",)).get(pk=staff.pk)
    if current.person_id != actor.pk or current.role not in SAFE_ROLES:
        raise DomainError(_("Only the safe contact can say whether they accept."))
    current.answer = RoleAnswer.ACCEPTED if accepts else RoleAnswer.DECLINED
    current.save(update_fields=["answer"])
    _record(f"program.staff_{current.answer}", current, actor)
    return current


@transaction.atomic
def remove_staff(*, actor: User, staff: ProgramStaff) -> None:
    """Take a role from somebody."""
    _record("program.staff_removed", staff, actor)
    staff.delete()


def _refuse_conflict(program: Program | None, person: User, role: StaffRole) -> None:
    """DomainError where one person would hold two roles that exclude each other.

    A safe contact must not be a coordinator of the same program: what they hear would reach those
    who run it.
    """
    held = ProgramStaff.objects.filter(program=program, person=person)
    roles = {role, *held.values_list("role", flat=True)}
    safe_roles = roles & SAFE_ROLES
    if safe_roles and StaffRole.COORDINATOR in roles:
        text = _(
            "%(name)s cannot be both coordinator and safe contact: people must be able to "
            "speak about the program itself."
        )
        raise DomainError(text % {"name": person.name})
    if len(safe_roles) > 1:
        raise DomainError(_("%(name)s cannot be their own deputy.") % {"name": person.name})


def _record(action: str, staff: ProgramStaff, actor: User) -> None:
    audit.record(
        action,
        staff.program or staff,
        actor=actor,
        scope=staff.program.public_id if staff.program else None,
        person=staff.person_id,
        role=str(staff.role),
    )
