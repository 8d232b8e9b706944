"""Two people, or two tabs, change the same thing: nobody replaces what they have not seen.

A form of something stored inherits NoticesChanges, and its view is `one_after_another`. Its page
carries a digest of each value that it showed. Where the stored value is another one when the form
is sent, the form comes back with both: the typed one in the field, the stored one above it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.db import connection, transaction
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from common.fields import LineField

SEEN = "seen"
View = Callable[..., HttpResponse]


class SeenField(LineField):
    """What the page showed; never what was sent, as a form that comes back shows more."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The digests of now."""
        return initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Nobody typed it."""
        return False


class NoticesChanges(forms.BaseForm):
    """For a form that shows what is stored: it refuses to replace what was not shown.

    What is stored is its `initial`; where the initial values are proposals, `stored` says it.
    """

    def __init__(self, *args: Any, stored: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        self.fields[SEEN] = SeenField(required=False, initial=self._digests_of_now)

    def show_as_typed(self) -> None:
        """Show what was typed without checking it: for buttons that change the page alone.

        What the page has shown stays what it was.
        """
        self._errors, self.cleaned_data = ErrorDict(), {}
        self.fields[SEEN] = LineField(required=False, widget=forms.HiddenInput)

    def also_stored(self) -> dict[str, tuple[Any, list[str]]]:
        """What the page shows beside the fields: {name: (label, its lines)}."""
        return {}

    def _stored_value(self, name: str) -> Any:
        if self.stored is not None:
            return self.stored.get(name)
        return self.get_initial_for_field(self.fields[name], name)

    def _digests_of_now(self) -> str:
        values = {name: self._stored_value(name) for name in self._compared()}
        values |= {name: lines for name, (_label, lines) in self.also_stored().items()}
        return " ".join(f"{name}:{digest(value)}" for name, value in values.items())

    def _compared(self) -> list[str]:
        return [name for name, field in self.fields.items() if name != SEEN and not field.disabled]

    def _clean_fields(self) -> None:
        """Clean them, and refuse those that have been changed meanwhile."""
        super()._clean_fields()  # type: ignore[misc]
        self.cleaned_data.pop(SEEN, None)
        seen = _read(str(self.data.get(self.add_prefix(SEEN), "")))
        for name in self._compared():
            if name in seen:
                self._compare(name, seen[name])
        for name, (label, lines) in self.also_stored().items():
            if seen.get(name, digest(lines)) != digest(lines):
                self.add_error(None, _beside_words(label, lines))

    def _compare(self, name: str, seen: str) -> None:
        """Refuse a field whose stored value is neither what was shown nor what was sent."""
        field, stored, sent = self.fields[name], self._stored_value(name), self[name].data
        if digest(stored) == seen or not field.has_changed(stored, sent):
            return
        if _is_untouched(field, sent, seen):
            self._show_stored(name)
            self.add_error(name, _new_words())
        else:
            self.add_error(name, _both_words(in_words(field, stored)))

    def _show_stored(self, name: str) -> None:
        """Nobody typed something else, so the form comes back with the stored value."""
        field, key = self.fields[name], self.add_prefix(name)
        shown = field.prepare_value(self._stored_value(name))
        values = field.widget.format_value(shown)
        data: QueryDict = self.data.copy()  # type: ignore[attr-defined]
        if isinstance(field.widget, forms.CheckboxInput):
            values = ["on"] if shown else []
        elif not isinstance(values, (list, tuple)):
            values = ["" if values is None else values]
        data.setlist(key, list(values))
        if not values:
            del data[key]
        self.data = data


def _read(seen: str) -> dict[str, str]:
    """{name: digest} as the page carried them."""
    parts = [part.partition(":") for part in seen.split()]
    return {name: shown for name, _colon, shown in parts}


def _is_untouched(field: forms.Field, sent: Any, seen: str) -> bool:
    """Whether what was sent is what the page showed."""
    try:
        return digest(field.to_python(sent)) == seen
    except forms.ValidationError:
        return False


def _new_words() -> str:
    return _(
        "This was changed while you had the page open. It is what you see here now: look at it, "
        "then save once more."
    )


def _both_words(value: str) -> str:
    text = _(
        "This was changed while you had the page open. Saved now: %(value)s. To replace it with "
        "what you have here, save once more."
    )
    return text % {"value": value}


def _beside_words(label: Any, lines: list[str]) -> str:
    text = _(
        "%(label)s: this was changed while you had the page open. Saved now: %(value)s. To "
        "replace it with what you have here, save once more."
    )
    quoted = [f"“{line}”" for line in lines]
    return text % {"label": label, "value": get_text_list(quoted, _("and")) or _("nothing")}


def digest(value: Any) -> str:
    """A few letters that are the same as long as the value is."""
    return hashlib.blake2b(_as_text(value).encode(), digest_size=6).hexdigest()


def _as_text(value: Any) -> str:
    """A stored value as a text that is the same each time; the order of several does not count."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return str(getattr(value, "pk", value))
    return "\n".join(sorted(_as_text(one) for one in value))


def in_words(field: forms.Field, value: Any) -> str:
    """A stored value as people read it."""
    if value is None or value in ("", [], ()):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return formats.date_format(value, _("D j M Y"))
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return f"“{_label(field, value)}”"
    return get_text_list([_label(field, one) for one in value], _("and"))


def _label(field: forms.Field, value: Any) -> str:
    """The name of a choice, or the value itself."""
    for key, label in _choices(field):
        if str(key) == str(getattr(value, "pk", value)):
            return str(label)
    return str(value)


def _choices(field: forms.Field) -> list[tuple[Any, Any]]:
    """All choices of a field, those of groups too."""
    found: list[tuple[Any, Any]] = []
    for key, label in getattr(field, "choices", ()):
        found += label if isinstance(label, (list, tuple)) else [(key, label)]
    return found


def one_after_another(view: View) -> View:
    """A view that changes something: two POSTs to one address wait for each other.

    So what its form compares is what it replaces. It runs in one transaction.
    """

    @wraps(view)
    def waiting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            with connection.cursor() as cursor:
                sql = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
                cursor.execute(sql, [request.path])
            return view(request, *args, **kwargs)

    return waiting
