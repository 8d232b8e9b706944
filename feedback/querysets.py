"""Who may see which survey plans and rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from feedback.enums import Label, RoundState
from programs.models import Program

if TYPE_CHECKING:
    from feedback.models import SurveyPlanItem, SurveyRound  # noqa: F401 - named in the class heads


class SurveyPlanItemQuerySet(models.QuerySet["SurveyPlanItem"]):
    """Planned surveys."""

    def visible_to(self, user: Any) -> SurveyPlanItemQuerySet:
        """Those of the programs one manages."""
        return self.filter(program__in=Program.objects.managed_by(user))


class SurveyRoundQuerySet(models.QuerySet["SurveyRound"]):
    """Survey rounds."""

    def _asked(self, user: Any) -> Exists:
        from feedback.models import Participation

        return Exists(Participation.objects.filter(round=OuterRef("pk"), person=user))

    def _read_by(self, user: Any) -> Exists:
        from feedback.models import SurveyRound

        return Exists(
            SurveyRound.readers.through.objects.filter(surveyround_id=OuterRef("pk"), user=user)
        )

    def visible_to(self, user: Any) -> SurveyRoundQuerySet:
        """Rounds of managed programs, rounds one is asked in, and rounds one is named to read."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(
            Q(program__in=Program.objects.managed_by(user))
            | self._asked(user)
            | self._read_by(user)
        )

    def counted_by(self, user: Any) -> SurveyRoundQuerySet:
        """Rounds whose response counts and published results this person may open: managers and
        named readers.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(Q(program__in=Program.objects.managed_by(user)) | self._read_by(user))

    def answers_visible_to(self, user: Any) -> SurveyRoundQuerySet:
        """Closed rounds whose single answers (with names) this person may read: never those of
        anonymous rounds.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        managed = Q(label=Label.ATTRIBUTED)
        if not user.is_hr_admin:
            managed &= Q(program__in=Program.objects.managed_by(user))
        return self.filter(
            managed | Q(Q(label=Label.CONFIDENTIAL) & self._read_by(user)), state=RoundState.CLOSED
        )

    def waiting_for(self, user: Any) -> SurveyRoundQuerySet:
        """Open rounds that this person has been asked in and has not answered."""
        from feedback.models import Participation

        open_question = Participation.objects.filter(
            round=OuterRef("pk"), person=user, responded=False, opted_out=False
        )
        return self.filter(Exists(open_question), state=RoundState.OPEN)
