"""A pasted list of people, by address or by name: whom each line means, and why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.search import exactly, find_each
from programs.domain import invitations
from programs.domain.eligibility import eligible_roles
from programs.enums import PairRole
from programs.models import Program

ADDRESS = re.compile(r"[^\s<>,;\"'()]+@[^\s<>,;\"'()]+")
MOST_CHOICES = 8  # people whom a line offers


@dataclass(frozen=True)
class Line:
    """A line that is not empty, its number, and the addresses in it."""

    number: int
    text: str
    addresses: list[str]


@dataclass(frozen=True)
class Meant:
    """Whom a line, or an address in it, means; otherwise why nobody, and those it may mean."""

    line: int
    text: str
    person: User | None
    problem: str = ""
    choices: list[User] = field(default_factory=list)


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be used; `choices`: those of whom one may be meant."""

    line: int
    text: str
    problem: str
    choices: list[User] = field(default_factory=list)


@dataclass
class Checked:
    """A pasted list: the people who can be invited, and a problem for each line that fails."""

    people: list[User] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def lines_of(text: str) -> Iterator[Line]:
    """Each line that is not empty."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found = [address.lower().rstrip(".") for address in ADDRESS.findall(line)]
            yield Line(number, line.strip(), found)


def with_choices(text: str, choices: dict[int, str]) -> str:
    """The list with what was chosen, {number of a line: an address}, in place of these lines."""
    lines = text.splitlines()
    for number, address in choices.items():
        if 0 < number <= len(lines):
            lines[number - 1] = f"{lines[number - 1].strip()} <{address}>"
    return "\n".join(lines)


def check_lines(program: Program, text: str, role: PairRole | None) -> Checked:
    """Read the list line by line. Five queries, however many lines."""
    all_meant = list(_meant(list(lines_of(text))))
    inside = invitations.enrolled_ids(program, [one.person for one in all_meant if one.person])
    staff = set(program.staff.values_list("person_id", flat=True))

    checked = Checked()
    seen: set[int] = set()
    for one in all_meant:
        problem = one.problem
        if one.person is not None:
            problem = why_not(program, one.person, role, inside)
            if not problem and one.person.pk in staff:
                problem = _("has a role in this program: invite them by name if you mean it")
            if one.person.pk in seen:
                problem = _("is here twice")
            seen.add(one.person.pk)
        if problem or one.person is None:
            checked.problems.append(Problem(one.line, one.text, problem, one.choices))
        else:
            checked.people.append(one.person)
    return checked


def _meant(lines: list[Line]) -> Iterator[Meant]:
    """Whom each line and address means. Three queries."""
    by_address = _people_by_address(lines)
    by_name = find_each(line.text for line in lines if not line.addresses)
    for line in lines:
        for address in line.addresses:
            person = by_address.get(address)
            problem = "" if person else _("nobody in the directory has this address")
            yield Meant(line.number, address, person, problem)
        if not line.addresses:
            yield _meant_by_name(line, by_name[line.text])


def _meant_by_name(line: Line, found: list[User]) -> Meant:
    """The one of those found whose whole name it is, or those to choose from."""
    person = exactly(found, line.text)
    if person is not None:
        return Meant(line.number, line.text, person)
    choices = found if len(found) <= MOST_CHOICES else []
    return Meant(line.number, line.text, None, _why_nobody(found), choices)


def _why_nobody(found: list[User]) -> str:
    if not found:
        return _("nobody in the directory is called so")
    if len(found) > MOST_CHOICES:
        return _("several people are called so: write the e-mail address")
    return _("choose whom you mean")


def _people_by_address(lines: list[Line]) -> dict[str, User]:
    """{address: person} of the addresses that the directory knows."""
    wanted: set[str] = set()
    for line in lines:
        wanted.update(line.addresses)
    people = User.objects.filter(email__in=wanted).select_related("grade")
    return {person.email: person for person in people}


def why_not(program: Program, person: User, role: PairRole | None, inside: Iterable[int]) -> str:
    """Why somebody cannot be invited; empty if they can. `inside`: who is in the program."""
    if not person.is_active:
        return _("has left the company")
    if person.pk in inside:
        return _("is in the program already")

    possible = eligible_roles(program, person)
    if role is None and len(possible) > 1:
        return _("could be on either side: choose one above")
    if not possible or role not in {None, *possible}:
        return _("outside the grades or departments of this program")
    return ""
