"""Inviting people: by what the directory says about them, or by a pasted list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
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
from programs.domain.eligibility import eligible_people, invitable, suggested_role
from programs.domain.pasted import Checked, check_lines, why_not, with_choices
from programs.domain.sides import Sides, sides_with
from programs.enums import PairRole
from programs.forms.invite import (
    MOST_LEFT_OUT,
    InviteFilter,
    InviteListForm,
    InvitePersonForm,
)
from programs.labels import side_label, side_labels
from programs.models import Program, ProgramStaff
from programs.views.programs import managed_program


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
    sides = _sides_of(program, people, page, arguments["role"])
    context = {
        "program": program,
        "form": form,
        "sending": sending,
        **_people_found(program, page, arguments["role"]),
        "imbalance": imbalance_words(program, sides),
        "staff": _staff_left_out(program, arguments),
        **_left_out(request, form),
        **whether_open(program),
        "inside": sides.more > 0,  # read where nobody fits: then it is those of the program alone
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


def whether_open(program: Program) -> dict[str, Any]:
    """Whether people can be invited, and until when they may answer if it is late."""
    return {
        "is_open": invitations.may_invite(program),
        "late_until": invitations.late_until(program),
    }


def _sides_of(
    program: Program, people: QuerySet[User], page: Page[User], role: PairRole | None
) -> Sides:
    """The sides of the program once these people are invited."""
    total = page.paginator.count
    mentors = total if role == PairRole.MENTOR else 0
    if role is None:
        possible = eligible_people(program, PairRole.MENTOR).values("pk")
        mentors = people.filter(pk__in=possible).count()
    return sides_with(program, mentors=mentors, mentees=total - mentors)


def imbalance_words(program: Program, sides: Sides) -> str:
    """What happens if the sides stay so uneven, and what to do; empty while they fit."""
    if not sides.out_of_balance:
        return ""
    values = {
        "more": sides.more,
        "fewer": sides.fewer,
        "alone": sides.alone,
        "many": side_label(program, sides.larger, plural=True),
        "few": side_label(program, sides.smaller, plural=True),
    }
    if not sides.fewer:
        text = _(
            "With these invitations the program has %(more)d %(many)s and no %(few)s yet. Invite "
            "%(few)s too, or nobody can be matched."
        )
        return text % values
    text = _(
        "With these invitations the program has %(more)d %(many)s for %(fewer)d %(few)s. If all "
        "take part and each has one partner, %(alone)d %(many)s stay without one. Invite more "
        "%(few)s, or fewer %(many)s: narrow the filter, or leave single people out."
    )
    return text % values


def _staff_left_out(program: Program, arguments: dict[str, Any]) -> list[ProgramStaff]:
    """Those who would be invited if they had no role in the program."""
    fitting = invitable(program, **arguments, with_staff=True).order_by()
    roles = program.staff.filter(person__in=fitting.values("pk")).select_related("person")
    return list(roles.order_by("person__sort_key", "role"))


def _left_out(request: AuthenticatedHttpRequest, form: InviteFilter) -> dict[str, Any]:
    """The people left out by hand, with the addresses that change who is."""
    ids = form.left_out()
    people = User.objects.active().filter(public_id__in=ids) if ids else []
    out = [(person, address_with(request, ids, undo=str(person.public_id))) for person in people]
    may_leave_out = len(ids) < MOST_LEFT_OUT
    return {"left_out": out, "may_leave_out": may_leave_out, "most_left_out": MOST_LEFT_OUT}


def address_with(request: AuthenticatedHttpRequest, ids: list[str], *, undo: str) -> str:
    """The address of this page with one person fewer left out."""
    query = request.GET.copy()
    query.pop("page", None)
    query.setlist("out", [one for one in ids if one != undo])
    return f"?{query.urlencode()}#rows"


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


def _who_it_would_be(program: Program, checked: Checked, role: PairRole | None) -> dict[str, Any]:
    """The rows of the page, and a warning where the sides do not fit."""
    roles = [role or suggested_role(program, person) for person in checked.people]
    mentors = roles.count(PairRole.MENTOR)
    sides = sides_with(program, mentors=mentors, mentees=len(roles) - mentors)
    return {
        "checked": checked,
        "rows": with_roles(program, checked.people, role),
        "imbalance": imbalance_words(program, sides) if checked.people else "",
    }


def invite_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Invite by addresses and names: "check" shows what each line means, "send" invites.

    Who is chosen for a name that several have stands in the list from then on, and is shown first.
    """
    program = managed_program(request, public_id)
    form = InviteListForm(posted(request), program=program)
    context = {"program": program, **whether_open(program)}
    if form.is_valid():
        role = form.chosen_role()
        has_chosen = _write_choices(form)
        checked = check_lines(program, form.cleaned_data["people"], role)
        context |= _who_it_would_be(program, checked, role)
        if "send" in request.POST and checked.people and not has_chosen:
            with show_refusal(form):
                send(request, program, checked.people, role)
                return to_people(request, program)
    return form_page(request, "programs/invite_list.html", form, context)


def _write_choices(form: InviteListForm) -> bool:
    """Put the addresses of those who were chosen into the list; whether there were any."""
    choices = form.choices()
    if choices:
        form.cleaned_data["people"] = with_choices(form.cleaned_data["people"], choices)
        form.data = {**dict(form.data.items()), "people": form.cleaned_data["people"]}
    return bool(choices)


def invite_person(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Invite one person by name, those who have a role in the program too."""
    program = managed_program(request, public_id)
    form = InvitePersonForm(posted(request), program=program)
    if form.is_valid():
        with show_refusal(form, "person"):
            person, role = form.cleaned_data["person"], form.chosen_role()
            _refuse_person(program, person, role)
            send(request, program, [person], role)
            return to_people(request, program)
    context = {"program": program, **whether_open(program)}
    return form_page(request, "programs/invite_person.html", form, context)


def _refuse_person(program: Program, person: User, role: PairRole | None) -> None:
    """DomainError where somebody cannot be invited."""
    problem = why_not(program, person, role, invitations.enrolled_ids(program, [person]))
    if problem:
        text = _("%(name)s cannot be invited: %(problem)s.")
        raise DomainError(text % {"name": person.name, "problem": problem})
