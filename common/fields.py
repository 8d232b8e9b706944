"""Form fields for text. Forms use these in place of Django's CharField, which a test checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from common.text import checked_line, checked_lines, too_long


class AtMost(MaxLengthValidator):
    """Refuses a text that is too long, and says how long it is."""

    def __call__(self, value: Any) -> None:
        """ValidationError with both counts."""
        if len(value) > self.limit_value:
            raise ValidationError(too_long(len(value), self.limit_value), code=self.code)


class _TextField(forms.CharField):
    """A text that is never cut: what is too long is refused with a count, and stays."""

    def __init__(self, *args: Any, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if max_length is not None:
            self.max_length = max_length
            self.validators.append(AtMost(max_length))


class LineField(_TextField):
    """A text of one line, without control characters."""

    def to_python(self, value: Any) -> str:
        """The text. ValidationError names the character that may not be in it."""
        return checked_line(super().to_python(value) or "")


class LinesField(_TextField):
    """A text of several lines, without control characters other than line feed and tab."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text, its lines ended by LF. ValidationError names the character."""
        return checked_lines(super().to_python(value) or "")
