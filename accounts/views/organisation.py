"""HR's pages about grades and changed addresses."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain import addresses
from accounts.domain import grades as domain
from accounts.enums import AddressChangeState
from accounts.forms.people import GradeForm
from accounts.models import AddressChange, Grade
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import page_of, redirect_htmx, require, respond
from common.text import whole_number

DECISIONS = {"confirm": addresses.confirm, "reject": addresses.reject}


def grades(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The ladder: rename, order, add, remove. One form per row; its button says what to do."""
    require(request.user, "accounts.manage_grades")
    form = GradeForm()
    error = ""
    if request.method == "POST":
        try:
            return change_grade(request)
        except DomainError as problem:
            error = " ".join(problem.messages)
            if request.POST.get("action") == "add":
                form = GradeForm(request.POST)
                form.add_error("name", problem)
    context = {"form": form, "grades": domain.with_counts(), "error": error}
    return respond(request, "accounts/grades.html", context, status=422 if error else 200)


def change_grade(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Do what the button says. DomainError where that is not possible."""
    action, name = request.POST.get("action", ""), request.POST.get("name", "")
    if action == "add":
        domain.add(actor=request.user, name=name)
        messages.success(request, _("The grade is added at the top. Move it to its place."))
        return redirect_htmx(request, reverse("accounts:grades"))

    grade = posted_grade(request)
    if action == "rename":
        grade = domain.rename(actor=request.user, grade=grade, name=name)
        text = _("The grade is called “%(name)s” now.")
    elif action in {"up", "down"}:
        domain.move(actor=request.user, grade=grade, up=action == "up")
        text = _("“%(name)s” has been moved.")
    elif action == "remove":
        domain.remove(actor=request.user, grade=grade)
        text = _("“%(name)s” is removed.")
    else:
        text = ""
    if text:
        messages.success(request, text % {"name": grade.name})
    return redirect_htmx(request, reverse("accounts:grades"))


def posted_grade(request: AuthenticatedHttpRequest) -> Grade:
    """The grade whose form was sent, or 404."""
    number = request.POST.get("grade", "")
    return get_object_or_404(Grade, pk=whole_number(number) or 0)


@require_safe
def address_change_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Changed addresses: those to decide first, then what was decided."""
    require(request.user, "accounts.confirm_address")
    changes = AddressChange.objects.visible_to(request.user).select_related("person", "decided_by")
    waiting = changes.filter(state=AddressChangeState.PENDING)
    decided = changes.exclude(state=AddressChangeState.PENDING).order_by("-decided_at", "-id")
    context = {"waiting": page_of(request, waiting), "decided": decided[:20]}
    return respond(request, "accounts/address_change_list.html", context)


def address_change_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Old and new side by side; confirm or reject."""
    changes = AddressChange.objects.visible_to(request.user).select_related("person", "decided_by")
    change = get_object_or_404(changes, public_id=public_id)
    require(request.user, "accounts.confirm_address", change)
    decide = DECISIONS.get(request.POST.get("decision", ""))
    error = ""
    if request.method == "POST" and decide:
        try:
            decided = decide(actor=request.user, change=change)
        except DomainError as problem:
            error = " ".join(problem.messages)
        else:
            messages.success(request, in_words(decided))
            return redirect_htmx(request, reverse("accounts:address_change_list"))
    context = {
        "change": change,
        "error": error,
        "pending": change.state == AddressChangeState.PENDING,
    }
    status = 422 if error else 200
    return respond(request, "accounts/address_change_detail.html", context, status=status)


def in_words(change: AddressChange) -> str:
    """What has been decided, for the one who decided."""
    text = _("%(name)s keeps the old address. Both addresses are told.")
    if change.state == AddressChangeState.CONFIRMED:
        text = _("%(name)s signs in with the new address from now on. Both addresses are told.")
    return text % {"name": change.person.name}
