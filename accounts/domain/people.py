"""Adding, editing and deactivating people."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain import addresses, hr_admins
from accounts.domain.names import clean_email
from accounts.domain.reporting import ancestors_of
from accounts.models import Grade, User
from accounts.models.people import normalise
from common import audit, clock
from common.errors import DomainError


@transaction.atomic
def create_person(
    *, actor: User | None, email: str, name: str, password: str | None = None, **fields: Any
) -> User:
    """A saved, active person with a verified primary address.

    They sign in by mailed code, or by `password` if given. `fields` are fields of User. DomainError
    if the address is none or belongs to somebody, or if the employee id is taken.
    """
    address = clean_email(email)
    fields["employee_id"] = fields.get("employee_id") or None
    _require_free_address(address)
    _require_free_employee_id(fields["employee_id"])

    if fields.get("is_hr_admin"):
        fields |= {"hr_admin_since": clock.now(), "hr_admin_made_by": actor}
    person = User(email=address, name=" ".join(name.split()), **fields)
    person.set_password(password)
    normalise(person).save()
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    audit.record("person.created", person, actor=actor)
    return person


def _require_free_address(address: str) -> None:
    """DomainError if somebody has the address, as the main one or another, whatever its case."""
    if addresses.is_taken(address):
        raise DomainError(
            _("Somebody with the address %(email)s is already here."), params={"email": address}
        )


def _require_free_employee_id(employee_id: str | None) -> None:
    if employee_id and User.objects.filter(employee_id=employee_id).exists():
        raise DomainError(
            _("Somebody with the employee id %(id)s is already here."), params={"id": employee_id}
        )


@transaction.atomic
def deactivate(*, actor: User | None, person: User) -> User:
    """The person can no longer sign in, and every sign-in of theirs ends at once.

    Already inactive: nothing happens. An HR admin loses these rights for good, and all HR admins
    are told. DomainError for oneself and for the last active HR admin.
    `mentoring.workflows.leavers` calls this and deals with their pairs and messages.
    """
    if actor is not None and actor.pk == person.pk:
        raise DomainError(_("You can’t deactivate yourself. Ask another HR admin."))
    # no_key: rows that refer to the person (a message, a pause) may be written meanwhile
    locked = User.objects.locked(person, no_key=True)
    if locked.is_active:
        if locked.is_hr_admin:
            hr_admins.take_rights(locked, actor=actor)
        _end_sign_ins_of(locked, is_active=False)
        audit.record("person.deactivated", locked, actor=actor)
    person.refresh_from_db(fields=["is_active", "session_epoch"])
    return person


def _end_sign_ins_of(person: User, **changes: Any) -> None:
    """Write these changes, and end every sign-in of the person."""
    User.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1, **changes)


@transaction.atomic
def reactivate(*, actor: User | None, person: User) -> User:
    """The person may sign in again. Their pairs stay paused until somebody resumes them."""
    changed = User.objects.filter(pk=person.pk, is_active=False).update(is_active=True)
    if changed:
        audit.record("person.reactivated", person, actor=actor)
    person.refresh_from_db(fields=["is_active"])
    return person


@transaction.atomic
def edit_by_hr(
    *, actor: User, person: User, employee_id: str, grade: Grade | None, email: str
) -> User:
    """Set the employee id and the grade by hand, and propose another address.

    The grade is then no longer from the reporting tree. The address is not written but waits to be
    confirmed, like one that the directory names. DomainError, with the field as its code, for an id
    or address that is somebody else's.
    """
    locked = User.objects.locked(person)
    address, number = clean_email(email), employee_id.strip() or None
    _require_of_nobody_else(locked, address, number)

    changed = _set_id_and_grade(locked, number, grade)
    if changed:
        normalise(locked).save()
        audit.record("person.edited", locked, actor=actor, fields=changed)
    if address != locked.email:
        addresses.propose(actor=actor, changes=[(locked.pk, locked.email, address)])
    person.refresh_from_db()
    return person


@transaction.atomic
def set_manager(*, actor: User, person: User, manager: User | None) -> bool:
    """To whom the person reports from now on; whether that is somebody else than before.

    DomainError where the manager would report to themselves, directly or through others.
    `mentoring.workflows.reporting_lines` calls this and looks at the pairs again.
    """
    locked = User.objects.locked(person)
    if locked.manager_id == (manager.pk if manager else None):
        return False
    if manager and (manager.pk == locked.pk or locked.pk in ancestors_of([manager.pk])[manager.pk]):
        text = _("%(manager)s reports to %(name)s, so it cannot be the other way round.")
        if manager.pk == locked.pk:
            text = _("Nobody reports to themselves. Choose somebody else.")
        raise DomainError(text % {"manager": manager.name, "name": locked.name})

    locked.manager = manager
    locked.save(update_fields=["manager"])
    audit.record("person.edited", locked, actor=actor, fields=["manager"])
    person.refresh_from_db(fields=["manager"])
    return True


def _set_id_and_grade(person: User, employee_id: str | None, grade: Grade | None) -> list[str]:
    """Set both, without saving; the names of those that have changed."""
    changed = []
    if person.employee_id != employee_id:
        person.employee_id = employee_id
        changed.append("employee_id")
    grade_id = grade.pk if grade else None
    if person.grade_id != grade_id:
        person.grade, person.grade_is_derived = grade, False
        changed.append("grade")
    return changed


def _require_of_nobody_else(person: User, address: str, employee_id: str | None) -> None:
    """DomainError if the employee id or the address is somebody else's."""
    others = User.objects.exclude(pk=person.pk)
    if employee_id and others.filter(employee_id=employee_id).exists():
        raise DomainError(
            _("Somebody else has the employee id %(id)s."),
            params={"id": employee_id},
            code="employee_id",
        )
    if others.filter(email=address).exists():
        raise DomainError(
            _("Somebody else has the address %(email)s."), params={"email": address}, code="email"
        )
