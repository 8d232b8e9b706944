"""The demo: a program that is closed, one that runs, one that enrols; and a staff survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop

from accounts.models import Delegation, User
from common import clock
from feedback.enums import RoundState
from matching.domain import runs
from mentoring import tasks  # noqa: F401 - so that `due` knows every search
from mentoring.demo import enrolling, running, staff_survey, surveys, talking
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
    """Make the whole demo; takes about a minute. The clock moves through its past and is reset."""
    present = clock.now()
    try:
        _make_programs(present)
        _mark_past_as_sent(present)
    finally:
        clock.reset()
    return cast()


def _make_programs(present: datetime) -> None:
    """The company, and each program from the day on which it was made."""
    rng = Random(11)  # noqa: S311 - the same story every time is the point
    _move_clock(present, -300)
    staff = found_company()
    _closed_program(staff, rng)
    _move_clock(present, -100)
    staff_survey.ask_everybody(staff.hr_admin, Random(7))  # noqa: S311 - the same every time
    _move_clock(present, -80)
    _running_program(staff, rng)
    _move_clock(present, -9)
    _enrolling_program(staff, rng)
    talking.write_threads(talking.name_contacts(staff), present)


def _move_clock(start: datetime, days: int) -> None:
    """Move the clock to so many days after `start`."""
    clock.move_to(start + timedelta(days=days))


def _closed_program(staff: Staff, rng: Random) -> None:
    """The pilot: ten pairs, half a year, closed."""
    start = clock.now()
    program = enrolling.new_program(staff, name="Digital fluency, pilot", starts_in=14, weeks=24)
    members = enrolling.invite(staff, program, staff.juniors[100:111], staff.seniors[26:36])
    for member in members:
        enrolling.fill_in(rng, member)
    _approve_all(staff, program)

    pairs = _match_and_begin(staff, program, start)
    running.book(pairs, count=6)
    running.set_goals(pairs)
    running.live_until(rng, program, start + timedelta(days=196))
    surveys.tell_what_was_heard(staff.hr_admin, program)
    running.finish(staff, program)


def _running_program(staff: Staff, rng: Random) -> None:
    """Eleven weeks in: pairs that meet, an offer that waits, a pulse survey that is open."""
    start = clock.now()
    program = enrolling.new_program(staff, name="Digital fluency", starts_in=14, weeks=26)
    members = enrolling.invite(staff, program, staff.juniors[:34], staff.seniors[:26])
    _most_enrol(rng, members)
    _approve_all(staff, program)

    pairs = _match_and_begin(staff, program, start)
    first = _simplest(pairs)
    Delegation.objects.get_or_create(mentee=first.mentee, delegate=staff.by_rank[2][-1])
    running.book(pairs[:-1], count=6)
    running.set_goals(pairs)
    running.live_until(rng, program, start + timedelta(days=78))
    running.match_again(staff, program)
    surveys.tell_what_was_heard(staff.hr_admin, program)
    running.live_until(rng, program, start + timedelta(days=80))
    _half_answer(rng, program, but=first)


def _simplest(pairs: Sequence[Pairing]) -> Pairing:
    """The first pair of two people who have time for no other: those who try the demo play it."""
    for pair in pairs:
        if pair.mentor_enrolment.capacity == pair.mentee_enrolment.capacity == 1:
            return pair
    return pairs[0]


def _half_answer(rng: Random, program: Program, *, but: Pairing) -> None:
    """Half of those who are asked answer the open surveys, and nobody of one pair."""
    for survey_round in program.survey_rounds.filter(state=RoundState.OPEN):
        surveys.answer(rng, survey_round, share=0.5, but=[but.mentor, but.mentee])


def _most_enrol(rng: Random, members: list[Enrolment]) -> None:
    """One in eleven never answers; one in nine has time for two pairs."""
    for number, member in enumerate(members):
        if number % 11 == 10:
            continue
        capacity = 2 if number % 9 == 8 else 1
        enrolling.fill_in(rng, member, capacity=capacity)


def _match_and_begin(staff: Staff, program: Program, start: datetime) -> list[Pairing]:
    """Match on the twelfth day after `start`; the pairs begin two days later."""
    _move_clock(start, 12)
    running.match(staff, program)
    _move_clock(start, 14)
    return running.begin(program)


def _enrolling_program(staff: Staff, rng: Random) -> None:
    """The next cohort: people are invited, applied or approved; a first run is unpublished."""
    program = enrolling.new_program(
        staff, name="Digital fluency, spring cohort", starts_in=30, weeks=26, team=1
    )
    members = enrolling.invite(staff, program, staff.juniors[40:80], staff.seniors[30:45])
    for member in members[::2]:
        enrolling.fill_in(rng, member)

    _approve_some(staff, program)
    _move_clock(clock.now(), 8)
    run = runs.start_run(actor=staff.by_rank[3][1], program=program)
    runs.execute_run(run.pk)


def _approve_some(staff: Staff, program: Program) -> None:
    """All mentees and a third of the others.

    So more mentors wait, and the demo can show what would help the mentee who is left over.
    """
    approved = []
    for number, member in enumerate(_applied(program)):
        if member.role == PairRole.MENTEE or number % 3 == 0:
            approved.append(member)
    approve(actor=staff.hr_admin, enrolments=approved)


def _approve_all(staff: Staff, program: Program) -> None:
    approve(actor=staff.hr_admin, enrolments=list(_applied(program)))


def _applied(program: Program) -> QuerySet[Enrolment]:
    return program.enrolments.filter(state=EnrolmentState.APPLIED).order_by("pk")


def _mark_past_as_sent(present: datetime) -> None:
    """Messages of the past count as sent, and no search looks at the past again."""
    past = OutboxMessage.objects.filter(state=MessageState.QUEUED, due_at__lt=present)
    past.update(state=MessageState.SENT, sent_at=F("due_at"), text="", html="", attachments=[])
    due.forget_the_past(present)


def cast() -> list[SignIn]:
    """One sign-in for each kind of person of the demo; empty in an empty database."""
    people = [*_company_people(), *_pair_people(), *_newcomers()]
    return [SignIn(kind, person.email, person.name) for kind, person in people if person]


def _company_people() -> list[tuple[str, User | None]]:
    """The first HR admin, the coordinator of the running program, the company's safe contact."""
    hr_admins = User.objects.filter(is_hr_admin=True).order_by("pk")
    return [
        (gettext_noop("HR admin"), hr_admins.first()),
        (gettext_noop("Coordinator"), _coordinator()),
        (gettext_noop("Safe contact"), _safe_contact()),
    ]


def _coordinator() -> User | None:
    running = ProgramStaff.objects.filter(
        role=StaffRole.COORDINATOR, program__state=ProgramState.RUNNING
    )
    return _first_person(running)


def _safe_contact() -> User | None:
    return _first_person(ProgramStaff.objects.of_company().filter(role=StaffRole.SAFE_CONTACT))


def _first_person(rows: QuerySet[Any]) -> User | None:
    """The person of the first row, if there is one."""
    first = rows.select_related("person").first()
    return first.person if first else None


def _pair_people() -> list[tuple[str, User | None]]:
    """The two of an active pair, and a delegate."""
    pair = _pair_to_play()
    delegation = Delegation.objects.select_related("delegate").first()
    return [
        (gettext_noop("Junior mentor"), pair.mentor if pair else None),
        (gettext_noop("Senior mentee"), pair.mentee if pair else None),
        (gettext_noop("Delegate of that mentee"), delegation.delegate if delegation else None),
    ]


def _pair_to_play() -> Pairing | None:
    """An active pair, if possible one whose mentee has a delegate."""
    active = Pairing.objects.filter(state=PairingState.ACTIVE)
    pairs = active.select_related("mentor", "mentee").order_by("pk")
    return pairs.filter(mentee__delegations_given__isnull=False).first() or pairs.first()


def _newcomers() -> list[tuple[str, User | None]]:
    """Somebody with an offer, and somebody of each side who was just invited."""
    offers = Pairing.objects.filter(state=PairingState.OFFERED).select_related("mentor")
    offer = offers.order_by("pk").first()
    return [
        (gettext_noop("Junior with an offer"), offer.mentor if offer else None),
        (gettext_noop("Junior, just invited"), _just_invited(PairRole.MENTOR)),
        (gettext_noop("Senior, just invited"), _just_invited(PairRole.MENTEE)),
    ]


def _just_invited(role: PairRole) -> User | None:
    invited = Enrolment.objects.filter(
        state=EnrolmentState.INVITED, program__state=ProgramState.ENROLLING, role=role
    )
    return _first_person(invited.order_by("pk"))
