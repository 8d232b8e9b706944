"""Making and changing programs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Company
from common.errors import DomainError
from common.models import AuditEntry
from notifications import kinds
from notifications.models import OutboxMessage
from programs.domain import programs
from programs.domain.eligibility import eligible_people, eligible_roles, invitable, suggested_role
from programs.domain.overview import balance, funnel
from programs.domain.staff import assign_staff, remove_staff
from programs.enums import PairRole, ProgramState, StaffRole
from tests.factories import (
    EnrolmentFactory,
    EnrolmentTopicFactory,
    GradeFactory,
    ProgramFactory,
    UserFactory,
)
from tests.programs import factories as make

pytestmark = pytest.mark.django_db


def test_create_program_takes_the_zone_of_the_company_and_splits_its_grades() -> None:
    Company.objects.create(id=1, name="Example", time_zone="Europe/Lisbon")
    for rank in range(1, 6):
        GradeFactory(rank=rank)
    program = programs.create_program(actor=make.hr(), template_key="blank", name="  Learning up ")
    assert (program.name, program.time_zone, program.state) == (
        "Learning up",
        "Europe/Lisbon",
        ProgramState.DRAFT,
    )
    assert (program.mentor_max_grade.rank, program.mentee_min_grade.rank) == (3, 4)


def test_create_program_needs_a_name() -> None:
    with pytest.raises(DomainError, match="name"):
        programs.create_program(actor=make.hr(), template_key="blank", name=" ")


def test_update_program_writes_only_the_fields_of_its_step() -> None:
    program = make.draft()
    values = {"purpose": "New", "name": "Name", "anonymity_k": 9, "state": "closed"}
    saved = programs.update_program(actor=make.hr(), program=program, step="purpose", values=values)
    assert (saved.purpose, saved.anonymity_k, saved.state) == ("New", 5, ProgramState.DRAFT)
    assert "purpose" in saved.wizard_done
    entry = AuditEntry.objects.get(verb="program.updated")
    assert entry.detail == {
        "step": "purpose",
        "changed": ["name", "purpose"],
    }  # which fields, never what they say


@pytest.mark.parametrize("step", ["who", "rules", "agreement"])
def test_promised_terms_stay_once_the_pairs_have_begun(step: str) -> None:
    with pytest.raises(DomainError, match="stay as they are"):
        programs.update_program(
            actor=make.hr(), program=ProgramFactory(state="running"), step=step, values={}
        )


@pytest.mark.parametrize("state", [ProgramState.CLOSED, ProgramState.CANCELLED])
def test_an_ended_program_is_not_changed(state: str) -> None:
    with pytest.raises(DomainError, match="has ended"):
        programs.update_program(
            actor=make.hr(), program=ProgramFactory(state=state), step="purpose", values={}
        )


def test_a_running_program_keeps_its_first_day_and_may_get_longer() -> None:
    program = ProgramFactory(state="running")
    later = program.ends_on + timedelta(days=30)
    programs.update_program(
        actor=make.hr(), program=program, step="dates", values={"ends_on": later}
    )
    assert program.ends_on == later
    with pytest.raises(DomainError, match="first day"):
        values = {"starts_on": program.starts_on + timedelta(days=1)}
        programs.update_program(actor=make.hr(), program=program, step="dates", values=values)


def test_k_stays_once_a_survey_has_promised_it() -> None:
    program = ProgramFactory(anonymity_k=6)
    assert programs.lock_k(actor=None, program=program) == 6
    assert programs.lock_k(actor=None, program=program) == 6
    assert AuditEntry.objects.filter(verb="program.k_locked").count() == 1
    values = {"anonymity_k": 6}
    programs.update_program(actor=make.hr(), program=program, step="surveys", values=values)
    with pytest.raises(DomainError, match="promised"):
        programs.update_program(
            actor=make.hr(), program=program, step="surveys", values={"anonymity_k": 7}
        )


def test_add_topic_takes_a_known_one_instead_of_making_it_twice() -> None:
    program = make.draft()
    mine = programs.add_topic(actor=make.hr(), program=program, name="  Podcasts ", category="")
    again = programs.add_topic(actor=make.hr(), program=program, name="podcasts", category="Audio")
    known = programs.add_topic(actor=make.hr(), program=program, name="SHORT VIDEO", category="x")
    assert mine == again and mine.program == program and known.program is None
    assert program.topics.count() == 3


def test_staff_is_assigned_once_and_removed() -> None:
    program, person, actor = make.draft(), UserFactory(), make.hr()
    for _ in range(2):
        staff = assign_staff(
            actor=actor, program=program, person=person, role=StaffRole.COORDINATOR
        )
    assert AuditEntry.objects.filter(verb="program.staff_assigned").count() == 1
    remove_staff(actor=actor, staff=staff)
    assert not program.staff.exists()


@pytest.mark.parametrize(
    ("role", "by_oneself", "told"),
    [
        (StaffRole.COORDINATOR, False, 1),
        (StaffRole.COORDINATOR, True, 0),
        (StaffRole.SAFE_CONTACT, False, 1),
        (StaffRole.SAFE_DEPUTY, False, 1),
        (StaffRole.SAFE_CONTACT, True, 0),
    ],
)
def test_whoever_gets_a_role_hears_of_it_once_and_not_from_themselves(
    role: StaffRole, by_oneself: bool, told: int
) -> None:
    key = "coordinator_named" if role == StaffRole.COORDINATOR else "safe_contact_named"
    program, actor = make.draft(), make.hr()
    person = actor if by_oneself else UserFactory()
    for _ in range(2):
        staff = assign_staff(actor=actor, program=program, person=person, role=role)
    messages = OutboxMessage.objects.filter(
        kind=f"programs.{key}", recipient=person, scope=program.public_id
    )
    assert messages.count() == told
    if told:
        kind = kinds.get(f"programs.{key}")
        if role == StaffRole.COORDINATOR:
            assert kind.link(messages[0]).endswith(f"/programs/{program.public_id}/")  # type: ignore[misc]
        else:
            assert ("deputy" in messages[0].subject) == (role == StaffRole.SAFE_DEPUTY)
        assert kind.still_due(messages[0])  # type: ignore[misc]
        remove_staff(actor=actor, staff=staff)
        assert not kind.still_due(messages[0])  # type: ignore[misc]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (StaffRole.COORDINATOR, StaffRole.SAFE_CONTACT),
        (StaffRole.SAFE_CONTACT, StaffRole.COORDINATOR),
        (StaffRole.SAFE_DEPUTY, StaffRole.COORDINATOR),
        (StaffRole.SAFE_CONTACT, StaffRole.SAFE_DEPUTY),
    ],
)
def test_safe_contacts_are_nobody_who_runs_the_program(first: StaffRole, second: StaffRole) -> None:
    program, person, actor = make.draft(), UserFactory(), make.hr()
    assign_staff(actor=actor, program=program, person=person, role=first)
    with pytest.raises(DomainError):
        assign_staff(actor=actor, program=program, person=person, role=second)


def test_leavers_get_no_role() -> None:
    with pytest.raises(DomainError, match="left"):
        role = StaffRole.COORDINATOR
        assign_staff(
            actor=make.hr(), program=make.draft(), person=UserFactory(is_active=False), role=role
        )


@pytest.mark.parametrize(
    ("rank", "roles"),
    [(1, ["mentor"]), (3, ["mentor"]), (4, ["mentee"]), (6, ["mentee"]), (None, [])],
)
def test_eligible_roles_by_grade(rank: int | None, roles: list[str]) -> None:
    program = make.draft()
    person = UserFactory(grade=GradeFactory(rank=rank) if rank else None)
    assert eligible_roles(program, person) == roles
    assert [
        role for role in PairRole if eligible_people(program, role).filter(pk=person.pk).exists()
    ] == roles


def test_without_limits_a_person_may_be_either_and_nothing_is_suggested() -> None:
    program = make.draft(mentor_max_grade=None, mentee_min_grade=None)
    person = UserFactory(grade=None)
    assert eligible_roles(program, person) == ["mentor", "mentee"]
    assert suggested_role(program, person) is None
    assert list(invitable(program)) == [] and list(invitable(program, role=PairRole.MENTOR)) == [
        person
    ]


def test_departments_limit_both_sides_and_leavers_are_out() -> None:
    program = make.draft(departments=["Sales"])
    inside = UserFactory(junior=True, department="Sales")
    outside, leaver = (
        UserFactory(junior=True, department="Legal"),
        UserFactory(junior=True, department="Sales", is_active=False),
    )
    assert [bool(eligible_roles(program, person)) for person in (inside, outside, leaver)] == [
        True,
        False,
        False,
    ]
    assert list(invitable(program)) == [inside]


def test_invitable_filters() -> None:
    program = make.draft()
    first = UserFactory(
        grade=GradeFactory(rank=1), department="Sales", location="Lyon", sort_key="a"
    )
    second = UserFactory(
        grade=GradeFactory(rank=5), department="Legal", location="Berlin", sort_key="b"
    )
    EnrolmentFactory(program=program, person=UserFactory(grade=GradeFactory(rank=1)))
    assert list(invitable(program)) == [first, second]
    assert list(invitable(program, role=PairRole.MENTEE)) == [second]
    assert list(invitable(program, max_rank=2)) == [first]
    assert list(invitable(program, min_rank=2)) == [second]
    assert list(invitable(program, departments=["Legal"], locations=["Berlin"])) == [second]
    assert list(invitable(program, locations=["Rome"])) == []


def test_funnel_counts_how_far_people_have_come() -> None:
    program = make.enrolling()
    for state, step in [
        ("invited", 0),
        ("invited", 2),
        ("applied", 4),
        ("approved", 4),
        ("withdrawn", 1),
        ("declined", 4),
    ]:
        EnrolmentFactory(program=program, state=state, step=step)
    mentors, mentees = funnel(program)
    assert (mentors.asked, mentors.started, mentors.applied) == (6, 4, 3)
    assert (mentors.approved, mentors.waiting, mentors.withdrawn) == (1, 1, 1)
    assert (mentees.role, mentees.asked) == ("mentee", 0)


def test_balance_shows_what_is_wanted_and_what_is_offered() -> None:
    program = make.enrolling()
    ai, video = make.topics_of(program)
    for _ in range(3):
        EnrolmentTopicFactory(
            enrolment=EnrolmentFactory(program=program, role="mentee", state="applied"),
            topic=ai,
            priority=1,
        )
    EnrolmentTopicFactory(
        enrolment=EnrolmentFactory(program=program, state="approved"), topic=ai, level=2
    )
    EnrolmentTopicFactory(
        enrolment=EnrolmentFactory(program=program, state="declined"), topic=video, level=2
    )
    first, second = balance(program)
    assert (first.name, first.wanted, first.offered, first.short) == ("AI assistants", 3, 1, 2)
    assert (second.name, second.wanted, second.offered) == ("Short video", 0, 0)
