"""Form fields for text. Forms use these in place of Django's CharField, which a test checks."""

from __future__ import annotations

from typing import Any

from django import forms

from common.text import checked_line, checked_lines


class LineField(forms.CharField):
    """A text of one line, without control characters."""

    def to_python(self, value: Any) -> str:
        """The text. ValidationError names the character that may not be in it."""
        return checked_line(super().to_python(value) or "")


class LinesField(forms.CharField):
    """A text of several lines, without control characters other than line feed and tab."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text, its lines ended by LF. ValidationError names the character."""
        return checked_lines(super().to_python(value) or "")
