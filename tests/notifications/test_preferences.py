"""Which messages a person wants: the page, and what the sender makes of it."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.urls import reverse

from notifications.delivery import sender
from notifications.kinds import TOPICS
from notifications.models import MessagePreferences
from notifications.preferences import store as preferences
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, declare, put
from tests.smtp import SmtpSink
from tests.support.types import AsUser

URL = reverse("notifications:preferences")
SENT = {
    "wanted": ["logs", "surveys"],
    "quiet_on": "on",
    "quiet_from": "21:30",
    "quiet_until": "06:15",
}


def test_page_saves_and_shows_what_was_saved(person: Any, as_user: AsUser) -> None:
    client = as_user(person)
    page = client.get(URL).content.decode()
    assert page.count(" checked") == len(TOPICS) + int(preferences.of(person).quiet) + 1
    answer = client.post(URL, SENT)
    assert (answer.status_code, answer["Location"]) == (303, URL)
    row = MessagePreferences.objects.get(person=person)
    assert set(row.off) == set(TOPICS) - {"logs", "surveys"}
    assert (row.quiet, row.quiet_from, row.quiet_until, row.quiet_weekends) == (
        True,
        time(21, 30),
        time(6, 15),
        False,
    )
    assert 'value="21:30"' in client.get(URL).content.decode()


@pytest.mark.parametrize(
    "changes", [{"quiet_from": ""}, {"quiet_until": "25:00"}, {"wanted": ["everything"]}]
)
def test_page_keeps_what_was_typed_wrongly(
    person: Any, as_user: AsUser, changes: dict[str, Any]
) -> None:
    answer = as_user(person).post(URL, {**SENT, **changes})
    assert answer.status_code == 422
    assert not MessagePreferences.objects.exists()


def test_page_has_the_same_number_of_queries_with_and_without_preferences(
    person: Any, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    client = as_user(person)
    for _time in range(2):
        with django_assert_max_num_queries(8):
            client.get(URL)
        preferences.turn_off(actor=person, topics=["logs"])


@pytest.mark.parametrize(
    ("off", "result"), [([], "sent"), (["logs"], "cancelled"), (["surveys"], "sent")]
)
def test_what_was_turned_off_is_not_sent(
    person: Any, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch, off: list[str], result: str
) -> None:
    declare(KIND, topic="logs")
    preferences.turn_off(actor=person, topics=off)
    put(person)
    assert sender.send_due() == {result: 1}


def test_what_was_turned_off_on_the_way_is_not_sent(
    person: Any, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(KIND, topic="logs")
    put(person)
    preferences.turn_off(actor=person, topics=["logs"])
    assert sender.send_due() == {"cancelled": 1}


def test_turning_off_keeps_what_was_off_and_tells_what_is_new(person: Any) -> None:
    assert preferences.turn_off(actor=person, topics=["logs", "nonsense"]) == ["logs"]
    assert preferences.turn_off(actor=person, topics=["logs", "surveys"]) == ["surveys"]
    assert preferences.of(person).off == ["logs", "surveys"]


def test_one_person_s_choice_is_no_other_s(
    person: Any, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(KIND, topic="logs")
    preferences.turn_off(actor=UserFactory(), topics=["logs"])
    put(person)
    assert sender.send_due() == {"sent": 1}


def test_saving_leaves_other_quiet_hours_alone(person: Any, settings: Any) -> None:
    settings.QUIET_HOURS = False
    preferences.turn_off(actor=person, topics=["logs"])
    assert not preferences.of(person).quiet, "one click on a reminder is no wish for quiet hours"
