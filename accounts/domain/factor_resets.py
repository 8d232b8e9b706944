"""A lost second factor is taken away by two HR admins: one asks, another one confirms.

The person signs in by password or mailed code alone afterwards, until they set up a new one. So
nobody alone, HR included, gets past somebody's second factor.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain import factors, hr_admins
from accounts.enums import FactorResetState
from accounts.mail import factors as factor_mail
from accounts.models import FactorReset, User
from common import audit, clock
from common.errors import DomainError


@transaction.atomic
def request(*, actor: User, person: User) -> FactorReset:
    """Ask for it; all HR admins are told.

    DomainError for oneself, for somebody without a second factor, and where it is asked for
    already.
    """
    if actor.pk == person.pk:
        raise DomainError(_("You can’t reset your own second factor. Ask another HR admin."))
    locked = User.objects.locked(person, no_key=True)
    if not factors.has_one(locked):
        raise DomainError(_("%(name)s has no second factor."), params={"name": locked.name})
    if waiting_for(locked) is not None:
        raise DomainError(_("This has been asked for already. Another HR admin confirms it."))
    reset = FactorReset.objects.create(person=locked, requested_by=actor)
    audit.record("factor_reset.requested", reset, actor=actor, person=locked.pk)
    factor_mail.tell_hr_requested(reset)
    return reset


def waiting_for(person: User) -> FactorReset | None:
    """What has been asked for and is not decided yet, with who asked."""
    found: FactorReset | None = (
        FactorReset.objects.filter(person=person, state=FactorResetState.PENDING)
        .select_related("person", "requested_by__hr_admin_made_by")
        .first()
    )
    return found


@transaction.atomic
def confirm(*, actor: User, reset: FactorReset) -> FactorReset:
    """Take all factors away and end the person's sign-ins; they and all HR admins are told.

    DomainError for an HR admin who may not confirm it (`why_not_to_confirm`), or when it is decided
    already.
    """
    locked = _lock_pending(reset)
    reason = why_not_to_confirm(locked, actor)
    if reason:
        raise DomainError(reason)
    _decide(locked, FactorResetState.CONFIRMED, actor)
    _take_away(locked, actor=actor)
    return locked


@transaction.atomic
def reject(*, actor: User, reset: FactorReset) -> FactorReset:
    """The factors stay. DomainError when it is decided already."""
    locked = _lock_pending(reset)
    _decide(locked, FactorResetState.REJECTED, actor)
    audit.record("factor_reset.rejected", locked, actor=actor, person=locked.person_id)
    return locked


@transaction.atomic
def reset_by_command(*, person: User) -> FactorReset:
    """For the command line, where there are no two HR admins. DomainError without a factor."""
    locked = User.objects.locked(person, no_key=True)
    if not factors.has_one(locked):
        raise DomainError(_("%(name)s has no second factor."), params={"name": locked.name})
    reset = waiting_for(locked) or FactorReset(person=locked)
    _decide(reset, FactorResetState.CONFIRMED, None)
    _take_away(reset, actor=None)
    return reset


def why_not_to_confirm(reset: FactorReset, actor: User) -> str:
    """Why this HR admin may not confirm it; "" where they may."""
    if reset.person_id == actor.pk:
        return _("This is your own second factor. Ask another HR admin to confirm it.")
    if reset.requested_by_id == actor.pk:
        return _("You have asked for this yourself. Another HR admin confirms it.")
    if not hr_admins.is_seasoned(actor):
        return _("You have been an HR admin for less than 72 hours. Another HR admin confirms it.")
    return _why_not_second(reset.requested_by, actor)


def _why_not_second(requested_by: User | None, actor: User) -> str:
    """Why the two HR admins do not count as two who decide independently; "" where they do."""
    if requested_by is None or not hr_admins.is_seasoned(requested_by):
        return _(
            "Whoever asked for this has not been an HR admin for 72 hours. Reject it; another HR "
            "admin asks anew."
        )
    if not hr_admins.are_independent(actor, requested_by):
        return _(
            "%(name)s has asked for this, and one of you has made the other an HR admin, or the "
            "same person has made you both. Another HR admin confirms it."
        ) % {"name": requested_by.name}
    return ""


def _lock_pending(reset: FactorReset) -> FactorReset:
    """The row, locked. DomainError unless it is still to be decided."""
    locked: FactorReset = (
        FactorReset.objects.select_for_update(of=("self",))
        .select_related("person", "requested_by__hr_admin_made_by")
        .get(pk=reset.pk)
    )
    if locked.state != FactorResetState.PENDING:
        state = FactorResetState(locked.state).label
        raise DomainError(_("This has already been decided: %(state)s."), params={"state": state})
    return locked


def _decide(reset: FactorReset, state: FactorResetState, actor: User | None) -> None:
    """Write the decision; `actor` is None for the command line."""
    reset.state, reset.decided_by, reset.decided_at = state, actor, clock.now()
    reset.save()


def _take_away(reset: FactorReset, *, actor: User | None) -> None:
    """Delete what the person has; they are signed out everywhere."""
    Authenticator.objects.filter(user=reset.person_id).delete()
    User.objects.filter(pk=reset.person_id).update(session_epoch=F("session_epoch") + 1)
    audit.record("factor_reset.confirmed", reset, actor=actor, person=reset.person_id)
    factor_mail.tell_reset(reset)
