"""HR's pages about people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import blocks
from accounts.domain import people as domain
from accounts.enums import AddressChangeState
from accounts.forms.people import BlockForm, PeopleFilter, PersonEditForm, PersonForm
from accounts.models import AddressChange, PairBlock, User
from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_required
from common import audit
from common.errors import DomainError
from common.exports import csv_response, xlsx_response
from common.http import page_of, posted, redirect_htmx, require

REPORTS_SHOWN = 20


@require_safe
def people_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Everybody: search, filter, sort, page, export."""
    require(request.user, "accounts.list_people")
    form = PeopleFilter(request.GET)
    people = form.people().select_related("grade", "manager")
    context = {
        "filter_form": form,
        "page": page_of(request, people, per_page=50),
        "addresses_waiting": AddressChange.objects.filter(state=AddressChangeState.PENDING).count(),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "here": bool(request.GET),
    }
    return render(request, "accounts/people_list.html", context)


@require_safe
@step_up_required
def people_export(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    """The people of the same filter as CSV or XLSX; asks who you are again after a while."""
    require(request.user, "accounts.list_people")
    audit.record("people.exported", request.user, actor=request.user)
    people = PeopleFilter(request.GET).people().select_related("grade", "manager")
    header = [
        *(
            _("Employee id"),
            _("Name"),
            _("E-mail address"),
            _("Job title"),
            _("Department"),
            _("Location"),
            _("Time zone"),
        ),
        *(
            _("Grade"),
            _("Manager’s employee id"),
            _("Manager’s e-mail address"),
            _("Hired on"),
            _("Active"),
            _("HR admin"),
        ),
    ]

    def rows() -> Iterator[list[Any]]:
        for person in people.iterator(chunk_size=2_000):
            manager = person.manager
            yield [
                *(
                    person.employee_id,
                    person.name,
                    person.email,
                    person.job_title,
                    person.department,
                    person.location,
                ),
                *(
                    person.time_zone,
                    person.grade,
                    manager and manager.employee_id,
                    manager and manager.email,
                ),
                *(person.hired_on, person.is_active, person.is_hr_admin),
            ]

    if request.GET.get("format") == "xlsx":
        return xlsx_response("people", header, rows())
    return csv_response("people", header, rows())


@require_safe
def person_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What is known of a person: by the person, without what HR can do, and by HR."""
    people = User.objects.visible_to(request.user).select_related("grade", "manager")
    person = get_object_or_404(people, public_id=public_id)
    manages = request.user.has_perm("accounts.manage_people", person)
    reports = person.reports.filter(is_active=True).order_by("sort_key", "id")
    context: dict[str, Any] = {
        "person": person,
        "manages": manages,
        "reports_count": reports.count(),
    }
    if manages:
        context |= {
            "reports": reports[:REPORTS_SHOWN],
            "blocked": [
                block.second if block.first_id == person.pk else block.first
                for block in blocks.blocks_of(person)
            ],
            "address_change": person.address_changes.filter(
                state=AddressChangeState.PENDING
            ).first(),
        }
    return render(request, "accounts/person_detail.html", context)


def person_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add somebody by hand."""
    require(request.user, "accounts.manage_people")
    form = PersonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            person = domain.create_person(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                _("%(name)s can sign in now, by a code that is mailed to them.")
                % {"name": person.name},
            )
            return redirect_htmx(
                request, reverse("accounts:person_detail", args=[person.public_id])
            )
    return render(
        request, "accounts/person_new.html", {"form": form}, status=422 if form.errors else 200
    )


def person_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Employee id, grade, address."""
    person = managed(request, public_id)
    form = PersonEditForm(posted(request), person=person)
    if request.method == "POST" and form.is_valid():
        try:
            domain.edit_by_hr(actor=request.user, person=person, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.code if error.code in form.fields else None, error)
        else:
            if form.cleaned_data["email"].strip().lower() != person.email:
                messages.success(request, _("Saved. The new address waits to be confirmed."))
                return redirect_htmx(request, reverse("accounts:address_change_list"))
            messages.success(request, _("Saved."))
            return redirect_htmx(
                request, reverse("accounts:person_detail", args=[person.public_id])
            )
    context = {"form": form, "person": person}
    return render(request, "accounts/person_edit.html", context, status=422 if form.errors else 200)


def person_hr_admin(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then give or take the rights of an HR admin."""
    person = managed(request, public_id)
    error = ""
    if request.method == "POST":
        try:
            domain.set_hr_admin(actor=request.user, person=person, value=not person.is_hr_admin)
        except DomainError as problem:
            error = " ".join(problem.messages)
        else:
            text = (
                _("%(name)s is an HR admin now.")
                if person.is_hr_admin
                else _("%(name)s is no longer an HR admin.")
            )
            messages.success(request, text % {"name": person.name})
            return redirect_htmx(
                request, reverse("accounts:person_detail", args=[person.public_id])
            )
    context = {"person": person, "error": error}
    return render(request, "accounts/person_hr_admin.html", context, status=422 if error else 200)


def person_blocks(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Whom this person must not be paired with."""
    person = managed(request, public_id)
    form = BlockForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            blocks.block(actor=request.user, one=person, other=form.cleaned_data["email"])
        except DomainError as error:
            form.add_error("email", error)
        else:
            messages.success(request, _("The two are never paired from now on."))
            return redirect_htmx(request, request.path)
    rows = [
        {"block": block, "other": block.second if block.first_id == person.pk else block.first}
        for block in blocks.blocks_of(person)
    ]
    context = {"person": person, "form": form, "rows": rows}
    return render(
        request, "accounts/person_blocks.html", context, status=422 if form.errors else 200
    )


@require_POST
def person_block_remove(
    request: AuthenticatedHttpRequest, public_id: UUID, block_id: UUID
) -> HttpResponse:
    """They may be paired again."""
    person = managed(request, public_id)
    block = get_object_or_404(PairBlock.objects.visible_to(request.user), public_id=block_id)
    if person.pk in (block.first_id, block.second_id):
        blocks.unblock(actor=request.user, pair_block=block)
        messages.success(request, _("The two may be paired again."))
    return redirect_htmx(request, reverse("accounts:person_blocks", args=[person.public_id]))


def managed(request: AuthenticatedHttpRequest, public_id: UUID) -> User:
    """The person; 404 where one may not know of them, 403 where one may only look."""
    person = get_object_or_404(
        User.objects.visible_to(request.user).select_related("grade", "manager"),
        public_id=public_id,
    )
    require(request.user, "accounts.manage_people", person)
    return cast("User", person)
