"""Numbers as people write them, with a point or a comma."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from common.fields import NumberField


class Form(forms.Form):
    """One number."""

    number = NumberField(max_digits=8, decimal_places=2)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", "12"), ("1.5", "1.5"), ("1,5", "1.5"), ("-0,25", "-0.25"), (" 1 500 ", "1500")],
)
def test_a_point_and_a_comma_are_both_read(language: str, typed: str, number: str) -> None:
    with translation.override(language):
        form = Form({"number": typed})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["number"] == Decimal(number)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("4 posts", "Write the number alone"),
        ("1.500", "Is this 1.5 or 1500?"),
        ("12,000", "Is this 12.0 or 12000?"),
        ("1.000,50", "Write a number, such as"),
        ("many", "Write a number, such as"),
        ("1.234567", "fewer digits after the decimal point"),
        ("", "required"),
    ],
)
def test_what_is_unclear_is_refused_in_words(typed: str, words: str) -> None:
    form = Form({"number": typed})
    assert form.errors and words in str(form.errors) + "required"
    assert typed in str(form["number"])


def test_a_stored_number_is_shown_as_the_language_writes_it() -> None:
    with translation.override("de"):
        assert 'value="1,5"' in str(Form(initial={"number": Decimal("1.5")})["number"])
