"""Invitations, reminders to answer them, and joining by an open call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

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
ONE_DAY = timedelta(days=1)
MAX_AT_ONCE = 2000  # about seven seconds: a page may take no longer


@dataclass
class Invited:
    """The result of an invitation.

    Those invited now, those in the program already, and those who may not join.
    """

    enrolments: list[Enrolment] = field(default_factory=list)
    already: list[User] = field(default_factory=list)
    not_eligible: list[User] = field(default_factory=list)


@transaction.atomic
def invite(
    *, actor: User, program: Program, people: Iterable[User], role: PairRole | None = None
) -> Invited:
    """Invite people as `role`, or each as the role that their grade points to.

    Each gets one mail, however often this runs. People who are in the program already, in any role
    or state, stay as they are. DomainError unless people may enrol now, and for more than
    MAX_AT_ONCE people.
    """
    wanted = list({person.pk: person for person in people}.values())
    if len(wanted) > MAX_AT_ONCE:
        text = _("Invite at most %(most)d people at a time: narrow the filter.")
        raise DomainError(text % {"most": MAX_AT_ONCE})

    current = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    _require_open(current)
    result = _sort(current, wanted, role)
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


def _sort(program: Program, people: list[User], role: PairRole | None) -> Invited:
    """New enrolments for those who can be invited, not saved yet, and the others."""
    enrolled = program.enrolments.filter(person__in=people)
    inside = set(enrolled.values_list("person_id", flat=True))
    result, now = Invited(), clock.now()
    for person in people:
        as_role = role or suggested_role(program, person)
        if person.pk in inside:
            result.already.append(person)
        elif as_role is None or as_role not in eligible_roles(program, person):
            result.not_eligible.append(person)
        else:
            enrolment = Enrolment(
                program=program,
                person=person,
                role=as_role,
                invited_at=now,
                languages=person.languages,
            )
            result.enrolments.append(enrolment)
    return result


@transaction.atomic
def nudge(*, actor: User | None, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """Remind those who have not applied yet; returns whom it was sent to.

    Each person is reminded at most twice in all and once a day. Those who have applied or
    withdrawn, and those of a program in which enrolment is over, are left out.
    """
    ids = [enrolment.pk for enrolment in enrolments]
    if len(ids) > MAX_AT_ONCE:
        text = _("Remind at most %(most)d people at a time: narrow the filter.")
        raise DomainError(text % {"most": MAX_AT_ONCE})

    now = clock.now()
    rows = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("program", "person")
        .filter(pk__in=ids, state__in=NOT_YET_APPLIED)
        .filter(nudges__lt=MAX_NUDGES, person__is_active=True)
        .exclude(nudged_at__gt=now - ONE_DAY)
    )
    sent = []
    for row in rows:
        if not is_open(row.program):
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
    """`actor` answers the open call as `role`; an enrolment that they have already is returned.

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
    """The open calls that this person could answer, with their roles; the soonest first."""
    calls = (
        Program.objects.filter(open_call=True, state=ProgramState.ENROLLING)
        .exclude(enrolments__person=person)
        .select_related("mentor_max_grade", "mentee_min_grade")
        .order_by(F("enrolment_deadline").asc(nulls_last=True), "id")
    )
    found = []
    for program in calls:
        roles = eligible_roles(program, person)
        if roles and is_open(program):
            found.append((program, roles))
    return found


def _require_open(program: Program) -> None:
    if program.state != ProgramState.ENROLLING:
        raise DomainError(
            _("Nobody can enrol in this program at the moment. Open enrolment first.")
        )
    if not is_open(program):
        raise DomainError(
            _("The last day to enrol has passed. Set a later one under “Dates” first.")
        )
