"""List forms whose choices say what the program calls its two sides."""

from __future__ import annotations

from typing import Any

from django import forms

from common.lists import ListForm
from programs.labels import with_labels
from programs.models import Program


class ProgramListForm(ListForm):
    """A list form of a page about one program: choices may say {mentor}, {Mentees} and so on."""

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                choices: Any = field.choices
                field.choices = [
                    (value, with_labels(str(label), program)) for value, label in choices
                ]
