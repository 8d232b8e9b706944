"""HR's own texts of a program: topics, steps of the prep packs, guides.

They change this program alone; what is built in stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from programs.domain.programs import ENDED
from programs.domain.states import lock
from programs.models import PrepStep, Program, SessionGuide, Topic

Text = Topic | PrepStep | SessionGuide


@transaction.atomic
def save_text(*, actor: User, program: Program, text: Text, values: Mapping[str, Any]) -> None:
    """Change a text of the program; `values` go by field name.

    DomainError for a program that has ended, and for another topic of the same name.
    """
    _refuse_ended(program)
    if isinstance(text, Topic) and _has_twin(program, text, values["name"]):
        raise DomainError(_("Another topic has this name already."), code="name")
    for name, value in values.items():
        setattr(text, name, value)
    text.save(update_fields=list(values))
    detail = {"kind": text._meta.model_name, "changed": list(values)}
    audit.record("program.text_changed", text, actor=actor, scope=program.public_id, **detail)


@transaction.atomic
def save_guide(
    *,
    actor: User,
    program: Program,
    guide: SessionGuide,
    values: Mapping[str, Any],
    agenda: Sequence[Mapping[str, Any]],
) -> None:
    """Change a guide; each part of its agenda is {"minutes", "title", "text", "remote"}.

    Sessions of another length scale the minutes. DomainError without any part, and for a program
    that has ended.
    """
    if not agenda:
        raise DomainError(_("A guide needs at least one part."))
    whole = {**values, "agenda": [dict(part) for part in agenda]}
    save_text(actor=actor, program=program, text=guide, values=whole)


def _refuse_ended(program: Program) -> None:
    if lock(program).state in ENDED:
        raise DomainError(_("This program has ended and cannot be changed any more."))


def _has_twin(program: Program, topic: Topic, name: str) -> bool:
    """Whether another topic of the program is called so."""
    others = program.topics.exclude(pk=topic.pk)
    return others.filter(name__iexact=name).exists()
