"""How much the database is asked does not depend on how many sessions a series has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Absence
from meetings.domain import sessions
from meetings.domain.free_times import series_starts
from pairings.models import Pairing
from tests.meetings.session_data import MONDAY, TUESDAY, make_pair
from tests.support.types import At

pytestmark = pytest.mark.django_db
PEOPLE = ("program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment")


@pytest.fixture
def pairing(at: At) -> Pairing:
    """Both are away now and then."""
    at(MONDAY)
    pairing = make_pair()
    for month in range(3, 9):
        Absence.objects.create(
            person=pairing.mentee, starts_on=date(2027, month, 1), ends_on=date(2027, month, 9)
        )
    return Pairing.objects.select_related(*PEOPLE).get(pk=pairing.pk)


def number_of(do: Callable[..., Any], **plan: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        do(**plan)
    return len(queries)


def test_finding_first_times(pairing: Pairing) -> None:
    plan = {"pairing": pairing, "zone": "Europe/Berlin", "minutes": 45}
    counts = [
        number_of(series_starts, **plan, count=count, interval_weeks=weeks)
        for count, weeks in ((1, 1), (6, 4), (12, 2))
    ]
    assert counts[0] == counts[1] == counts[2]


def test_looking_past_absences(pairing: Pairing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Booking writes so many rows a session; what is read before that is the same for one and for
    twelve.
    """
    asked: list[int] = []
    monkeypatch.setattr(sessions, "_book", lambda *_, **__: asked.append(1) or [])
    monkeypatch.setattr(sessions.session_mail, "tell_series", lambda *_, **__: None)
    book = {
        "actor": pairing.mentor,
        "pairing": pairing,
        "wall_date": TUESDAY,
        "wall_time": time(10),
        "time_zone": "Europe/Berlin",
    }
    counts = [
        number_of(sessions.schedule_series, **book, count=count, interval_weeks=weeks)
        for count, weeks in ((1, 4), (6, 4), (12, 3))
    ]
    assert len(asked) == 3
    assert counts[0] == counts[1] == counts[2]
