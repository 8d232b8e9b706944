"""The error for two people who cannot be a pair."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common.errors import DomainError
from programs.models import Enrolment


class PairRefusedError(DomainError):
    """Two people cannot be a pair as things are now.

    `reason` is a public reason key; pages word it (matching.wording).
    """

    def __init__(self, mentor: Enrolment, mentee: Enrolment, reason: str) -> None:
        super().__init__(_("These two people cannot be a pair now."), code="refused")
        self.mentor, self.mentee, self.reason = mentor, mentee, reason
