"""Factories of test objects. Each makes a valid row with the least that it needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.domain.names import search_text
from accounts.models import Grade, User
from common import clock
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, PairRole, ProgramState, StaffRole
from programs.models import Enrolment, EnrolmentTopic, Program, ProgramStaff, Topic

WORKDAYS = [[day, 9 * 60, 17 * 60] for day in range(5)]


class GradeFactory(DjangoModelFactory[Grade]):
    """Grade(rank=3) is got or made."""

    class Meta:
        model = Grade
        django_get_or_create = ("rank",)

    rank = 3
    name = factory.LazyAttribute(lambda o: f"Grade {o.rank}")


class UserFactory(DjangoModelFactory[User]):
    """A person in the middle of the company; `junior` and `senior` traits for the two sides."""

    class Meta:
        model = User

    class Params:
        junior = factory.Trait(grade=factory.SubFactory(GradeFactory, rank=1))
        senior = factory.Trait(grade=factory.SubFactory(GradeFactory, rank=6))

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person Number{n}")
    employee_id = factory.Sequence(lambda n: f"E{n:06}")
    department = factory.Sequence(lambda n: ["Marketing", "Finance", "Research", "Sales"][n % 4])
    location = "Berlin"
    time_zone = "Europe/Berlin"
    languages = factory.LazyFunction(lambda: ["en"])
    grade = factory.SubFactory(GradeFactory)
    password = "!"
    hr_admin_since = factory.LazyAttribute(
        lambda o: clock.now() - timedelta(days=30) if getattr(o, "is_hr_admin", False) else None
    )
    sort_key = factory.LazyAttribute(lambda o: o.name.lower())
    search_text = factory.LazyAttribute(lambda o: search_text(o.name))


class TopicFactory(DjangoModelFactory[Topic]):
    """A topic of the company."""

    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Topic {n}")
    category = "Technology"


class ProgramFactory(DjangoModelFactory[Program]):
    """A running program of half a year that began a month ago."""

    class Meta:
        model = Program
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Program {n}")
    state = ProgramState.RUNNING
    purpose = "Learn from each other."
    time_zone = "Europe/Berlin"
    starts_on = factory.LazyFunction(lambda: clock.today("Europe/Berlin") - timedelta(days=30))
    ends_on = factory.LazyFunction(lambda: clock.today("Europe/Berlin") + timedelta(days=150))
    enrolment_deadline = factory.LazyAttribute(lambda o: o.starts_on - timedelta(days=10))
    agreement_text = "We keep what we hear to ourselves."

    @factory.post_generation
    def topics(self, create: bool, extracted: Any, **_: Any) -> None:
        """topics=[...]"""
        if create and extracted:
            self.topics.set(extracted)  # type: ignore[attr-defined]


class ProgramStaffFactory(DjangoModelFactory[ProgramStaff]):
    """A coordinator, unless said otherwise."""

    class Meta:
        model = ProgramStaff

    program = factory.SubFactory(ProgramFactory)
    person = factory.SubFactory(UserFactory)
    role = StaffRole.COORDINATOR


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    """An approved mentor; role="mentee" for a mentee (the person is made junior or senior
    accordingly).
    """

    class Meta:
        model = Enrolment

    program = factory.SubFactory(ProgramFactory)
    role = PairRole.MENTOR
    person = factory.LazyAttribute(
        lambda o: UserFactory(
            **({"junior": True} if o.role == PairRole.MENTOR else {"senior": True})
        )
    )
    state = EnrolmentState.APPROVED
    languages = factory.LazyFunction(lambda: ["en"])
    availability = factory.LazyFunction(lambda: [list(window) for window in WORKDAYS])
    what_for = "How the next generation buys."
    step = 4
    pledged_at = factory.LazyAttribute(lambda o: clock.now() if o.role == PairRole.MENTEE else None)


class EnrolmentTopicFactory(DjangoModelFactory[EnrolmentTopic]):
    """level=... for mentors, priority=... for mentees."""

    class Meta:
        model = EnrolmentTopic

    enrolment = factory.SubFactory(EnrolmentFactory)
    topic = factory.SubFactory(TopicFactory)


class PairingFactory(DjangoModelFactory[Pairing]):
    """An active pair of a running program; program=..., state=... as wanted."""

    class Meta:
        model = Pairing

    program = factory.SubFactory(ProgramFactory)
    mentor_enrolment = factory.SubFactory(
        EnrolmentFactory, program=factory.SelfAttribute("..program"), role=PairRole.MENTOR
    )
    mentee_enrolment = factory.SubFactory(
        EnrolmentFactory, program=factory.SelfAttribute("..program"), role=PairRole.MENTEE
    )
    mentor = factory.SelfAttribute("mentor_enrolment.person")
    mentee = factory.SelfAttribute("mentee_enrolment.person")
    state = PairingState.ACTIVE
    score = 7000
    reasons = factory.LazyFunction(list)
    mentor_accepted_at = factory.LazyFunction(clock.now)
    mentee_accepted_at = factory.LazyFunction(clock.now)
    activated_at = factory.LazyFunction(clock.now)
