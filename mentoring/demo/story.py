"""The demo's three programs: one long closed, one in full swing, one that is just enrolling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db.models import F
from django.utils.translation import gettext_noop

from accounts.models import Delegation, User
from common import clock
from feedback.enums import RoundState
from matching.domain import runs
from mentoring.demo import enrolling, running
from mentoring.demo.people import Staff, found_company
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.outbox import due
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.domain.enrolment import approve
from programs.enums import EnrolmentState, PairRole, ProgramState, StaffRole
from programs.models import Enrolment, Program, ProgramStaff


@dataclass(frozen=True)
class SignIn:
    """Somebody to play: what kind of person, and the address."""

    kind: str
    email: str
    name: str


def tell() -> list[SignIn]:
    """Make the whole demo; the clock is moved through its history and given back at the end.

    Takes about a minute.
    """
    rng = Random(11)  # noqa: S311 - the same story every time is the point
    present = clock.now()
    try:
        clock.move_to(present - timedelta(days=300))
        staff = found_company()
        _closed(staff, rng)
        clock.move_to(present - timedelta(days=80))
        _running(staff, rng)
        clock.move_to(present - timedelta(days=9))
        _enrolling(staff, rng)
        _history(present)
    finally:
        clock.reset()
    return cast()


def _closed(staff: Staff, rng: Random) -> None:
    """The pilot: ten pairs, half a year, done."""
    start = clock.now()
    program = enrolling.new_program(
        staff,
        name="Digital fluency, pilot",
        starts_in=14,
        weeks=24,
        sponsor=staff.by_rank[6][0],
        coordinator=staff.by_rank[3][0],
    )
    for member in enrolling.invite(staff, program, staff.juniors[100:111], staff.seniors[26:36]):
        enrolling.fill_in(rng, member)
    _approve_all(staff, program)
    clock.move_to(start + timedelta(days=12))
    running.match(staff, program)
    clock.move_to(start + timedelta(days=14))
    pairs = running.begin(program)
    running.book(pairs, count=6)
    running.set_goals(rng, pairs)
    running.live_until(rng, program, start + timedelta(days=196))
    running.finish(staff, program)


def _running(staff: Staff, rng: Random) -> None:
    """Eleven weeks in: pairs that meet, an offer that waits, a pulse that is open."""
    start = clock.now()
    program = enrolling.new_program(
        staff,
        name="Digital fluency",
        starts_in=14,
        weeks=26,
        sponsor=staff.by_rank[6][0],
        coordinator=staff.by_rank[3][0],
    )
    members = enrolling.invite(staff, program, staff.juniors[:34], staff.seniors[:26])
    for at, member in enumerate(members):
        if at % 11 != 10:  # some never answer
            enrolling.fill_in(rng, member, capacity=2 if at % 9 == 8 else 1)
    _approve_all(staff, program)
    clock.move_to(start + timedelta(days=12))
    running.match(staff, program)
    clock.move_to(start + timedelta(days=14))
    pairs = running.begin(program)
    mentee = pairs[0].mentee
    Delegation.objects.get_or_create(mentee=mentee, delegate=staff.by_rank[2][-1])
    running.book(pairs[:-1], count=6)
    running.set_goals(rng, pairs)
    running.live_until(rng, program, start + timedelta(days=78))
    running.match_again(staff, program)
    running.live_until(rng, program, start + timedelta(days=80))
    for survey_round in program.survey_rounds.filter(state=RoundState.OPEN):
        running.answer(rng, survey_round, share=0.5, but=[pairs[0].mentor, pairs[0].mentee])


def _enrolling(staff: Staff, rng: Random) -> None:
    """The next cohort: some invited, some applied, some approved, and a first run to play with, not
    published yet.
    """
    program = enrolling.new_program(
        staff,
        name="Digital fluency, spring cohort",
        starts_in=30,
        weeks=26,
        sponsor=staff.by_rank[6][1],
        coordinator=staff.by_rank[3][1],
    )
    members = enrolling.invite(staff, program, staff.juniors[40:80], staff.seniors[30:45])
    for at, member in enumerate(members):
        if at % 2 == 0:
            enrolling.fill_in(rng, member)
    applied = program.enrolments.filter(state=EnrolmentState.APPLIED).order_by("pk")
    # more mentors wait to be approved than are needed: what would help the mentee who is left over
    # can be tried out at once
    approve(
        actor=staff.hr_admin,
        enrolments=[
            row for at, row in enumerate(applied) if row.role == PairRole.MENTEE or not at % 3
        ],
    )
    clock.move_to(clock.now() + timedelta(days=8))
    run = runs.start_run(actor=staff.by_rank[3][1], program=program)
    runs.execute_run(run.pk)


def _approve_all(staff: Staff, program: Program) -> None:
    applied = program.enrolments.filter(state=EnrolmentState.APPLIED)
    approve(actor=staff.hr_admin, enrolments=list(applied))


def _history(present: datetime) -> None:
    """What would have been sent in the past was sent, for all that the demo knows; only what comes
    is still to be sent.
    """
    old = OutboxMessage.objects.filter(state=MessageState.QUEUED, due_at__lt=present)
    old.update(state=MessageState.SENT, sent_at=F("due_at"), text="", html="", attachments=[])
    from mentoring import tasks as _tasks  # noqa: F401 - makes every search known

    due.forget_the_past(present)


def cast() -> list[SignIn]:
    """One sign-in for each kind of person, of a demo that has been told; empty without one."""
    pairs = (
        Pairing.objects.filter(state=PairingState.ACTIVE)
        .select_related("mentor", "mentee")
        .order_by("pk")
    )
    pair = pairs.filter(mentee__delegations_given__isnull=False).first() or pairs.first()
    coordinator = ProgramStaff.objects.filter(
        role=StaffRole.COORDINATOR, program__state=ProgramState.RUNNING
    ).first()
    invited = Enrolment.objects.filter(
        state=EnrolmentState.INVITED, program__state=ProgramState.ENROLLING
    )
    delegation = Delegation.objects.select_related("delegate").first()
    asked = {
        row.role: row.person for row in invited.select_related("person").order_by("-pk")
    }  # the first of each role
    offer = (
        Pairing.objects.filter(state=PairingState.OFFERED)
        .select_related("mentor")
        .order_by("pk")
        .first()
    )
    people: dict[str, User | None] = {
        gettext_noop("HR admin"): User.objects.filter(is_hr_admin=True).order_by("pk").first(),
        gettext_noop("Coordinator"): coordinator.person if coordinator else None,
        gettext_noop("Junior mentor"): pair.mentor if pair else None,
        gettext_noop("Senior mentee"): pair.mentee if pair else None,
        gettext_noop("Delegate of that mentee"): delegation.delegate if delegation else None,
        gettext_noop("Junior with an offer"): offer.mentor if offer else None,
        gettext_noop("Junior, just invited"): asked.get(PairRole.MENTOR),
        gettext_noop("Senior, just invited"): asked.get(PairRole.MENTEE),
    }
    return [
        SignIn(kind=kind, email=person.email, name=person.name)
        for kind, person in people.items()
        if person
    ]
