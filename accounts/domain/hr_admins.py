"""Who is an HR admin, since when, and by whom.

All HR admins hear when somebody is given these rights or loses them.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.mail import hr_admins as hr_admin_mail
from accounts.models import User
from common import audit, clock
from common.errors import DomainError

# How long somebody has the rights before they may decide about the key to somebody's account: the
# other HR admins have heard of it, and had the time to object.
SEASONED_AFTER = timedelta(hours=72)


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
    if value and (not locked.is_hr_admin or _was_made_by_others(locked, actor)):
        _make_hr_admin(locked, actor=actor)
    elif locked.is_hr_admin and not value:
        take_rights(locked, actor=actor)
    person.refresh_from_db(
        fields=["is_hr_admin", "hr_admin_since", "hr_admin_made_by", "session_epoch"]
    )
    return person


def _was_made_by_others(locked: User, actor: User | None) -> bool:
    """The command line makes an HR admin anew whom another HR admin has made: see line_of."""
    return actor is None and locked.hr_admin_made_by_id is not None


def _make_hr_admin(locked: User, *, actor: User | None) -> None:
    if not locked.is_active:
        raise DomainError(
            _("%(name)s is deactivated. Reactivate them first."), params={"name": locked.name}
        )
    # Who made somebody an HR admin first stays known: taking the rights and giving them again by
    # others must not hide it.
    maker = Coalesce("hr_admin_made_by", Value(actor.pk)) if actor else None
    User.objects.filter(pk=locked.pk).update(
        is_hr_admin=True, hr_admin_since=clock.now(), hr_admin_made_by=maker
    )
    entry = audit.record("person.hr_admin_made", locked, actor=actor)
    hr_admin_mail.tell_rights_changed(locked, actor=actor, given=True, occasion=entry.pk)


def take_rights(locked: User, *, actor: User | None) -> None:
    """Take the rights of a locked HR admin, whose sign-ins end. DomainError for the last one."""
    require_another_hr_admin(locked)
    User.objects.filter(pk=locked.pk).update(
        is_hr_admin=False, hr_admin_since=None, session_epoch=F("session_epoch") + 1
    )
    entry = audit.record("person.hr_admin_unmade", locked, actor=actor)
    hr_admin_mail.tell_rights_changed(locked, actor=actor, given=False, occasion=entry.pk)


def require_another_hr_admin(person: User) -> None:
    """DomainError if `person` is the only active HR admin.

    Locks the HR admins until the transaction ends.
    """
    admins = User.objects.hr_admins().select_for_update(no_key=True).order_by("pk")
    if all(admin.pk == person.pk for admin in admins):
        raise DomainError(
            _("%(name)s is the only HR admin. Make somebody else one first."),
            params={"name": person.name},
        )


def is_seasoned(person: User) -> bool:
    """Whether an HR admin has had these rights for SEASONED_AFTER."""
    since = person.hr_admin_since
    return person.is_hr_admin and since is not None and clock.now() - since >= SEASONED_AFTER


def are_independent(one: User, other: User) -> bool:
    """Whether neither has made the other an HR admin, and nobody has made both.

    Directly or through others. Whom the command line has made was made by nobody.
    """
    return line_of(one).isdisjoint(line_of(other))


def line_of(person: User) -> set[int]:
    """The ids of a person, of who made them an HR admin, of who made that one, and so on."""
    line: set[int] = set()
    member: User | None = person
    while member is not None and member.pk not in line:
        line.add(member.pk)
        member = member.hr_admin_made_by
    return line
