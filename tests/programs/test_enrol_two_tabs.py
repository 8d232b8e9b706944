"""Somebody fills in the same page of their enrolment in two windows: neither replaces the other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from programs.models import Enrolment
from tests.programs import factories as make
from tests.programs.test_enrol_pages import HTMX, filled, url_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
ELSEWHERE = "changed in another window"


@pytest.fixture
def row() -> Enrolment:
    return make.invited(make.enrolling())


class Tab:
    """A page of the enrolment, opened in a window of its own."""

    def __init__(self, client: Client, row: Enrolment, step: str = "boundaries") -> None:
        self.client, self.url = client, url_of(row, step)
        self.hidden: dict[str, str] = {}
        self.read(client.get(self.url).text)

    def read(self, text: str) -> None:
        """Take the hidden fields from what has come, as the browser does."""
        self.hidden |= dict(re.findall(r'name="(page|seen)" value="(\w+)"', text))

    def type(self, **data: Any) -> str:
        """Save a draft, as the page does while one types."""
        text = self.client.post(self.url, {**self.hidden, **data}, headers=HTMX).text
        self.read(text)
        return text

    def save(self, **data: Any) -> int:
        """Press Save."""
        answer = self.client.post(self.url, {**self.hidden, **data})
        self.read(answer.text)
        return answer.status_code


def stored(row: Enrolment) -> str:
    return str(Enrolment.objects.get(pk=row.pk).off_limits)


def test_a_draft_of_an_older_window_replaces_nothing(row: Enrolment, as_user: AsUser) -> None:
    client = as_user(row.person)
    first, second = Tab(client, row), Tab(client, row)
    assert "Saved at" in second.type(off_limits="Second")
    refused = first.type(off_limits="First")
    assert "Not saved yet" in refused and ELSEWHERE in refused
    assert stored(row) == "Second"
    assert "Saved at" in second.type(off_limits="Second, more")

    assert first.save(off_limits="First") == 422
    assert stored(row) == "Second, more"
    assert first.save(off_limits="First") == 303  # having read that it replaces something
    assert stored(row) == "First"


def test_one_window_saves_again_and_again(row: Enrolment, as_user: AsUser) -> None:
    tab = Tab(as_user(row.person), row)
    for text in ("A", "Ab", "Abc"):
        assert "Saved at" in tab.type(off_limits=text)
    assert tab.save(off_limits="Abcd") == 303


def test_a_draft_whose_answer_was_not_waited_for_is_ones_own(
    row: Enrolment, as_user: AsUser
) -> None:
    tab = Tab(as_user(row.person), row)
    before = dict(tab.hidden)
    tab.type(off_limits="On its way")
    tab.hidden = before  # the browser has left the page before the answer came
    assert tab.save(off_limits="On its way, whole") == 303


def test_windows_on_different_pages_do_not_disturb_each_other(
    row: Enrolment, as_user: AsUser
) -> None:
    client = as_user(row.person)
    boundaries, topics = Tab(client, row), Tab(client, row, "topics")
    assert "Saved at" in boundaries.type(off_limits="A")
    assert "Saved at" in topics.type(**filled(row, "topics"))
    assert "Saved at" in boundaries.type(off_limits="Ab")
    assert topics.save(**filled(row, "topics")) == 303


@pytest.mark.parametrize("step", ["topics", "return", "boundaries", "time"])
def test_every_page_notices_another_window(row: Enrolment, step: str, as_user: AsUser) -> None:
    client = as_user(row.person)
    old, new = Tab(client, row, step), Tab(client, row, step)
    assert old.hidden["page"] != new.hidden["page"]
    assert "Saved at" in new.type(**filled(row, step))
    assert new.hidden["seen"] != old.hidden["seen"]
    assert old.save(**filled(row, step)) == 422
