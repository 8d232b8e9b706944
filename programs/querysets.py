"""Who may see which programs and enrolments."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from programs.enums import ProgramState, StaffRole


def coordinated_by(user: Any) -> Exists:
    """True for programs (the outer query's rows) that the person coordinates."""
    from programs.models import ProgramStaff

    return Exists(
        ProgramStaff.objects.filter(program=OuterRef("pk"), person=user, role=StaffRole.COORDINATOR)
    )


class ProgramQuerySet(models.QuerySet["Program"]):
    """Programs."""

    def managed_by(self, user: Any) -> ProgramQuerySet:
        """Those whose pages for HR this person may open: all for HR admins, one's own for
        coordinators.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_hr_admin else self.filter(coordinated_by(user))

    def visible_to(self, user: Any) -> ProgramQuerySet:
        """Managed ones, those one is enrolled in or staff of, and open calls while they enrol."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        from programs.models import Enrolment, ProgramStaff

        return self.filter(
            Exists(ProgramStaff.objects.filter(program=OuterRef("pk"), person=user))
            | Exists(Enrolment.objects.filter(program=OuterRef("pk"), person=user))
            | Q(open_call=True, state=ProgramState.ENROLLING)
        )


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments."""

    def visible_to(self, user: Any) -> EnrolmentQuerySet:
        """One's own, and those of the programs one manages.

        (A partner's is read through the pairing.)
        """
        from programs.models import Program

        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(Q(person=user) | Q(program__in=Program.objects.managed_by(user)))
