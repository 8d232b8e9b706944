"""Forms speak in our own sentences, which say what to do; nothing that is too long is cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
import pytest
from django import forms
from django.forms.fields import Field
from django.utils.translation import override

from common.fields import LineField, LinesField
from tests.support.forms import all_forms

# Not used by any form of ours.
UNUSED = {
    "ComboField",
    "DurationField",
    "GenericIPAddressField",
    "ImageField",
    "JSONField",
    "RegexField",
    "SlugField",
    "SplitDateTimeField",
    "FilePathField",
    "MultiValueField",
}


def django_sentences() -> set[str]:
    """Everything that Django itself says in forms, in English."""
    folder = Path(django.__file__).parent
    found = set()
    for name in ("conf/locale/en/LC_MESSAGES/django.po",):
        lines = (folder / name).read_text(encoding="utf-8").split("\n\n")
        found |= {_msgid(block) for block in lines}
    return found - {""}


def _msgid(block: str) -> str:
    text, reading = "", False
    for line in block.splitlines():
        if line.startswith("msgid "):
            reading = True
        elif not line.startswith('"'):
            reading = False
        if reading:
            text += line.removeprefix("msgid ").strip().strip('"').replace('\\"', '"')
    return text


def sentences_of(field: Field) -> dict[str, str]:
    said = {code: str(text) for code, text in field.error_messages.items()}
    for validator in field.validators:
        message = getattr(validator, "message", "")
        said[type(validator).__name__] = str(getattr(message, "_proxy____args", [message])[0])
    return said


def test_no_field_of_any_form_says_a_sentence_of_django() -> None:
    theirs, found = django_sentences(), []
    assert "This field is required." in theirs
    for form in all_forms():
        for name, field in getattr(form, "base_fields", {}).items():
            for code, text in sentences_of(field).items():
                if text in theirs:
                    found.append(f"{form.__module__}.{form.__name__}.{name} {code}: {text}")
    assert found == []


def test_no_kind_of_field_says_one() -> None:
    theirs = django_sentences()
    kinds = {getattr(forms, name) for name in forms.fields.__all__} | {
        forms.ModelChoiceField,
        forms.ModelMultipleChoiceField,
    }
    found = []
    for kind in kinds - {getattr(forms, name) for name in UNUSED}:
        messages: dict[str, Any] = {}
        for base in reversed(kind.__mro__):
            messages |= getattr(base, "default_error_messages", {})
        found += [f"{kind.__name__} {c}: {t}" for c, t in messages.items() if str(t) in theirs]
    assert found == []


def test_no_field_lets_browsers_cut_what_is_pasted() -> None:
    for form in all_forms():
        for name, field in getattr(form, "base_fields", {}).items():
            assert "maxlength" not in field.widget.attrs, f"{form.__module__}.{name}"


class Letter(forms.Form):
    line = LineField(max_length=10, required=False)
    text = LinesField(max_length=2000)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "2,140 characters; at most 2,000 are possible. Please shorten it."),
        ("de", "2.140 Zeichen; höchstens 2.000 sind möglich. Bitte kürzen Sie den Text."),
    ],
)
def test_a_text_that_is_too_long_is_kept_and_counted(language: str, sentence: str) -> None:
    typed = "x" * 2140
    with override(language):
        form = Letter({"line": "", "text": typed})
        assert "maxlength" not in form.as_p()
        assert form.errors["text"] == [sentence]
        assert typed in form.as_p()


def test_a_choice_that_has_gone_is_no_id_on_the_page() -> None:
    class Pick(forms.Form):
        one = forms.ChoiceField(choices=[("a", "A")])
        some = forms.MultipleChoiceField(choices=[("a", "A")])
        whom = forms.UUIDField()

    gone = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    form = Pick({"one": gone, "some": ["a", gone], "whom": "x"})
    assert set(form.errors) == {"one", "some", "whom"}
    assert gone not in str(form.errors)
