"""Where one stands towards the end, topic by topic."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.domain.self_assessment import Standing
from programs.enums import PairRole
from programs.forms.enrol import LEVELS, STANDING


class SelfAssessmentForm(forms.Form):
    """The same scale for each topic as at enrolment. What was said then is not shown here."""

    def __init__(self, *args: Any, standings: list[Standing], role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for standing in standings:
            self.fields[f"topic_{standing.topic.pk}"] = forms.TypedChoiceField(
                label=standing.topic.name,
                coerce=int,
                widget=forms.RadioSelect,
                choices=LEVELS if role == PairRole.MENTOR else STANDING,
                initial=standing.now,
                error_messages={"required": _("Choose a number. A guess is fine.")},
            )

    def values(self) -> dict[int, int]:
        """{topic id: 1 to 5}"""
        return {
            int(name.removeprefix("topic_")): value for name, value in self.cleaned_data.items()
        }
