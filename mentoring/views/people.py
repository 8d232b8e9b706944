"""What HR does with a person across the apps: leaving, coming back, the programs they are in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import people
from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require, respond
from mentoring.workflows import leavers
from programs.models import Enrolment


def person_deactivate(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then deactivate the person and settle what follows in the other apps."""
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    require(request.user, "accounts.manage_people", person)
    problem = ""
    if request.method == "POST":
        try:
            leavers.deactivate(actor=request.user, person=person)
        except DomainError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(
                request,
                _("%(name)s is deactivated and can no longer sign in.") % {"name": person.name},
            )
            return redirect_htmx(request, "accounts:person_detail", person.public_id)

    pairs = leavers.open_pairs_of([person.pk]).count()
    context = {"person": person, "pairs": pairs, "error": problem}
    status = 422 if problem else 200
    return respond(request, "mentoring/person_deactivate.html", context, status=status)


@require_POST
def person_reactivate(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The person may sign in again."""
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    require(request.user, "accounts.manage_people", person)
    people.reactivate(actor=request.user, person=person)
    messages.success(
        request,
        _("%(name)s can sign in again. Their pairs stay paused until both want to go on.")
        % {"name": person.name},
    )
    return redirect_htmx(request, "accounts:person_detail", person.public_id)


@require_safe
def person_programs(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The programs that a person is in: a part of the person's page, and a page of its own."""
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    require(request.user, "accounts.manage_people", person)
    enrolments = (
        Enrolment.objects.filter(person=person)
        .select_related("program")
        .order_by("-program__starts_on", "-id")
    )
    context = {"person": person, "enrolments": enrolments}
    return respond(request, "mentoring/person_programs.html", context, partial="programs")
