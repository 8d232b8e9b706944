"""With whom people would like to be matched.

A wish is encrypted, shown to its author alone, and counted by matching. The person named learns of
it only if both have named each other: then the reasons of their match say so (pairings.wording).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import ngettext

from accounts.models import User
from common.errors import DomainError
from programs.models import Enrolment

MOST = 3
"""More names would say less about each of them."""


def wished_by(enrolment: Enrolment) -> list[User]:
    """The active people whom this person named for this program, by name."""
    if not enrolment.wishes:
        return []
    return list(User.objects.active().filter(public_id__in=enrolment.wishes))


def replace(*, enrolment: Enrolment, people: Iterable[User]) -> None:
    """Make these the wished-for people of an enrolment, which the caller saves; oneself is left
    out.

    Unaudited: the trail must not tell that somebody has named anybody. DomainError for more than
    three.
    """
    chosen = sorted({str(other.public_id) for other in people if other.pk != enrolment.person_id})
    if len(chosen) > MOST:
        text = ngettext("Name %(most)d person at most.", "Name %(most)d people at most.", MOST)
        raise DomainError(text % {"most": MOST})
    enrolment.wishes = chosen or None
