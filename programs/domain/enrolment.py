"""An enrolment from the application to the decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from programs.domain.answers import NOT_YET_APPLIED, TAKING_PART, is_open, missing_steps
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


def _lock(enrolment: Enrolment) -> Enrolment:
    row: Enrolment = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("program", "person")
        .get(pk=enrolment.pk)
    )
    return row


@transaction.atomic
def apply(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """Invited or volunteering → applied; a second time changes nothing.

    DomainError when too late or incomplete.
    """
    current = _lock(enrolment)
    if current.state == E.APPLIED:
        return current
    if current.state not in NOT_YET_APPLIED:
        raise DomainError(_("You have already had an answer to this application."))
    if not is_open(current.program):
        raise DomainError(
            _("The last day to enrol has passed, so this can no longer be handed in.")
        )
    if missing := missing_steps(current):
        raise DomainError(" ".join(missing.values()))
    current.state, current.applied_at = E.APPLIED, clock.now()
    current.save(update_fields=["state", "applied_at"])
    enrolment_mail.cancel_invitation(enrolment=current)
    enrolment_mail.send_applied(enrolment=current)
    audit.record("enrolment.applied", current, actor=actor, scope=current.program.public_id)
    enrolment.state, enrolment.applied_at = current.state, current.applied_at
    return current


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

    rows = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("program", "person")
        .filter(pk__in=ids, state__in=DECISIONS[decision], person__is_active=True)
        .filter(program__state__in=DECIDABLE)
    )
    decided = []
    for row in rows:
        if row.state == E.APPROVED and row.program.state != ProgramState.ENROLLING:
            continue
        _decide(row, decision, actor)
        decided.append(row)
    return decided


def _decide(row: Enrolment, decision: EnrolmentState, actor: User) -> None:
    before = row.state
    row.state, row.decided_at = decision, clock.now()
    row.save(update_fields=["state", "decided_at"])
    enrolment_mail.send_decision(enrolment=row)
    audit.record(
        f"enrolment.{decision}",
        row,
        actor=actor,
        scope=row.program.public_id,
        before=str(before),
        after=str(decision),
    )


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
    current = _lock(enrolment)
    if current.state == E.WITHDRAWN:
        return current
    if current.state not in NOT_YET_APPLIED | TAKING_PART:
        raise DomainError(
            _("There is nothing to withdraw from: you do not take part in this program.")
        )
    if current.program.state in {ProgramState.CLOSED, ProgramState.CANCELLED}:
        raise DomainError(_("This program has ended already."))
    before, current.state = current.state, E.WITHDRAWN
    current.save(update_fields=["state"])
    enrolment_mail.cancel_invitation(enrolment=current)
    audit.record(
        "enrolment.withdrawn", current, actor=actor, scope=current.program.public_id, before=before
    )
    enrolment.state = current.state
    return current


@transaction.atomic
def rejoin(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """Withdrawn → invited or volunteering again, with the answers given before.

    DomainError unless people may enrol now.
    """
    current = _lock(enrolment)
    if current.state != E.WITHDRAWN:
        raise DomainError(_("You have not withdrawn from this program."))
    if not is_open(current.program):
        raise DomainError(_("The last day to enrol has passed."))
    current.state = E.INVITED if current.invited_at else E.VOLUNTEERING
    current.applied_at = current.decided_at = None
    current.save(update_fields=["state", "applied_at", "decided_at"])
    audit.record("enrolment.rejoined", current, actor=actor, scope=current.program.public_id)
    enrolment.state = current.state
    return current
