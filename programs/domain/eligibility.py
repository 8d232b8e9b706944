"""Who may join a program, and on which side: by grade and department."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Grade, User
from programs.enums import PairRole
from programs.models import Program


def default_limits() -> tuple[Grade | None, Grade | None]:
    """(highest grade of mentors, lowest grade of mentees) for a new program.

    The company's grades are split in the middle: the lower half, rounded up, may mentor, the upper
    half may be mentored. With fewer than two grades there is no limit.
    """
    grades = list(Grade.objects.order_by("rank"))
    if len(grades) < 2:
        return None, None
    middle = (len(grades) + 1) // 2
    return grades[middle - 1], grades[middle]


def eligible_roles(program: Program, person: User) -> list[PairRole]:
    """The roles that this person may take here; empty if none.

    A role without a grade limit is open to everybody; one with a limit needs a grade. Departments,
    if any are named, limit both. A leaver may take none.
    """
    if not person.is_active:
        return []
    if program.departments and person.department not in program.departments:
        return []

    roles = []
    if _may_mentor(person.grade, program.mentor_max_grade):
        roles.append(PairRole.MENTOR)
    if _may_be_mentored(person.grade, program.mentee_min_grade):
        roles.append(PairRole.MENTEE)
    return roles


def _may_mentor(grade: Grade | None, highest: Grade | None) -> bool:
    if highest is None:
        return True
    return grade is not None and grade.rank <= highest.rank


def _may_be_mentored(grade: Grade | None, lowest: Grade | None) -> bool:
    if lowest is None:
        return True
    return grade is not None and grade.rank >= lowest.rank


def suggested_role(program: Program, person: User) -> PairRole | None:
    """The one role that the person's grade points to; None when it could be either or neither."""
    roles = eligible_roles(program, person)
    return roles[0] if len(roles) == 1 else None


def eligible_people(program: Program, role: PairRole) -> QuerySet[User]:
    """Active people who may take this role: the rule of `eligible_roles` as a query."""
    people: QuerySet[User] = User.objects.active()
    if program.departments:
        people = people.filter(department__in=program.departments)
    if role == PairRole.MENTOR and program.mentor_max_grade:
        people = people.filter(grade__rank__lte=program.mentor_max_grade.rank)
    if role == PairRole.MENTEE and program.mentee_min_grade:
        people = people.filter(grade__rank__gte=program.mentee_min_grade.rank)
    return people


def people_of_one_side(program: Program) -> QuerySet[User]:
    """Active people whose grade points to one side alone: the rule of `suggested_role`."""
    mentors = Q(pk__in=eligible_people(program, PairRole.MENTOR).values("pk"))
    mentees = Q(pk__in=eligible_people(program, PairRole.MENTEE).values("pk"))
    return User.objects.filter((mentors & ~mentees) | (mentees & ~mentors))


def invitable(
    program: Program,
    *,
    role: PairRole | None = None,
    min_rank: int | None = None,
    max_rank: int | None = None,
    departments: list[str] | None = None,
    locations: list[str] | None = None,
    without: list[str] | None = None,
    with_staff: bool = False,
) -> QuerySet[User]:
    """Active people within the filter who may join the program and are not in it, by name.

    Without `role`: those whose grade points to one side alone. `without` are public ids of people
    to leave out; those who have a role in the program are left out unless `with_staff`.
    """
    people = eligible_people(program, role) if role else people_of_one_side(program)
    people = people.exclude(pk__in=program.enrolments.values("person"))
    if not with_staff:
        people = people.exclude(pk__in=program.staff.values("person"))
    if without:
        people = people.exclude(public_id__in=without)
    if min_rank is not None:
        people = people.filter(grade__rank__gte=min_rank)
    if max_rank is not None:
        people = people.filter(grade__rank__lte=max_rank)
    if departments:
        people = people.filter(department__in=departments)
    if locations:
        people = people.filter(location__in=locations)
    return people.select_related("grade").order_by("sort_key", "id")
