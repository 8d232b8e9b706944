"""Pinning or excluding a pair by the names of the two."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms.person_field import PersonField
from accounts.models import User
from matching.enums import RuleKind
from programs.enums import PairRole
from programs.labels import side_label
from programs.models import Enrolment, Program


class NamedRuleForm(forms.Form):
    """The two of a pair, and what every later run does with them."""

    mentor = PersonField()
    mentee = PersonField()
    kind = forms.ChoiceField(
        label=_("Rule"),
        choices=[(RuleKind.FORBID, _("Never pair them")), (RuleKind.PIN, _("Pair them"))],
        widget=forms.RadioSelect,
        initial=RuleKind.FORBID,
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        for role in (PairRole.MENTOR, PairRole.MENTEE):
            self.fields[role].label = capfirst(side_label(program, role))

    def clean_mentor(self) -> Enrolment:
        """Takes part as one who teaches."""
        return self._enrolment(self.cleaned_data["mentor"], PairRole.MENTOR)

    def clean_mentee(self) -> Enrolment:
        """Takes part as one who learns."""
        return self._enrolment(self.cleaned_data["mentee"], PairRole.MENTEE)

    def _enrolment(self, person: User, role: PairRole) -> Enrolment:
        rows = self.program.enrolments.select_related("person")
        enrolment: Enrolment | None = rows.filter(person=person, role=role).first()
        if enrolment is None:
            text = _("%(name)s is not in this program as %(side)s.")
            side = side_label(self.program, role)
            raise forms.ValidationError(text, params={"name": person.name, "side": side})
        return enrolment
