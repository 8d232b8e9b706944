"""Somebody to ask, for the foot of each page: who runs the programs that a person takes part in,
or whose sessions they look after as a delegate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from accounts.models import Delegation, User
from programs.enums import StaffRole
from programs.models import Enrolment, Program, ProgramStaff

PROGRAMS_SHOWN = 3
MOST_CONTACTS = 3  # of a program, as in mails


@dataclass(frozen=True)
class Contact:
    """Somebody whom one can write to."""

    name: str
    email: str


@dataclass(frozen=True)
class Asking:
    """A program, and who runs it: its coordinators, or HR where it has none.

    A delegate knows nothing of the program, so there its name is empty.
    """

    program: str
    contacts: list[Contact]


def for_person() -> dict[str, ArraySubquery]:
    """For a query of the person: what `asking_of` reads. No query of its own."""
    return {
        "asking_programs": ArraySubquery(_programs()),
        "asking_coordinators": ArraySubquery(_coordinators()),
        "asking_hr": ArraySubquery(_hr_admins(OuterRef("pk"))),
    }


def asking_of(facts: dict[str, Any]) -> list[Asking]:
    """Of each of the person's newest programs, whom to ask."""
    return [
        Asking(program["name"], list(_contacts(program, facts)))
        for program in facts["asking_programs"]
    ]


def _contacts(program: dict[str, Any], facts: dict[str, Any]) -> Iterator[Contact]:
    own = [one for one in facts["asking_coordinators"] if one["program"] == program["id"]]
    for one in (own or facts["asking_hr"])[:MOST_CONTACTS]:
        yield Contact(one["name"], one["email"])


def _enrolments(person: OuterRef) -> QuerySet[Enrolment]:
    """A person's own, and those of whom they are a delegate."""
    mentees = Delegation.objects.filter(delegate=OuterRef(person)).values("mentee")
    return Enrolment.objects.filter(Q(person=person) | Q(person__in=mentees))


def _programs() -> Any:
    own = _enrolments(OuterRef(OuterRef("pk"))).values("program")
    programs = Program.objects.filter(pk__in=own, archived_at__isnull=True)
    newest = programs.order_by("-starts_on", "-pk")
    taking_part = Enrolment.objects.filter(program=OuterRef("pk"), person=OuterRef(OuterRef("pk")))
    name = Case(When(Exists(taking_part), then=F("name")), default=Value(""))
    return newest.values(json=JSONObject(id="pk", name=name))[:PROGRAMS_SHOWN]


def _coordinators() -> Any:
    own = _enrolments(OuterRef(OuterRef("pk"))).values("program")
    staff = ProgramStaff.objects.filter(
        program__in=own, role=StaffRole.COORDINATOR, person__is_active=True
    ).exclude(person=OuterRef("pk"))
    return staff.order_by("person__sort_key", "person_id").values(
        json=JSONObject(program="program_id", name="person__name", email="person__email")
    )


def _hr_admins(person: OuterRef) -> Any:
    admins = User.objects.hr_admins().exclude(pk=person).order_by("sort_key", "pk")
    return admins.values(json=JSONObject(name="name", email="email"))[:MOST_CONTACTS]
