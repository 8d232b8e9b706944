"""What forms of all apps share."""

from __future__ import annotations

from django.forms import BaseForm

from common.errors import DomainError


def add_problem(form: BaseForm, error: DomainError) -> None:
    """Show a domain error at the field that its code names, or above the form."""
    code = getattr(error, "code", None)
    form.add_error(code if code in form.fields else None, error)
