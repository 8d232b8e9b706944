"""What the steps of the program wizard share."""

from __future__ import annotations

from typing import Any

from django import forms

from common.changes import NoticesChanges
from programs.domain.programs import STEP_FIELDS
from programs.models import Program


class DateInput(forms.DateInput):
    """The browser's own date picker, which speaks ISO dates."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StepForm(NoticesChanges, forms.Form):
    """A step of the wizard: knows its program, begins with what it says now."""

    step = ""

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        self.program = program
        kwargs["initial"] = {**self.start_values(), **kwargs.get("initial", {})}
        super().__init__(*args, stored=self.stored_values(), **kwargs)

    def start_values(self) -> dict[str, Any]:
        """What the form shows at first."""
        return self.stored_values()

    def stored_values(self) -> dict[str, Any]:
        """What the program says now."""
        return {name: getattr(self.program, name) for name in STEP_FIELDS.get(self.step, ())}

    def values(self) -> dict[str, Any]:
        """What `update_program` takes."""
        return {
            name: self.cleaned_data[name]
            for name in STEP_FIELDS[self.step]
            if name in self.cleaned_data
        }
