"""The program wizard: one step per page, each saved on its own, and a review at the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import SeeOther, form_page, posted, respond
from programs.domain import programs as domain
from programs.domain import readiness
from programs.domain.eligibility import eligible_people
from programs.enums import PairRole, ProgramState
from programs.forms.wizard import FORMS, TITLES, DatesForm, StepForm
from programs.models import Program
from programs.views import mail_preview
from programs.views.plan_of_dates import plan_of_dates
from programs.views.programs import managed_program


def wizard_url(program: Program, step: str) -> str:
    """The address of a step."""
    return reverse("programs:program_wizard", args=[program.public_id, step])


@one_after_another
def program_wizard(request: AuthenticatedHttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Show or save one step."""
    program = managed_program(request, public_id)
    if step == "review":
        return review(request, program)
    if step not in FORMS:
        raise Http404
    form = FORMS[step](posted(request), program=program)
    if form.is_valid():
        with show_refusal(form):
            save(request, program, form)
            messages.success(request, _("Saved."))
            next_step = step if "another" in request.POST else following(step)
            return SeeOther(wizard_url(program, next_step))
    context = {**frame(program, step), **extras(program, form)}
    return form_page(request, "programs/program_wizard.html", form, context)


def save(request: AuthenticatedHttpRequest, program: Program, form: StepForm) -> None:
    """Save the step. DomainError if it is refused."""
    actor: Any = request.user
    data = form.cleaned_data
    domain.update_program(
        actor=actor,
        program=program,
        step=form.step,
        values=form.values(),
        topics=data.get("topics"),
    )
    new_topic = data.get("new_topic", "").strip()
    if new_topic:
        domain.add_topic(
            actor=actor, program=program, name=new_topic, category=data["new_category"]
        )


def following(step: str) -> str:
    """The step after this one."""
    return domain.STEPS[domain.STEPS.index(step) + 1]


def frame(program: Program, step: str) -> dict[str, Any]:
    """What all steps show: the list of steps, and the way back."""
    at = domain.STEPS.index(step)
    if at:
        back_url = wizard_url(program, domain.STEPS[at - 1])
    else:
        back_url = reverse("mentoring:program_overview", args=[program.public_id])
    return {
        "program": program,
        "step": step,
        "title": TITLES[step],
        "number": at + 1,
        "total": len(domain.STEPS),
        "steps": [_link(program, key) for key in domain.STEPS],
        "back_url": back_url,
        "is_draft": program.state == ProgramState.DRAFT,
    }


def _link(program: Program, step: str) -> dict[str, Any]:
    """A step in the list of steps."""
    return {
        "key": step,
        "title": TITLES[step],
        "url": wizard_url(program, step),
        "done": step in program.wizard_done,
        "number": domain.STEPS.index(step) + 1,
    }


def extras(program: Program, form: StepForm) -> dict[str, Any]:
    """What single steps show besides their form."""
    step = form.step
    if step == "dates":
        return {"plan": plan_of_dates(program, form.initial)}
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
    checks = readiness.readiness(program)
    context = {
        **frame(program, "review"),
        "checks": [{"check": check, "url": _url_of_check(program, check)} for check in checks],
        "ready": all(check.done or not check.blocks for check in checks),
        "plan": plan_of_dates(program, DatesForm(program=program).initial),
    }
    return respond(request, "programs/program_wizard_review.html", context)


def _url_of_check(program: Program, check: readiness.Check) -> str:
    """The page on which a line of the checklist can be put right."""
    if check.step == "staff":
        return reverse("programs:program_staff", args=[program.public_id])
    return wizard_url(program, check.step)
