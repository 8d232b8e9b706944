"""Inviting people: by what the directory says about them, or by a pasted list of addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import page_of, posted, redirect_htmx, respond
from programs.domain import answers, invitations
from programs.domain.eligibility import eligible_roles, invitable, suggested_role
from programs.enums import PairRole
from programs.forms.lists import InviteFilter, InviteListForm
from programs.labels import side_labels
from programs.models import Program
from programs.views.programs import managed_program

ADDRESS = re.compile(r"[^\s<>,;\"'()]+@[^\s<>,;\"'()]+")


def invite(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Invite by filter: the page shows how many and who, and a POST invites them.

    If they have changed since the page was shown, it shows them again instead.
    """
    program = managed_program(request, public_id)
    form = InviteFilter(request.GET, program=program)
    arguments = form.arguments()
    people = invitable(program, **arguments)
    page = page_of(request, people, 25)
    total, problem = page.paginator.count, ""
    if request.method == "POST":
        if str(total) == request.POST.get("total"):
            problem = send(request, program, list(people), arguments["role"])
        else:
            problem = _(
                "The directory or the program has changed meanwhile. This is who would be "
                "invited now."
            )
        if not problem:
            return to_people(request, program)
    context = {
        "program": program,
        "form": form,
        "page": page,
        "rows": with_roles(program, page, arguments["role"]),
        "total": total,
        "problem": problem,
        "is_open": answers.is_open(program),
        "inside": program.enrolments.exists(),
    }
    status = 422 if problem else 200
    return respond(request, "programs/invite.html", context, partial="rows", status=status)


def to_people(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    """On to the people of the program."""
    return redirect_htmx(request, reverse("programs:enrolment_list", args=[program.public_id]))


def send(
    request: AuthenticatedHttpRequest, program: Program, people: list[User], role: PairRole | None
) -> str:
    """Invite people; the text says what went wrong, if anything."""
    try:
        result = invitations.invite(actor=request.user, program=program, people=people, role=role)
    except DomainError as error:
        return " ".join(error.messages)
    count = len(result.enrolments)
    messages.success(
        request,
        ngettext(
            "%(n)d person is invited; the mail is on its way.",
            "%(n)d people are invited; the mails are on their way.",
            count,
        )
        % {"n": count},
    )
    return ""


def with_roles(
    program: Program, people: Iterable[User], role: PairRole | None
) -> list[dict[str, Any]]:
    """Each person with the side to which they would be invited."""
    labels = side_labels(program)
    rows = []
    for person in people:
        as_role = role or suggested_role(program, person)
        rows.append({"person": person, "label": labels[as_role] if as_role else ""})
    return rows


@dataclass
class Checked:
    """A pasted list: the people who can be invited, and a problem for each line that fails."""

    people: list[User] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, text: str, problem: str) -> None:
        """Note why a line or an address cannot be used."""
        self.problems.append({"line": line, "text": text, "problem": problem})


def check_lines(program: Program, text: str, role: PairRole | None) -> Checked:
    """Read the addresses line by line. Four queries, however many lines."""
    lines = list(addresses_by_line(text))
    wanted = {address for _number, _line, addresses in lines for address in addresses}
    people = User.objects.filter(email__in=wanted).select_related("grade")
    known = {person.email: person for person in people}
    enrolled = program.enrolments.filter(person__in=known.values())
    inside = set(enrolled.values_list("person_id", flat=True))

    checked = Checked()
    seen: set[str] = set()
    for number, line, addresses in lines:
        if not addresses:
            checked.refuse(number, line, _("no e-mail address in this line"))
        for address in addresses:
            person = known.get(address)
            if address in seen:
                problem = _("is here twice")
            else:
                problem = why_not(program, person, role, inside)
            seen.add(address)
            if problem or person is None:
                checked.refuse(number, address, problem)
            else:
                checked.people.append(person)
    return checked


def addresses_by_line(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """(number, line, its addresses) of each line that is not empty."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found = [address.lower().rstrip(".") for address in ADDRESS.findall(line)]
            yield number, line.strip(), found


def why_not(program: Program, person: User | None, role: PairRole | None, inside: set[int]) -> str:
    """Why somebody cannot be invited; empty if they can."""
    if person is None:
        return _("nobody in the directory has this address")
    if not person.is_active:
        return _("has left the company")
    if person.pk in inside:
        return _("is in the program already")
    if role is None and suggested_role(program, person) is None and eligible_roles(program, person):
        return _("could be on either side: choose one above")
    if (role or suggested_role(program, person)) not in eligible_roles(program, person):
        return _("outside the grades or departments of this program")
    return ""


def invite_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Invite by addresses: "check" shows what each line means, "send" invites those who can be."""
    program = managed_program(request, public_id)
    form = InviteListForm(posted(request), program=program)
    checked, problem = None, ""
    role: PairRole | None = None
    if request.method == "POST" and form.is_valid():
        role = PairRole(form.cleaned_data["role"]) if form.cleaned_data["role"] else None
        checked = check_lines(program, form.cleaned_data["addresses"], role)
        if "send" in request.POST and checked.people:
            problem = send(request, program, checked.people, role)
            if not problem:
                return to_people(request, program)
    context = {
        "program": program,
        "form": form,
        "checked": checked,
        "rows": with_roles(program, checked.people, role) if checked else [],
        "problem": problem,
        "is_open": answers.is_open(program),
    }
    status = 422 if form.errors or problem else 200
    return respond(request, "programs/invite_list.html", context, status=status)
