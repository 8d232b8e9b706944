"""HR's page about grades."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.domain import grades as domain
from accounts.forms.people import GradeForm
from accounts.models import Grade
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.forms import show_refusal
from common.http import posted, redirect_htmx, require, respond
from common.text import whole_number


def grades(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The ladder: rename, order, add, remove. One form per row; its button says what to do."""
    require(request.user, "accounts.manage_grades")
    if request.POST.get("action") == "add":
        return grade_add(request)
    row_form = Form(posted(request))
    if row_form.is_valid():
        with show_refusal(row_form):
            change_grade(request)
            return redirect_htmx(request, "accounts:grades")
    return grades_page(request, row_form=row_form, form=GradeForm())


def grade_add(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add a grade at the top."""
    form = GradeForm(posted(request))
    if form.is_valid():
        with show_refusal(form, "name"):
            domain.add(actor=request.user, name=form.cleaned_data["name"])
            messages.success(request, _("The grade is added at the top. Move it to its place."))
            return redirect_htmx(request, "accounts:grades")
    return grades_page(request, row_form=Form(), form=form)


def grades_page(
    request: AuthenticatedHttpRequest, *, row_form: Form, form: GradeForm
) -> HttpResponse:
    """The page: `row_form` says what was refused in a row, `form` is for a new grade."""
    context = {"row_form": row_form, "form": form, "grades": domain.with_counts()}
    status = 422 if row_form.errors or form.errors else 200
    return respond(request, "accounts/grades.html", context, status=status)


def change_grade(request: AuthenticatedHttpRequest) -> None:
    """Do what the button of a row says. DomainError where that is not possible."""
    grade = posted_grade(request)
    change = CHANGES.get(request.POST.get("action", ""))
    if change:
        text = change(request, grade)
        messages.success(request, text % {"name": grade.name})


def rename(request: AuthenticatedHttpRequest, grade: Grade) -> str:
    """Give the grade the name that was sent."""
    if request.POST.get("was", grade.name) != grade.name:
        text = _("Somebody else has changed this name meanwhile, to “%(name)s”. Look at it again.")
        raise DomainError(text % {"name": grade.name})
    renamed = domain.rename(actor=request.user, grade=grade, name=request.POST.get("name", ""))
    grade.name = renamed.name
    return _("The grade is called “%(name)s” now.")


def move_up(request: AuthenticatedHttpRequest, grade: Grade) -> str:
    """Change places with the grade above."""
    domain.move(actor=request.user, grade=grade, up=True)
    return _("“%(name)s” has been moved.")


def move_down(request: AuthenticatedHttpRequest, grade: Grade) -> str:
    """Change places with the grade below."""
    domain.move(actor=request.user, grade=grade, up=False)
    return _("“%(name)s” has been moved.")


def remove(request: AuthenticatedHttpRequest, grade: Grade) -> str:
    """Delete the grade."""
    domain.remove(actor=request.user, grade=grade)
    return _("“%(name)s” is removed.")


# what the buttons of a row do, and what is said then
CHANGES = {"rename": rename, "up": move_up, "down": move_down, "remove": remove}


def posted_grade(request: AuthenticatedHttpRequest) -> Grade:
    """The grade whose form was sent, or 404."""
    number = whole_number(request.POST.get("grade", ""))
    return get_object_or_404(Grade, pk=number or 0)
