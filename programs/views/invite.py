"""Inviting people: by what the directory says about them, or by a pasted list of addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import page_of, redirect_htmx, respond
from programs.domain import answers, invitations
from programs.domain.eligibility import eligible_roles, invitable, suggested_role
from programs.enums import PairRole
from programs.forms.lists import InviteFilter, InviteListForm
from programs.models import Program
from programs.views.programs import managed_program

ADDRESS = re.compile(r"[^\s<>,;\"'()]+@[^\s<>,;\"'()]+")


def invite(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """By filter: shows how many and who; a POST sends to exactly these, or shows them again when
    they have changed.
    """
    program = managed_program(request, public_id)
    form = InviteFilter(request.GET, program=program)
    arguments = form.arguments()
    people = invitable(program, **arguments)
    page = page_of(request, people, 25)
    total, problem = page.paginator.count, ""
    if request.method == "POST":
        if str(total) != request.POST.get("total"):
            problem = _(
                "The directory or the program has changed meanwhile. This is who would be "
                "invited now."
            )
        else:
            problem = send(request, program, list(people), arguments["role"])
        if not problem:
            return redirect_htmx(
                request, reverse("programs:enrolment_list", args=[program.public_id])
            )
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
    return respond(
        request, "programs/invite.html", context, partial="rows", status=422 if problem else 200
    )


def send(
    request: AuthenticatedHttpRequest, program: Program, people: list[User], role: PairRole | None
) -> str:
    """Invite them; an objection of the domain comes back as text."""
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


def with_roles(program: Program, people: Any, role: PairRole | None) -> list[dict[str, Any]]:
    """Each person with the side they would be invited to."""
    labels = {PairRole.MENTOR: program.mentor_label, PairRole.MENTEE: program.mentee_label}
    rows = []
    for person in people:
        as_role = role or suggested_role(program, person)
        rows.append({"person": person, "label": labels[as_role] if as_role else ""})
    return rows


@dataclass
class Checked:
    """What a pasted list comes to: people who can be invited, and a reason for each line that
    cannot.
    """

    people: list[User] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


def check_lines(program: Program, text: str, role: PairRole | None) -> Checked:
    """Read the addresses line by line. Four queries, however many lines."""
    lines = [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    addresses = {
        number: [found.lower().rstrip(".") for found in ADDRESS.findall(line)]
        for number, line in lines
    }
    wanted = {address for found in addresses.values() for address in found}
    known = {
        person.email: person
        for person in User.objects.filter(email__in=wanted).select_related("grade")
    }
    inside = set(
        program.enrolments.filter(person__in=known.values()).values_list("person_id", flat=True)
    )
    checked, seen = Checked(), set()
    for number, line in lines:
        if not addresses[number]:
            checked.problems.append(
                {"line": number, "text": line, "problem": _("no e-mail address in this line")}
            )
        for address in addresses[number]:
            person = known.get(address)
            problem = "" if address not in seen else _("stands here twice")
            problem = problem or why_not(program, person, role, inside)
            seen.add(address)
            if problem or person is None:
                checked.problems.append({"line": number, "text": address, "problem": problem})
            else:
                checked.people.append(person)
    return checked


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
    """By addresses: "check" says what each line comes to, "send" invites those who can be."""
    program = managed_program(request, public_id)
    form = InviteListForm(request.POST if request.method == "POST" else None, program=program)
    checked, problem = None, ""
    role: PairRole | None = None
    if request.method == "POST" and form.is_valid():
        role = PairRole(form.cleaned_data["role"]) if form.cleaned_data["role"] else None
        checked = check_lines(program, form.cleaned_data["addresses"], role)
        if "send" in request.POST and checked.people:
            problem = send(request, program, checked.people, role)
            if not problem:
                return redirect_htmx(
                    request, reverse("programs:enrolment_list", args=[program.public_id])
                )
    context = {
        "program": program,
        "form": form,
        "checked": checked,
        "rows": with_roles(program, checked.people, role) if checked else [],
        "problem": problem,
        "is_open": answers.is_open(program),
    }
    return TemplateResponse(
        request, "programs/invite_list.html", context, status=422 if form.errors or problem else 200
    )
