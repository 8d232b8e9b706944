"""The filter form of list pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import LineField


class ListForm(forms.Form):
    """A GET form above a list. Unknown values are ignored, so that old links still work."""

    q = LineField(label=_("Search by name"), required=False, max_length=100)

    def value(self, name: str) -> str:
        """The value that was asked for, or an empty text."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")
