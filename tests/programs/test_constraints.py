"""What the database itself refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from programs.domain.programs import lock_k
from programs.enums import PairRole, StaffRole
from programs.models import (
    Avoidance,
    EnrolmentTopic,
    PrepStep,
    PrepTick,
    Program,
    ProgramStaff,
    SessionGuide,
    Topic,
    TopicRating,
)
from tests.factories import (
    EnrolmentFactory,
    ProgramFactory,
    ProgramStaffFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"anonymity_k": 4}, "program_k_at_least_5"),
        ({"grade_gap": 0}, "program_grade_gap"),
    ],
)
def test_program_constraint(change: dict[str, Any], name: str) -> None:
    program = ProgramFactory()
    with pytest.raises(IntegrityError, match=name):
        Program.objects.filter(pk=program.pk).update(**change)


def test_program_must_not_end_before_it_starts() -> None:
    program = ProgramFactory()
    with pytest.raises(IntegrityError, match="program_ends_after_start"):
        Program.objects.filter(pk=program.pk).update(ends_on=program.starts_on)


def test_program_deadline_must_not_come_after_the_start() -> None:
    program = ProgramFactory()
    with pytest.raises(IntegrityError, match="program_deadline_before_start"):
        Program.objects.filter(pk=program.pk).update(
            enrolment_deadline=program.starts_on + timedelta(days=1)
        )


def test_k_never_changes_once_it_is_locked() -> None:
    program = ProgramFactory(anonymity_k=6)
    Program.objects.filter(pk=program.pk).update(anonymity_k=7)  # still free
    lock_k(actor=None, program=program)
    for change in ({"anonymity_k": 8}, {"anonymity_k_locked": False}):
        with pytest.raises(DatabaseError, match="promised"), transaction.atomic():
            Program.objects.filter(pk=program.pk).update(**change)
    Program.objects.filter(pk=program.pk).update(
        name="Another name", anonymity_k=7
    )  # the same k is no change
    assert Program.objects.get(pk=program.pk).anonymity_k == 7


def test_enrolment_exists_once_for_a_person_and_a_role() -> None:
    row = EnrolmentFactory()
    with pytest.raises(IntegrityError, match="enrolment_once"):
        EnrolmentFactory(program=row.program, person=row.person, role=row.role)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"capacity": 6}, "enrolment_capacity"), ({"nudges": 3}, "enrolment_two_nudges")],
)
def test_enrolment_constraint(change: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        EnrolmentFactory(**change)


@pytest.mark.parametrize(
    "choice",
    [{"level": 0}, {"level": 6}, {"level": 3, "priority": 1}, {"priority": 0}, {}],
    ids=str,
)
def test_topic_choice_has_a_level_or_a_priority(choice: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match="enrolment_topic_level_or_priority"):
        EnrolmentTopic.objects.create(enrolment=EnrolmentFactory(), topic=TopicFactory(), **choice)


def test_topic_is_chosen_once() -> None:
    row, topic = EnrolmentFactory(), TopicFactory()
    EnrolmentTopic.objects.create(enrolment=row, topic=topic, level=3)
    with pytest.raises(IntegrityError, match="enrolment_topic_once"):
        EnrolmentTopic.objects.create(enrolment=row, topic=topic, level=4)


@pytest.mark.parametrize("value", [0, 6])
def test_rating_is_one_to_five(value: int) -> None:
    with pytest.raises(IntegrityError, match="topic_rating_value"):
        TopicRating.objects.create(enrolment=EnrolmentFactory(), topic=TopicFactory(), value=value)


def test_rating_exists_once_a_moment() -> None:
    row, topic = EnrolmentFactory(), TopicFactory()
    TopicRating.objects.create(enrolment=row, topic=topic, value=2)
    TopicRating.objects.create(enrolment=row, topic=topic, value=4, moment="closing")
    with pytest.raises(IntegrityError, match="topic_rating_once"):
        TopicRating.objects.create(enrolment=row, topic=topic, value=3)


def test_topic_name_is_taken_once_in_the_company_and_once_in_a_program() -> None:
    program = ProgramFactory()
    Topic.objects.create(name="Video", category="A")
    Topic.objects.create(name="Video", category="A", program=program)
    for owner in (None, program):
        with pytest.raises(IntegrityError, match="topic_once"), transaction.atomic():
            Topic.objects.create(name="Video", category="B", program=owner)


def test_staff_role_is_given_once() -> None:
    staff = ProgramStaffFactory()
    with pytest.raises(IntegrityError, match="program_staff_once"):
        ProgramStaff.objects.create(
            program=staff.program, person=staff.person, role=StaffRole.COORDINATOR
        )


def test_prep_step_and_guide_have_their_own_place() -> None:
    program = ProgramFactory()
    step = PrepStep.objects.create(
        program=program, role=PairRole.MENTOR, position=1, title="A", body="B"
    )
    with pytest.raises(IntegrityError, match="prep_step_position"), transaction.atomic():
        PrepStep.objects.create(
            program=program, role=PairRole.MENTOR, position=1, title="A", body="B"
        )
    SessionGuide.objects.create(program=program, kind="first", title="A")
    with pytest.raises(IntegrityError, match="guide_once"), transaction.atomic():
        SessionGuide.objects.create(program=program, kind="first", title="B")
    row = EnrolmentFactory(program=program)
    PrepTick.objects.create(enrolment=row, step=step)
    with pytest.raises(IntegrityError, match="prep_tick_once"), transaction.atomic():
        PrepTick.objects.create(enrolment=row, step=step)


def test_person_has_one_list_of_people_to_avoid() -> None:
    person = UserFactory()
    Avoidance.objects.create(person=person, people=[])
    with pytest.raises(IntegrityError):
        Avoidance.objects.create(person=person, people=[])
