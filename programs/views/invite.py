"""Inviting people: by what the directory says about them, or by a pasted list of addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page
from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.forms import show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, respond
from programs.domain import invitations
from programs.domain.eligibility import eligible_roles, invitable, suggested_role
from programs.enums import PairRole
from programs.forms.lists import InviteFilter, InviteListForm
from programs.labels import side_labels
from programs.models import Program
from programs.views.programs import managed_program

ADDRESS = re.compile(r"[^\s<>,;\"'()]+@[^\s<>,;\"'()]+")
Line = tuple[int, str, list[str]]


def invite(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Invite by filter: the page shows how many and who, and a POST invites them.

    If they have changed since the page was shown, it shows them again instead.
    """
    program = managed_program(request, public_id)
    form = InviteFilter(request.GET, program=program)
    arguments = form.arguments()
    people = invitable(program, **arguments)
    page = page_of(request, people, 25)
    sending = Form(posted(request))
    if sending.is_valid():
        with show_refusal(sending):
            _refuse_other_total(request, page)
            send(request, program, list(people), arguments["role"])
            return to_people(request, program)
    context = {
        "program": program,
        "form": form,
        "sending": sending,
        **_people_found(program, page, arguments["role"]),
        "is_open": invitations.may_invite(program),
        "late_until": invitations.late_until(program),
        "inside": program.enrolments.exists(),
    }
    status = 422 if sending.errors else 200
    return respond(request, "programs/invite.html", context, partial="rows", status=status)


def _people_found(program: Program, page: Page[User], role: PairRole | None) -> dict[str, Any]:
    """The page of those who would be invited, and how many they are in all."""
    return {
        "page": page,
        "rows": with_roles(program, page, role),
        "total": page.paginator.count,
    }


def _refuse_other_total(request: AuthenticatedHttpRequest, page: Page[User]) -> None:
    """DomainError if the number of people is not the one that the page showed."""
    if str(page.paginator.count) != request.POST.get("total"):
        text = _(
            "The directory or the program has changed meanwhile. This is who would be invited now."
        )
        raise DomainError(text)


def to_people(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    """On to the people of the program."""
    return redirect_htmx(request, "programs:enrolment_list", program.public_id)


def send(
    request: AuthenticatedHttpRequest, program: Program, people: list[User], role: PairRole | None
) -> None:
    """Invite people, and say how many. DomainError as `invitations.invite`."""
    result = invitations.invite(actor=request.user, program=program, people=people, role=role)
    count = len(result.enrolments)
    text = ngettext(
        "%(n)d person is invited; the mail is on its way.",
        "%(n)d people are invited; the mails are on their way.",
        count,
    )
    messages.success(request, text % {"n": count})


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

    def add(self, line: int, address: str, person: User | None, problem: str) -> None:
        """Note a person who can be invited, or why not."""
        if problem or person is None:
            self.refuse(line, address, problem)
        else:
            self.people.append(person)


def check_lines(program: Program, text: str, role: PairRole | None) -> Checked:
    """Read the addresses line by line. Four queries, however many lines."""
    lines = list(addresses_by_line(text))
    known = _people_by_address(lines)
    inside = invitations.enrolled_ids(program, known.values())
    checked = Checked()
    seen: set[str] = set()
    for number, line, addresses in lines:
        if not addresses:
            checked.refuse(number, line, _("no e-mail address in this line"))
        for address in addresses:
            person = known.get(address)
            problem = why_not(program, person, role, inside)
            if address in seen:
                problem = _("is here twice")
            checked.add(number, address, person, problem)
            seen.add(address)
    return checked


def _people_by_address(lines: list[Line]) -> dict[str, User]:
    """{address: person} of the addresses that the directory knows."""
    wanted: set[str] = set()
    for _number, _line, addresses in lines:
        wanted.update(addresses)
    people = User.objects.filter(email__in=wanted).select_related("grade")
    return {person.email: person for person in people}


def addresses_by_line(text: str) -> Iterator[Line]:
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

    possible = eligible_roles(program, person)
    if role is None and len(possible) > 1:
        return _("could be on either side: choose one above")
    if not possible or role not in {None, *possible}:
        return _("outside the grades or departments of this program")
    return ""


def invite_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Invite by addresses: "check" shows what each line means, "send" invites those who can be."""
    program = managed_program(request, public_id)
    form = InviteListForm(posted(request), program=program)
    context = {
        "program": program,
        "is_open": invitations.may_invite(program),
        "late_until": invitations.late_until(program),
    }
    if form.is_valid():
        role = form.chosen_role()
        checked = check_lines(program, form.cleaned_data["addresses"], role)
        context |= {"checked": checked, "rows": with_roles(program, checked.people, role)}
        if "send" in request.POST and checked.people:
            with show_refusal(form):
                send(request, program, checked.people, role)
                return to_people(request, program)
    return form_page(request, "programs/invite_list.html", form, context)
