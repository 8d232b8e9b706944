"""Every kind of message with invented people in it, to be read before anybody gets one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import kinds
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import Letter, compose
from programs.models import Program

MOMENT = datetime(2027, 3, 16, 13, 0, tzinfo=UTC)


def cast(program: Program, reader: Any) -> Cast:
    """The invented pair in this program; the letter is addressed to `reader`."""
    mentor = User(
        name="Mara Lindqvist", preferred_name="Mara", email="mara.lindqvist@company.example"
    )
    mentee = User(
        name="Dr. Henrik Sommer", preferred_name="Henrik", email="henrik.sommer@company.example"
    )
    return Cast(program, reader, mentor, mentee, MOMENT)


def sample(key: str, *, program: Program, reader: Any) -> Letter:
    """The letter of a kind as it would look in this program, addressed to `reader`.

    Raises UnknownKindError.
    """
    kind = kinds.get(key)
    assert kind.sample is not None
    with translation.override(reader.locale):
        context = kind.sample(cast(program, reader))
    return compose(recipient=reader, template=kind.template, context=context)


def label(kind: MessageKind, program: Program) -> str:
    """What the kind is called in this program, with the side where both are asked."""
    if kind.side == "mentor":
        side = _("%(side)s, who is asked first") % {"side": program.mentor_label}
        return f"{kind.label} ({side})"
    if kind.side == "mentee":
        return f"{kind.label} ({program.mentee_label})"
    return str(kind.label)


def occasion(kind: MessageKind, program: Program) -> str:
    """Who gets the kind in this program, and when."""
    return kinds.occasion_of(kind.key, mentor=program.mentor_label, mentee=program.mentee_label)


def offered() -> list[MessageKind]:
    """All kinds that have a sample."""
    return [kind for kind in kinds.all_kinds() if kind.sample is not None]


def listed(program: Program) -> list[tuple[str, str, MessageKind]]:
    """(label, occasion, kind) of all kinds that have a sample, by label."""
    rows = [(label(kind, program), occasion(kind, program), kind) for kind in offered()]
    return sorted(rows, key=lambda row: row[0])
