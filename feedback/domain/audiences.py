"""Whom a survey asks, and in which groups their answers count."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain.company import company
from accounts.models import User
from accounts.models.people import UserQuerySet
from common.errors import DomainError
from feedback.enums import Audience, Cut, Label
from feedback.models import SurveyPlanItem
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import PairRole, StaffRole
from programs.models import Program

LIVE = (PairingState.ACTIVE, PairingState.PAUSED)


def people_to_ask(item: SurveyPlanItem) -> UserQuerySet:
    """Those whom a round of this survey asks today, each once, by name.

    HR admins and coordinators read the results of an anonymous round: unless the plan says
    otherwise they are left out, or each could take their own answers off what they read.
    """
    people = audience_of(item)
    if item.label != Label.ANONYMOUS or item.asks_readers:
        return people
    people = people.exclude(is_hr_admin=True)
    if item.program is None:
        return people
    coordinators = item.program.staff.filter(role=StaffRole.COORDINATOR)
    return people.exclude(pk__in=coordinators.values("person"))


def audience_of(item: SurveyPlanItem) -> UserQuerySet:
    """The active people whom a survey is about: of the program's live pairs, or of the staff."""
    people = User.objects.active().select_related("grade").order_by("sort_key", "pk")
    if item.audience == Audience.STAFF:
        return _part_of_staff(people, item)

    pairs = Pairing.objects.filter(program=item.program, state__in=LIVE)
    mentors = Q(pk__in=pairs.values("mentor"))
    mentees = Q(pk__in=pairs.values("mentee"))
    asked = {
        Audience.ALL: mentors | mentees,
        Audience.MENTORS: mentors,
        Audience.MENTEES: mentees,
    }
    return people.filter(asked[Audience(item.audience)])


def _part_of_staff(people: UserQuerySet, item: SurveyPlanItem) -> UserQuerySet:
    """Those of the chosen departments, locations and grades; of all where none is chosen."""
    if item.departments:
        people = people.filter(department__in=item.departments)
    if item.locations:
        people = people.filter(location__in=item.locations)
    if item.grades:
        people = people.filter(grade__name__in=item.grades)
    return people


def k_of(item: SurveyPlanItem) -> int:
    """The smallest group that the results of its next round may show."""
    return company().anonymity_k if item.program is None else item.program.anonymity_k


def asks_too_few(item: SurveyPlanItem, people: int) -> bool:
    """Whether nothing of a round that asks so many could be shown: then a staff survey does not
    open.
    """
    return item.program is None and people <= k_of(item)


def require_enough(item: SurveyPlanItem) -> None:
    """DomainError where a staff survey asks so few that nothing of it would ever be shown."""
    asked, k = people_to_ask(item).count(), k_of(item)
    if asks_too_few(item, asked):
        text = _(
            "This asks %(asked)s people. Results are shown where more than %(k)s are asked, so "
            "nothing of it would ever be shown. Ask more people."
        )
        raise DomainError(text % {"asked": asked, "k": k})


def groups_of(person: User, role: str) -> dict[str, str]:
    """The cells that a person's answers count in."""
    return {
        Cut.ROLE: role,
        Cut.DEPARTMENT: person.department,
        Cut.GRADE: person.grade.name if person.grade else "",
        Cut.LOCATION: person.location,
    }


def roles_in(program: Program) -> dict[int, str]:
    """{person id: mentor | mentee} in the program's pairs; who is both counts as mentor."""
    met = [*LIVE, PairingState.COMPLETED, PairingState.ENDED]
    pairs = Pairing.objects.filter(program=program, state__in=met)
    roles: dict[int, str] = {}
    for mentee in pairs.values_list("mentee_id", flat=True):
        roles[mentee] = PairRole.MENTEE.value
    for mentor in pairs.values_list("mentor_id", flat=True):
        roles[mentor] = PairRole.MENTOR.value
    return roles
