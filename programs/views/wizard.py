"""The program wizard: one step per page, each saved on its own, and a review at the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import respond
from programs.domain import programs as domain
from programs.domain import readiness
from programs.domain.eligibility import eligible_people
from programs.enums import PairRole, ProgramState
from programs.forms.wizard import FORMS, TITLES, PurposeForm, StepForm
from programs.models import Program
from programs.views import mail_preview
from programs.views.programs import managed_program


def wizard_url(program: Program, step: str) -> str:
    """The address of a step."""
    return reverse("programs:program_wizard", args=[program.public_id, step])


def program_wizard(request: AuthenticatedHttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Show or save one step."""
    program = managed_program(request, public_id)
    if step == "review":
        return review(request, program)
    if step not in FORMS:
        raise Http404
    form = FORMS[step](request.POST if request.method == "POST" else None, program=program)
    if request.method == "POST" and form.is_valid() and save(request, program, form):
        messages.success(request, _("Saved."))
        again = "another" in request.POST
        return HttpResponseRedirect(
            wizard_url(program, step if again else following(step)), status=303
        )
    context = {**frame(program, step), "form": form, **extras(program, step)}
    return respond(
        request, "programs/program_wizard.html", context, status=422 if form.errors else 200
    )


def save(request: AuthenticatedHttpRequest, program: Program, form: StepForm) -> bool:
    """Save the step; False, with the reason in the form, if it is refused."""
    actor: Any = request.user
    try:
        topics = form.cleaned_data.get("topics")
        domain.update_program(
            actor=actor, program=program, step=form.step, values=form.values(), topics=topics
        )
        if isinstance(form, PurposeForm) and form.cleaned_data["new_topic"].strip():
            data = form.cleaned_data
            domain.add_topic(
                actor=actor, program=program, name=data["new_topic"], category=data["new_category"]
            )
    except DomainError as error:
        form.add_error(None, error)
        return False
    return True


def following(step: str) -> str:
    """The step after this one."""
    return domain.STEPS[domain.STEPS.index(step) + 1]


def frame(program: Program, step: str) -> dict[str, Any]:
    """What all steps show: the list of steps, and the way back."""
    at = domain.STEPS.index(step)
    done = set(program.wizard_done)
    return {
        "program": program,
        "step": step,
        "title": TITLES[step],
        "number": at + 1,
        "total": len(domain.STEPS),
        "steps": [
            {"key": key, "title": TITLES[key], "url": wizard_url(program, key), "done": key in done}
            for key in domain.STEPS
        ],
        "back_url": wizard_url(program, domain.STEPS[at - 1])
        if at
        else reverse("programs:program_detail", args=[program.public_id]),
        "is_draft": program.state == ProgramState.DRAFT,
    }


def extras(program: Program, step: str) -> dict[str, Any]:
    """What single steps show besides their form."""
    if step == "who":
        return {
            "mentors_possible": eligible_people(program, PairRole.MENTOR).count(),
            "mentees_possible": eligible_people(program, PairRole.MENTEE).count(),
        }
    if step == "reminders":
        return {"letters": mail_preview.letters()}
    return {}


def review(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    """The readiness checklist, with the way to what is missing."""
    checks = [
        {
            "check": check,
            "url": reverse("programs:program_staff", args=[program.public_id])
            if check.step == "staff"
            else wizard_url(program, check.step),
        }
        for check in readiness.readiness(program)
    ]
    context = {
        **frame(program, "review"),
        "checks": checks,
        "ready": all(line["check"].done or not line["check"].blocks for line in checks),  # type: ignore[attr-defined]
    }
    return respond(request, "programs/program_wizard_review.html", context)
