"""How views show what the domain refuses."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage

from common.errors import DomainError
from common.forms import announce_refusal, show_refusal


class NoteForm(forms.Form):
    """One field."""

    note = forms.CharField(required=False)


def bound() -> NoteForm:
    """A valid form."""
    form = NoteForm({"note": "typed"})
    assert form.is_valid()
    return form


@pytest.mark.parametrize(
    ("code", "field", "shown_at"),
    [
        ("note", None, "note"),
        (None, None, "__all__"),
        ("unknown", None, "__all__"),
        ("unknown", "note", "note"),
        (None, "note", "note"),
    ],
)
def test_a_refusal_is_shown_at_its_field(code, field, shown_at):
    form = bound()
    with show_refusal(form, field):
        raise DomainError("Not today.", code=code)
    assert form.errors == {shown_at: ["Not today."]}


def test_other_errors_are_not_caught():
    with pytest.raises(ZeroDivisionError), show_refusal(bound()):
        raise ZeroDivisionError


def test_a_refusal_becomes_a_message(rf):
    request = rf.post("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    with announce_refusal(request):
        raise DomainError(["Not today.", "Try tomorrow."])
    assert [str(one) for one in get_messages(request)] == ["Not today. Try tomorrow."]
