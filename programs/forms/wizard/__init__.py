"""The steps of the program wizard.

Each form writes the fields that `programs.domain.programs.STEP_FIELDS` names.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from programs.forms.wizard.base import StepForm
from programs.forms.wizard.dates import DatesForm, RemindersForm
from programs.forms.wizard.purpose import PurposeForm
from programs.forms.wizard.terms import AgreementForm, SurveysForm
from programs.forms.wizard.who import RulesForm, WhoForm

__all__ = ["FORMS", "TITLES", "DatesForm", "StepForm"]

FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        PurposeForm,
        DatesForm,
        WhoForm,
        RulesForm,
        AgreementForm,
        SurveysForm,
        RemindersForm,
    )
}
TITLES = {
    "purpose": _("Purpose and topics"),
    "dates": _("Dates and cadence"),
    "who": _("Who may join"),
    "rules": _("Rules of matching"),
    "agreement": _("Agreement"),
    "surveys": _("Surveys"),
    "reminders": _("Reminders"),
    "review": _("Ready?"),
}
