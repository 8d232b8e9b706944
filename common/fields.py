"""Form fields for text and numbers. Forms use these in place of Django's CharField, which a test
checks.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

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


class NumberField(forms.DecimalField):
    """A number with a point or a comma before its decimals, in every language."""

    default_error_messages = {
        "invalid": _("Write a number, such as 12 or 12.5."),
        "words": _("Write the number alone, such as 12: the unit has a field of its own."),
        "thousands": _("Is this %(small)s or %(large)s? Write it without the separator."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal"}
        # With "number" some browsers drop a comma, and send nothing of what was typed.
        super().__init__(localize=True, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The number, or None. ValidationError says what is wrong with it."""
        text = "".join(str(value).split()) if value is not None else ""
        if re.search(r"\d", text) and re.search(r"[^\W\d_]", text):
            raise ValidationError(self.error_messages["words"], code="words")
        self._refuse_unclear(text)
        text = text.replace(",", ".")
        return super().to_python(text)

    def _refuse_unclear(self, text: str) -> None:
        """1.500 and 1,500 are read in two ways: one point five, and one thousand five hundred."""
        found = re.fullmatch(r"([+-]?[1-9]\d{0,2})([.,])(\d{3})", text)
        if not found:
            return
        whole, _separator, rest = found.groups()
        separator = get_format("DECIMAL_SEPARATOR")
        small = f"{whole}{separator}{rest.rstrip('0') or '0'}"
        raise ValidationError(
            self.error_messages["thousands"],
            code="thousands",
            params={"small": small, "large": f"{whole}{rest}"},
        )
