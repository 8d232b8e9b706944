"""An enrolment from the application to the decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from programs.domain.answers import NOT_YET_APPLIED, TAKING_PART, may_apply, missing_steps
from programs.domain.invitations import MAX_AT_ONCE
from programs.enums import EnrolmentState, ProgramState
from programs.mail import enrolments as enrolment_mail
from programs.models import Enrolment

E = EnrolmentState
# decision: the states that it may be taken from while people enrol
DECISIONS: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    E.APPROVED: frozenset({E.APPLIED, E.WAITLISTED, E.DECLINED}),
    E.WAITLISTED: frozenset({E.APPLIED, E.APPROVED, E.DECLINED}),
    E.DECLINED: frozenset({E.APPLIED, E.WAITLISTED, E.APPROVED}),
}
DECIDABLE = frozenset({ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING})


@transaction.atomic
def apply(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """Invited or volunteering → applied; a second time changes nothing.

    DomainError when too late or incomplete.
    """
    current: Enrolment = Enrolment.objects.locked().get(pk=enrolment.pk)
    if current.state == E.APPLIED:
        return current
    _require_complete(current)

    current.state = E.APPLIED
    current.applied_at = clock.now()
    current.save(update_fields=["state", "applied_at"])
    enrolment_mail.cancel_invitation(enrolment=current)
    enrolment_mail.send_applied(enrolment=current)
    _record("enrolment.applied", current, actor)
    enrolment.state = current.state
    enrolment.applied_at = current.applied_at
    return current


def _require_complete(enrolment: Enrolment) -> None:
    """DomainError unless the answers can be handed in now."""
    if enrolment.state not in NOT_YET_APPLIED:
        raise DomainError(_("You have already had an answer to this application."))
    if not may_apply(enrolment):
        raise DomainError(
            _("The last day to enrol has passed, so this can no longer be handed in.")
        )
    missing = missing_steps(enrolment)
    if missing:
        raise DomainError(" ".join(missing.values()))


def _record(verb: str, enrolment: Enrolment, actor: User | None, **detail: str) -> None:
    """Write to the audit trail of the program."""
    audit.record(verb, enrolment, actor=actor, scope=enrolment.program.public_id, **detail)


@transaction.atomic
def decide(
    *, actor: User, enrolments: Iterable[Enrolment], decision: EnrolmentState
) -> list[Enrolment]:
    """Approve, waitlist or decline several at once; returns those decided on.

    The others (not applied, withdrawn, decided in the same way already) stay as they are. Once
    matching has begun an approval cannot be taken back here: the person may be part of a pair.
    DomainError for more than MAX_AT_ONCE.
    """
    ids = [enrolment.pk for enrolment in enrolments]
    if len(ids) > MAX_AT_ONCE:
        text = _("Decide on at most %(most)d people at a time: narrow the filter.")
        raise DomainError(text % {"most": MAX_AT_ONCE})

    decided = _decidable(ids, decision)
    for row in decided:
        _decide(row, decision, actor)
    return decided


def _decidable(ids: list[int], decision: EnrolmentState) -> list[Enrolment]:
    """Those for whom the decision is possible now, under lock."""
    rows = Enrolment.objects.locked().filter(pk__in=ids, person__is_active=True)
    rows = rows.filter(state__in=DECISIONS[decision], program__state__in=DECIDABLE)
    final = Q(state=E.APPROVED) & ~Q(program__state=ProgramState.ENROLLING)
    return list(rows.exclude(final))


def _decide(enrolment: Enrolment, decision: EnrolmentState, actor: User) -> None:
    before = str(enrolment.state)
    enrolment.state = decision
    enrolment.decided_at = clock.now()
    enrolment.save(update_fields=["state", "decided_at"])
    enrolment_mail.send_decision(enrolment=enrolment, actor=actor)
    _record(f"enrolment.{decision}", enrolment, actor, before=before, after=str(decision))


def approve(*, actor: User, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """See `decide`."""
    return decide(actor=actor, enrolments=enrolments, decision=E.APPROVED)


def waitlist(*, actor: User, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """See `decide`."""
    return decide(actor=actor, enrolments=enrolments, decision=E.WAITLISTED)


def decline(*, actor: User, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """See `decide`."""
    return decide(actor=actor, enrolments=enrolments, decision=E.DECLINED)


@transaction.atomic
def withdraw(*, actor: User | None, enrolment: Enrolment) -> Enrolment:
    """The person steps back, without a reason; twice changes nothing.

    Their pairs are the caller's to end (workflows).

    DomainError once the program has ended or the application was declined.
    """
    current: Enrolment = Enrolment.objects.locked().get(pk=enrolment.pk)
    if current.state == E.WITHDRAWN:
        return current
    _require_taking_part(current)

    before = current.state
    current.state = E.WITHDRAWN
    current.save(update_fields=["state"])
    enrolment_mail.cancel_invitation(enrolment=current)
    _record("enrolment.withdrawn", current, actor, before=before)
    enrolment.state = current.state
    return current


def _require_taking_part(enrolment: Enrolment) -> None:
    if enrolment.state not in NOT_YET_APPLIED | TAKING_PART:
        raise DomainError(
            _("There is nothing to withdraw from: you do not take part in this program.")
        )
    if enrolment.program.state in {ProgramState.CLOSED, ProgramState.CANCELLED}:
        raise DomainError(_("This program has ended already."))


@transaction.atomic
def rejoin(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """Withdrawn → invited or volunteering again, with the answers given before.

    DomainError unless people may enrol now.
    """
    current: Enrolment = Enrolment.objects.locked().get(pk=enrolment.pk)
    if current.state != E.WITHDRAWN:
        raise DomainError(_("You have not withdrawn from this program."))
    if not may_apply(current):
        raise DomainError(_("The last day to enrol has passed."))

    current.state = E.INVITED if current.invited_at else E.VOLUNTEERING
    current.applied_at = current.decided_at = None
    current.save(update_fields=["state", "applied_at", "decided_at"])
    _record("enrolment.rejoined", current, actor)
    enrolment.state = current.state
    return current
