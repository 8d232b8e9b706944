"""People: making, deactivating, and the one right above the others, HR admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain.names import clean_email
from accounts.models import Grade, User
from accounts.models.people import normalise
from common import audit
from common.errors import DomainError


@transaction.atomic
def create_person(
    *, actor: User | None, email: str, name: str, password: str | None = None, **fields: Any
) -> User:
    """A saved, active person with a verified primary address, who can sign in by mailed code (and
    by `password` if given).

    `fields` are fields of User. DomainError if the address is none or belongs to somebody, whatever
    its case, or if the employee id is taken.
    """
    address = clean_email(email)
    employee_id = fields.get("employee_id") or None
    if (
        User.objects.filter(email=address).exists()
        or EmailAddress.objects.filter(email__iexact=address).exists()
    ):
        raise DomainError(
            _("Somebody with the address %(email)s is here already."), params={"email": address}
        )
    if employee_id and User.objects.filter(employee_id=employee_id).exists():
        raise DomainError(
            _("Somebody with the employee id %(id)s is here already."), params={"id": employee_id}
        )
    person = User(
        email=address, name=" ".join(name.split()), **{**fields, "employee_id": employee_id}
    )
    person.set_password(password)
    normalise(person).save()
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    audit.record("person.created", person, actor=actor)
    return person


@transaction.atomic
def deactivate(*, actor: User | None, person: User) -> User:
    """The person can no longer sign in, and every sign-in of theirs ends at once.

    Already inactive: nothing happens.

    DomainError for oneself and for the last active HR admin. What becomes of their pairs and
    messages is the business of `mentoring.workflows.leavers`, which calls this.
    """
    if actor is not None and actor.pk == person.pk:
        raise DomainError(_("You can’t deactivate yourself. Ask another HR admin."))
    # no_key: what refers to the person (a message, a pause) need not wait for this, which may come
    # to wait for it
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if locked.is_active:
        if locked.is_hr_admin:
            require_another_hr_admin(locked)
        User.objects.filter(pk=locked.pk).update(
            is_active=False, session_epoch=F("session_epoch") + 1
        )
        audit.record("person.deactivated", locked, actor=actor)
    person.refresh_from_db(fields=["is_active", "session_epoch"])
    return person


@transaction.atomic
def reactivate(*, actor: User | None, person: User) -> User:
    """The person may sign in again. Pairs that were paused stay so until somebody resumes them."""
    changed = User.objects.filter(pk=person.pk, is_active=False).update(is_active=True)
    if changed:
        audit.record("person.reactivated", person, actor=actor)
    person.refresh_from_db(fields=["is_active"])
    return person


@transaction.atomic
def set_hr_admin(*, actor: User | None, person: User, value: bool) -> User:
    """Give or take the rights of an HR admin; taking them ends the person's sign-ins.

    DomainError for somebody inactive, for one's own rights, and for the last active HR admin. HR
    admins are locked together, so that two who take each other's rights at the same moment cannot
    both succeed.
    """
    if not value and actor is not None and actor.pk == person.pk:
        raise DomainError(_("You can’t take your own rights away. Ask another HR admin."))
    locked = User.objects.select_for_update().get(pk=person.pk)
    if locked.is_hr_admin != value:
        if value and not locked.is_active:
            raise DomainError(
                _("%(name)s is deactivated. Reactivate them first."), params={"name": locked.name}
            )
        if not value:
            require_another_hr_admin(locked)
            User.objects.filter(pk=locked.pk).update(session_epoch=F("session_epoch") + 1)
        User.objects.filter(pk=locked.pk).update(is_hr_admin=value)
        audit.record(
            "person.hr_admin_made" if value else "person.hr_admin_unmade", locked, actor=actor
        )
    person.refresh_from_db(fields=["is_hr_admin", "session_epoch"])
    return person


def require_another_hr_admin(person: User) -> None:
    """DomainError if `person` is the only active HR admin.

    Locks the HR admins until the transaction ends.
    """
    admins = (
        User.objects.select_for_update(no_key=True)
        .filter(is_hr_admin=True, is_active=True)
        .order_by("pk")
    )
    if all(admin.pk == person.pk for admin in admins):
        raise DomainError(
            _("%(name)s is the only HR admin. Make somebody else one first."),
            params={"name": person.name},
        )


def end_sign_ins(people: Sequence[User]) -> int:
    """Every signed-in session of these people ends with its next request.

    Returns how many people were touched.
    """
    touched: int = User.objects.filter(pk__in=[person.pk for person in people]).update(
        session_epoch=F("session_epoch") + 1
    )
    return touched


@transaction.atomic
def edit_by_hr(
    *, actor: User, person: User, employee_id: str, grade: Grade | None, email: str
) -> User:
    """What HR sets right by hand: the employee id, the grade (no longer from the reporting tree),
    the address.

    Another address is not written but proposed, to be confirmed like one that the directory names.
    DomainError for an id or address that is somebody else's.
    """
    from accounts.domain import addresses

    locked = User.objects.select_for_update().get(pk=person.pk)
    address = clean_email(email)
    number = employee_id.strip() or None
    if number and User.objects.filter(employee_id=number).exclude(pk=locked.pk).exists():
        raise DomainError(
            _("Somebody else has the employee id %(id)s."),
            params={"id": number},
            code="employee_id",
        )
    if address != locked.email and User.objects.filter(email=address).exists():
        raise DomainError(
            _("Somebody else has the address %(email)s."), params={"email": address}, code="email"
        )
    changed = [
        name
        for name, before, after in (
            ("employee_id", locked.employee_id, number),
            ("grade", locked.grade_id, grade and grade.pk),
        )
        if before != after
    ]
    if "grade" in changed:
        locked.grade, locked.grade_is_derived = grade, False
    locked.employee_id = number
    normalise(locked).save()
    if changed:
        audit.record("person.edited", locked, actor=actor, fields=changed)
    if address != locked.email:
        addresses.propose(actor=actor, changes=[(locked.pk, locked.email, address)])
    person.refresh_from_db()
    return person
