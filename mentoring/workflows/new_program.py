"""A new program with the content of its template."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from mentoring import content
from programs.domain import programs
from programs.models import Program


@transaction.atomic
def new_program(*, actor: User, template_key: str, name: str, language: str = "en") -> Program:
    """A draft, filled from the template, in one transaction.

    KeyError for a template that does not exist in the language, DomainError without a name.
    """
    program = programs.create_program(actor=actor, template_key=template_key, name=name)
    return content.install(
        program=program, template_key=template_key, language=language, actor=actor
    )
