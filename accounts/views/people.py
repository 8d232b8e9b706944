"""HR's pages about people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import blocks, hr_admins
from accounts.domain import people as domain
from accounts.enums import FactorResetState
from accounts.forms.people import BlockForm, HRAdminForm, PeopleFilter, PersonEditForm, PersonForm
from accounts.models import AddressChange, PairBlock, User
from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import ask, has_just_proven, step_up_for_download, step_up_required
from common import audit
from common.changes import one_after_another
from common.exports import csv_response, xlsx_response
from common.forms import show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, require, respond

REPORTS_SHOWN = 20
# the columns of the export; an import understands them
EXPORTED = [
    gettext_lazy("Employee id"),
    gettext_lazy("Name"),
    gettext_lazy("E-mail address"),
    gettext_lazy("Job title"),
    gettext_lazy("Department"),
    gettext_lazy("Location"),
    gettext_lazy("Time zone"),
    gettext_lazy("Grade"),
    gettext_lazy("Manager’s employee id"),
    gettext_lazy("Manager’s e-mail address"),
    gettext_lazy("Hired on"),
    gettext_lazy("Active"),
    gettext_lazy("HR admin"),
]


@require_safe
def people_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Everybody: search, filter, sort, page, export."""
    require(request.user, "accounts.list_people")
    form = PeopleFilter(request.GET)
    people = form.people().select_related("grade", "manager")
    context = {
        "filter_form": form,
        "page": page_of(request, people, per_page=50),
        "addresses_waiting": AddressChange.objects.pending().count(),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "here": bool(request.GET),
    }
    return respond(request, "accounts/people_list.html", context)


@require_safe
@step_up_for_download
def people_export(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    """The people of the same filter as CSV or XLSX; asks who you are again after a while."""
    require(request.user, "accounts.list_people")
    audit.record("people.exported", request.user, actor=request.user)
    people = PeopleFilter(request.GET).people().select_related("grade", "manager")

    header = [str(label) for label in EXPORTED]
    rows = (export_row(person) for person in people.iterator(chunk_size=2_000))
    if request.GET.get("format") == "xlsx":
        return xlsx_response("people", header, rows)
    return csv_response("people", header, rows)


def export_row(person: User) -> list[Any]:
    """The cells of a person, in the order of EXPORTED."""
    manager = person.manager
    return [
        person.employee_id,
        person.name,
        person.email,
        person.job_title,
        person.department,
        person.location,
        person.time_zone,
        person.grade,
        manager and manager.employee_id,
        manager and manager.email,
        person.hired_on,
        person.is_active,
        person.is_hr_admin,
    ]


@require_safe
def person_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What is known of a person; for HR also what can be done."""
    person = visible_person(request, public_id)
    manages = request.user.has_perm("accounts.manage_people", person)
    reports = person.reports.active().order_by("sort_key", "id")
    context: dict[str, Any] = {
        "person": person,
        "manages": manages,
        "reports_count": reports.count(),
    }
    if manages:
        context["reports"] = reports[:REPORTS_SHOWN]
        context |= shown_to_hr(person)
    return respond(request, "accounts/person_detail.html", context)


def shown_to_hr(person: User) -> dict[str, Any]:
    """What only HR sees of a person."""
    others = [block.other_of(person) for block in blocks.blocks_of(person)]
    return {
        "blocked": sorted(others, key=lambda one: one.sort_key),
        "address_change": person.address_changes.pending().first(),
        "factor_reset": person.factor_resets.filter(state=FactorResetState.PENDING).exists(),
    }


def person_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add somebody by hand."""
    require(request.user, "accounts.manage_people")
    form = PersonForm(posted(request))
    if form.is_valid():
        with show_refusal(form):
            person = domain.create_person(actor=request.user, **form.cleaned_data)
            text = _("%(name)s can sign in now, by a code that is mailed to them.")
            messages.success(request, text % {"name": person.name})
            return to_person(request, person)
    return form_page(request, "accounts/person_new.html", form)


@one_after_another
def person_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Employee id, grade, address."""
    person = managed(request, public_id)
    form = PersonEditForm(posted(request), person=person)
    if form.is_valid():
        is_new_address = form.cleaned_data["email"].strip().lower() != person.email
        if is_new_address and not has_just_proven(request):
            return ask(request, request.path)
        with show_refusal(form):
            domain.edit_by_hr(actor=request.user, person=person, **form.cleaned_data)
            if is_new_address:
                return to_address_changes(request)
            messages.success(request, _("Saved."))
            return to_person(request, person)
    return form_page(request, "accounts/person_edit.html", form, {"person": person})


def hr_admin_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Who is an HR admin, and whom to make one: found by name, asked on the next page."""
    require(request.user, "accounts.list_people")
    form = HRAdminForm(posted(request))
    if form.is_valid():
        public_id = form.cleaned_data["person"].public_id
        return redirect_htmx(request, "accounts:person_hr_admin", public_id)
    context = {"admins": User.objects.hr_admins().select_related("hr_admin_made_by")}
    return form_page(request, "accounts/hr_admin_list.html", form, context)


@step_up_required
def person_hr_admin(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then give or take the rights of an HR admin."""
    person = managed(request, public_id)
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            wanted = request.POST.get("rights") == "give"
            hr_admins.set_hr_admin(actor=request.user, person=person, value=wanted)
            text = _("%(name)s is no longer an HR admin.")
            if person.is_hr_admin:
                text = _("%(name)s is an HR admin now.")
            messages.success(request, text % {"name": person.name})
            return redirect_htmx(request, "accounts:hr_admin_list")
    return form_page(request, "accounts/person_hr_admin.html", form, {"person": person})


def person_blocks(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Whom this person must not be paired with."""
    person = managed(request, public_id)
    form = BlockForm(posted(request))
    if form.is_valid():
        with show_refusal(form, "person"):
            blocks.block(actor=request.user, one=person, other=form.cleaned_data["person"])
            messages.success(request, _("From now on the two are never paired."))
            return redirect_htmx(request, request.path)
    context = {"person": person, "rows": block_rows(person)}
    return form_page(request, "accounts/person_blocks.html", form, context)


def block_rows(person: User) -> list[dict[str, Any]]:
    """The blocks of a person, each with the other one of the two."""
    rows = [{"block": row, "other": row.other_of(person)} for row in blocks.blocks_of(person)]
    return sorted(rows, key=lambda row: row["other"].sort_key)


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
    return redirect_htmx(request, "accounts:person_blocks", person.public_id)


def to_address_changes(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Lead to the list in which the new address waits."""
    messages.success(request, _("Saved. The new address waits to be confirmed."))
    return redirect_htmx(request, "accounts:address_change_list")


def to_person(request: AuthenticatedHttpRequest, person: User) -> HttpResponse:
    """Lead to the page of the person."""
    return redirect_htmx(request, "accounts:person_detail", person.public_id)


def visible_person(request: AuthenticatedHttpRequest, public_id: UUID) -> User:
    """The person, with grade and manager. 404 where one may not know of them."""
    people = User.objects.visible_to(request.user).select_related("grade", "manager")
    return get_object_or_404(people, public_id=public_id)


def managed(request: AuthenticatedHttpRequest, public_id: UUID) -> User:
    """The person; 404 where one may not know of them, 403 where one may only look."""
    person = visible_person(request, public_id)
    require(request.user, "accounts.manage_people", person)
    return person
