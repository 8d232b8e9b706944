"""A form notices what has been changed since its page was opened, and shows both."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from common.changes import NoticesChanges
from common.fields import LineField, LinesField


class PlanForm(NoticesChanges, forms.Form):
    name = LineField(max_length=50)
    text = LinesField(required=False)
    day = forms.DateField(required=False, widget=forms.DateInput(format="%Y-%m-%d"))
    open = forms.BooleanField(required=False)
    kinds = forms.MultipleChoiceField(required=False, choices=[("a", "Apple"), ("b", "Pear")])


STORED: dict[str, Any] = {
    "name": "Plan",
    "text": "One\nTwo",
    "day": date(2027, 3, 12),
    "open": True,
    "kinds": ["a"],
}
CHANGES: list[tuple[str, Any, Any, str]] = [
    ("name", "Another", "Mine", "“Another”"),
    ("text", "", "Mine", "nothing"),
    ("day", date(2027, 4, 1), "2027-05-01", "Thu 1 Apr 2027"),
    ("kinds", ["b", "a"], ["b"], "Pear and Apple"),
]


def sent(stored: dict[str, Any], **typed: Any) -> QueryDict:
    """What a browser sends of a page that showed `stored`."""
    page = PlanForm(initial=stored)
    found = re.search(r'name="seen" value="([^"]*)"', str(page))
    assert found
    data = QueryDict(mutable=True)
    data["seen"] = found[1]
    values = {field.name: field.value() for field in page if field.name != "seen"} | typed
    for name, value in values.items():
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is True:
            data[name] = "on"
        elif value:
            data[name] = str(value)
    return data


def test_nothing_was_changed() -> None:
    form = PlanForm(sent(STORED, name="Mine"), initial=STORED)
    assert form.is_valid()
    assert form.cleaned_data == STORED | {"name": "Mine"}
    assert form.changed_data == ["name"]


@pytest.mark.parametrize(("name", "stored", "typed", "words"), CHANGES)
def test_what_both_changed_comes_back_with_both_and_is_taken_when_sent_again(
    name: str, stored: Any, typed: Any, words: str
) -> None:
    now = STORED | {name: stored}
    form = PlanForm(sent(STORED, **{name: typed}), initial=now)
    assert list(form.errors) == [name]
    assert f"Saved now: {words}." in form.errors[name][0]
    assert form[name].value() == typed
    again = form.data.copy()  # type: ignore[attr-defined]
    again["seen"] = form["seen"].value()
    assert PlanForm(again, initial=now).is_valid()


@pytest.mark.parametrize(
    ("name", "stored"), [(name, stored) for name, stored, *_ in CHANGES] + [("open", False)]
)
def test_what_only_the_other_changed_is_shown_and_stays(name: str, stored: Any) -> None:
    now = STORED | {name: stored}
    form = PlanForm(sent(STORED), initial=now)
    assert list(form.errors) == [name]
    assert "look at it, then save once more" in form.errors[name][0]
    again = form.data.copy()  # type: ignore[attr-defined]
    again["seen"] = form["seen"].value()
    sent_again = PlanForm(again, initial=now)
    assert sent_again.is_valid(), sent_again.errors
    assert sent_again.cleaned_data == now


def test_both_changed_it_to_the_same() -> None:
    assert PlanForm(sent(STORED, name="Same"), initial=STORED | {"name": "Same"}).is_valid()


def test_a_page_that_says_nothing_of_what_it_showed_is_taken() -> None:
    data = sent(STORED, name="Mine")
    del data["seen"]
    assert PlanForm(data, initial=STORED | {"name": "Another"}).is_valid()
