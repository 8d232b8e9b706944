"""What changes of sessions share: their lock, checks of texts, audit entries."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from meetings.models import MentoringSession


def lock_session(session: MentoringSession) -> MentoringSession:
    """The session as it is in the database now, with its pair; locked until the transaction ends.

    It must not be moved, cancelled or logged by somebody else meanwhile.
    """
    rows = MentoringSession.objects.with_people().select_for_update(of=("self",))
    locked: MentoringSession = rows.get(pk=session.pk)
    return locked


def check_length(text: str, most: int, field: str) -> None:
    """DomainError, with the field as its code, for a text of more than `most` characters."""
    if len(text) > most:
        raise DomainError(_("Keep it under %(most)s characters.") % {"most": most}, code=field)


def record(verb: str, session: MentoringSession, actor: User, **detail: Any) -> None:
    """Write an audit entry about a session, in the scope of its program."""
    audit.record(verb, session, actor=actor, scope=session.pairing.program.public_id, **detail)
