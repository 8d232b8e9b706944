"""Invitations, reminders to answer them, and joining by an open call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from common.prepared import prepared
from programs.domain.answers import AFTER_ENROLMENT, NOT_YET_APPLIED, is_open, last_day, may_apply
from programs.domain.eligibility import eligible_roles, suggested_role
from programs.domain.states import lock
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.mail import enrolments as enrolment_mail
from programs.models import Enrolment, Program

MAX_NUDGES = 2
ONE_DAY = timedelta(days=1)
LATE_DAYS = timedelta(days=7)
"""So long may somebody answer who is let in after enrolment has ended."""
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
    or state, stay as they are. After enrolment has ended they may answer for LATE_DAYS. DomainError
    before it has begun, and for more than MAX_AT_ONCE people.
    """
    wanted = list({person.pk: person for person in people}.values())
    if len(wanted) > MAX_AT_ONCE:
        text = _("Invite at most %(most)d people at a time: narrow the filter.")
        raise DomainError(text % {"most": MAX_AT_ONCE})

    current = lock(program)
    if current.state not in AFTER_ENROLMENT:
        _require_open(current)
    result = _sort(current, wanted, role)
    _speak_language_of(current, [row.person for row in result.enrolments])
    Enrolment.objects.bulk_create(result.enrolments)
    for enrolment in result.enrolments:
        enrolment_mail.send_invitation(enrolment=enrolment, actor=actor)
        _record_invited(enrolment, actor)
    return result


def _speak_language_of(program: Program, people: Iterable[User]) -> None:
    """Whoever has never signed in is written to, and reads pages, in the program's language."""
    new = [person for person in people if person.last_login is None]
    for person in new:
        person.locale = program.language
    User.objects.bulk_update(new, ["locale"])


def may_invite(program: Program) -> bool:
    """While people may enrol, and, for late joiners, until the program closes."""
    return is_open(program) or program.state in AFTER_ENROLMENT


def late_until(program: Program) -> date | None:
    """Until when somebody may answer who is invited now; None while people enrol anyway."""
    return _late_day(program) if program.state in AFTER_ENROLMENT else None


def enrolled_ids(program: Program, people: Iterable[User]) -> set[int]:
    """The ids of those of the people who are in the program already, in any role or state."""
    enrolled = program.enrolments.filter(person__in=people)
    return set(enrolled.values_list("person_id", flat=True))


def _sort(program: Program, people: list[User], role: PairRole | None) -> Invited:
    """New enrolments for those who can be invited, not saved yet, and the others."""
    inside = enrolled_ids(program, people)
    now = clock.now()
    result = Invited()
    for person in people:
        as_role = role or suggested_role(program, person)
        if person.pk in inside:
            result.already.append(person)
        elif as_role is None or as_role not in eligible_roles(program, person):
            result.not_eligible.append(person)
        else:
            enrolment = _new_enrolment(program, person, as_role)
            enrolment.invited_at = now
            result.enrolments.append(enrolment)
    return result


def _new_enrolment(program: Program, person: User, role: PairRole) -> Enrolment:
    """An enrolment that is not saved yet, with the languages that the person speaks."""
    answer_by = program.enrolment_deadline
    if program.state in AFTER_ENROLMENT:
        answer_by = _late_day(program)
    return Enrolment(
        program=program,
        person=person,
        role=role,
        languages=person.languages,
        answer_by=answer_by,
    )


def _late_day(program: Program) -> date:
    """The last day to answer for somebody who is let in today."""
    return clock.today(program.time_zone) + LATE_DAYS


def _record_invited(enrolment: Enrolment, actor: User) -> None:
    audit.record(
        "enrolment.invited",
        enrolment,
        actor=actor,
        scope=enrolment.program.public_id,
        person=enrolment.person_id,
        role=enrolment.role,
    )


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

    chosen = Enrolment.objects.locked().filter(pk__in=ids, person__is_active=True)
    chosen = chosen.filter(state__in=NOT_YET_APPLIED, nudges__lt=MAX_NUDGES)
    sent = []
    for enrolment in chosen.exclude(nudged_at__gt=clock.now() - ONE_DAY):
        if may_apply(enrolment):
            _nudge(enrolment, actor)
            sent.append(enrolment)
    return sent


def _nudge(enrolment: Enrolment, actor: User | None) -> None:
    enrolment.nudges += 1
    enrolment.nudged_at = clock.now()
    enrolment.answer_by = last_day(enrolment) or enrolment.answer_by
    enrolment.save(update_fields=["nudges", "nudged_at", "answer_by"])
    enrolment_mail.send_nudge(enrolment=enrolment)
    scope = enrolment.program.public_id
    audit.record("enrolment.nudged", enrolment, actor=actor, scope=scope, number=enrolment.nudges)


@transaction.atomic
def let_in(*, actor: User, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """Let people answer for LATE_DAYS although enrolment has ended; returns those it was new for.

    They get a mail. Those who have answered or still may are left out. DomainError for more than
    MAX_AT_ONCE.
    """
    ids = [enrolment.pk for enrolment in enrolments]
    if len(ids) > MAX_AT_ONCE:
        text = _("Let in at most %(most)d people at a time: narrow the filter.")
        raise DomainError(text % {"most": MAX_AT_ONCE})

    chosen = Enrolment.objects.locked().filter(pk__in=ids, person__is_active=True)
    chosen = chosen.filter(state__in=NOT_YET_APPLIED, program__state__in=AFTER_ENROLMENT)
    late = [enrolment for enrolment in chosen if not may_apply(enrolment)]
    for enrolment in late:
        enrolment.answer_by = _late_day(enrolment.program)
        enrolment.save(update_fields=["answer_by"])
        enrolment_mail.send_let_in(enrolment=enrolment, actor=actor)
        scope = enrolment.program.public_id
        audit.record("enrolment.let_in", enrolment, actor=actor, scope=scope)
    return late


@transaction.atomic
def join(*, actor: User, program: Program, role: PairRole) -> Enrolment:
    """`actor` answers the open call as `role`; an enrolment that they have already is returned.

    DomainError when the call is over or the grade does not permit the role.
    """
    current = lock(program)
    known: Enrolment | None = current.enrolments.filter(person=actor).first()
    if known is not None:
        return known
    _require_open(current)
    _require_open_call(current, actor, role)

    enrolment = _new_enrolment(current, actor, role)
    enrolment.state = EnrolmentState.VOLUNTEERING
    enrolment.save()
    scope = current.public_id
    audit.record("enrolment.volunteered", enrolment, actor=actor, scope=scope, role=str(role))
    return enrolment


def _require_open_call(program: Program, person: User, role: PairRole) -> None:
    """DomainError unless this person may join by themselves, on this side."""
    if not program.open_call:
        text = _(
            "This program invites people itself. Ask the people who run it whether you can "
            "take part."
        )
        raise DomainError(text)
    if role not in eligible_roles(program, person):
        raise DomainError(_("This side of the program is for other grades or departments."))


def open_calls(person: User) -> list[tuple[Program, list[PairRole]]]:
    """The open calls that this person could answer, with their roles; the soonest first."""
    found = []
    for program in _calls_without(person.pk):
        roles = eligible_roles(program, person)
        if roles and is_open(program):
            found.append((program, roles))
    return found


@prepared
def _calls_without(person_id: int) -> QuerySet[Program]:
    """The open calls of programs that the person is not in."""
    calls = Program.objects.filter(open_call=True, state=ProgramState.ENROLLING)
    calls = calls.exclude(enrolments__person=person_id).with_set_up()
    return calls.order_by(F("enrolment_deadline").asc(nulls_last=True), "id")


def _require_open(program: Program) -> None:
    """DomainError unless people may enrol now."""
    if program.state != ProgramState.ENROLLING:
        text = _("Nobody can enrol in this program at the moment. Open enrolment first.")
        raise DomainError(text)
    if not is_open(program):
        text = _("The last day to enrol has passed. Set a later one under “Dates” first.")
        raise DomainError(text)
