"""Which characters a stored text may have."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common import text
from common.fields import LineField, LinesField

INVISIBLE = ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ufffe"]
BREAKS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
# marks and joiners that scripts need: they stay
NEEDED = ["می\u200cخواهم", "क\u200dष", "x\u0304", "👩\u200d💻", "\u200eabc\u200f"]


class TextForm(forms.Form):
    """One field of each kind."""

    name = LineField(max_length=40)
    note = LinesField(required=False)


@pytest.mark.parametrize("character", [*INVISIBLE, *BREAKS, "\t"])
def test_a_line_refuses_breaks_and_control_characters_and_keeps_what_was_typed(
    character: str,
) -> None:
    form = TextForm({"name": f"Mara{character}Lindt"})
    assert not form.is_valid()
    assert "“Mara”" in form.errors["name"][0]
    assert form["name"].value() == f"Mara{character}Lindt"


@pytest.mark.parametrize("character", INVISIBLE)
def test_several_lines_refuse_control_characters_by_name(character: str) -> None:
    form = TextForm({"name": "Mara", "note": f"first\nsecond{character}third"})
    assert not form.is_valid()
    assert "second”" in form.errors["note"][0]


@pytest.mark.parametrize("line_break", BREAKS)
def test_several_lines_may_have_tabs_and_each_ends_with_a_line_feed(line_break: str) -> None:
    form = TextForm({"name": "Mara", "note": f"first{line_break}\tsecond\n"})
    assert form.is_valid()
    assert form.cleaned_data["note"] == "first\n\tsecond"


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_what_turns_the_text_around_is_removed(character: str) -> None:
    form = TextForm({"name": f"Mara{character} Lindt", "note": f"{character}a"})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Mara Lindt", "note": "a"}
    assert text.cleaned_line(f"a{character}b") == "ab"


@pytest.mark.parametrize("needed", NEEDED)
def test_marks_and_joiners_stay(needed: str) -> None:
    assert text.checked_line(needed) == needed
    assert text.checked_lines(needed) == needed


def test_typed_texts_are_kept_in_one_form_however_an_umlaut_was_typed() -> None:
    form = TextForm({"name": "Ju\u0308rgen", "note": "Bu\u0308ro\nA\u030angstro\u0308m"})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Jürgen", "note": "Büro\nÅngström"}
    composed = TextForm({"name": "u\u0308" * 40})
    assert composed.is_valid()  # 40 letters, as one counts them


@given(st.text())
def test_a_cleaned_line_is_one_that_may_be_stored(anything: str) -> None:
    cleaned = text.cleaned_line(anything)
    assert text.checked_line(cleaned) == cleaned


@given(st.text())
def test_checked_lines_are_stable(anything: str) -> None:
    try:
        checked = text.checked_lines(anything)
    except ValidationError:
        return
    assert text.checked_lines(checked) == checked
    assert "\x00" not in checked
    assert "\r" not in checked


@pytest.mark.parametrize(
    ("given_text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("٣", None),
        ("²", None),
    ],
)
def test_whole_numbers_are_bounded_before_they_are_read(
    given_text: str, number: int | None
) -> None:
    assert text.whole_number(given_text) == number
