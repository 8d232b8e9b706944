"""Asking people in: invitations, reminders to answer them, and those who volunteer by
themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from programs.domain.answers import NOT_YET_APPLIED, is_open
from programs.domain.eligibility import eligible_roles, suggested_role
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.mail import enrolments as enrolment_mail
from programs.models import Enrolment, Program

MAX_NUDGES = 2
MAX_AT_ONCE = 2000  # about seven seconds: a page may take no longer


@dataclass
class Invited:
    """What became of an invitation: those asked now, those in the program already, those who may
    not join as this role.
    """

    enrolments: list[Enrolment] = field(default_factory=list)
    already: list[User] = field(default_factory=list)
    not_eligible: list[User] = field(default_factory=list)


@transaction.atomic
def invite(
    *, actor: User, program: Program, people: Iterable[User], role: PairRole | None = None
) -> Invited:
    """Invite people as `role`, or each as the role that their grade points to.

    Each gets one mail, however often this runs.

    Somebody who is in the program in whatever role or state is left alone. DomainError unless
    people may enrol now, and for more than MAX_AT_ONCE people.
    """
    wanted = list({person.pk: person for person in people}.values())
    if len(wanted) > MAX_AT_ONCE:
        raise DomainError(
            _("Invite at most %(most)d people at a time: narrow the filter.")
            % {"most": MAX_AT_ONCE}
        )
    current = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    _require_open(current)
    inside = set(current.enrolments.filter(person__in=wanted).values_list("person_id", flat=True))
    result, moment = Invited(), clock.now()
    for person in wanted:
        as_role = role or suggested_role(current, person)
        if person.pk in inside:
            result.already.append(person)
        elif as_role is None or as_role not in eligible_roles(current, person):
            result.not_eligible.append(person)
        else:
            result.enrolments.append(
                Enrolment(
                    program=current,
                    person=person,
                    role=as_role,
                    invited_at=moment,
                    languages=person.languages,
                )
            )
    Enrolment.objects.bulk_create(result.enrolments)
    for enrolment in result.enrolments:
        enrolment_mail.send_invitation(enrolment=enrolment)
        audit.record(
            "enrolment.invited",
            enrolment,
            actor=actor,
            scope=current.public_id,
            person=enrolment.person_id,
            role=enrolment.role,
        )
    return result


@transaction.atomic
def nudge(*, actor: User | None, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """Remind those who have not applied yet, each at most twice in all and once a day; whom it was
    sent to.

    Those for whom it makes no sense (applied, withdrawn, reminded twice, enrolment over) are left
    out.
    """
    ids = [enrolment.pk for enrolment in enrolments]
    if len(ids) > MAX_AT_ONCE:
        raise DomainError(
            _("Remind at most %(most)d people at a time: narrow the filter.")
            % {"most": MAX_AT_ONCE}
        )
    rows = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("program", "person")
        .filter(pk__in=ids)
    )
    now, sent = clock.now(), []
    for row in rows.filter(
        state__in=NOT_YET_APPLIED, nudges__lt=MAX_NUDGES, person__is_active=True
    ):
        recently = row.nudged_at is not None and (now - row.nudged_at).total_seconds() < 24 * 3600
        if recently or not is_open(row.program):
            continue
        row.nudges, row.nudged_at = row.nudges + 1, now
        row.save(update_fields=["nudges", "nudged_at"])
        enrolment_mail.send_nudge(enrolment=row)
        audit.record(
            "enrolment.nudged", row, actor=actor, scope=row.program.public_id, number=row.nudges
        )
        sent.append(row)
    return sent


@transaction.atomic
def join(*, actor: User, program: Program, role: PairRole) -> Enrolment:
    """`actor` answers the open call as `role`.

    Who is in the program already gets that enrolment back, unchanged.

    DomainError when the call is over or the grade does not permit the role.
    """
    current = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    known: Enrolment | None = current.enrolments.filter(person=actor).first()
    if known is not None:
        return known
    _require_open(current)
    if not current.open_call:
        raise DomainError(
            _(
                "This program invites people itself. Ask the people who run it whether you can "
                "take part."
            )
        )
    if role not in eligible_roles(current, actor):
        raise DomainError(_("This side of the program is for other grades or departments."))
    enrolment = Enrolment.objects.create(
        program=current,
        person=actor,
        role=role,
        state=EnrolmentState.VOLUNTEERING,
        languages=actor.languages,
    )
    audit.record(
        "enrolment.volunteered", enrolment, actor=actor, scope=current.public_id, role=str(role)
    )
    return enrolment


def open_calls(person: User) -> list[tuple[Program, list[PairRole]]]:
    """The open calls that this person could answer and has not, with the roles that are open to
    them; the soonest first.
    """
    calls = (
        Program.objects.filter(open_call=True, state=ProgramState.ENROLLING)
        .exclude(enrolments__person=person)
        .select_related("mentor_max_grade", "mentee_min_grade")
        .order_by(F("enrolment_deadline").asc(nulls_last=True), "id")
    )
    found = [(program, eligible_roles(program, person)) for program in calls if is_open(program)]
    return [(program, roles) for program, roles in found if roles]


def _require_open(program: Program) -> None:
    if program.state != ProgramState.ENROLLING:
        raise DomainError(
            _("Nobody can enrol in this program at the moment. Open enrolment first.")
        )
    if not is_open(program):
        raise DomainError(
            _("The last day to enrol has passed. Set a later one under “Dates” first.")
        )
