"""Whoever is asked while they are away does not lose the match by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Absence
from pairings.domain import offers
from pairings.enums import PairingState
from tests.meetings.session_data import MONDAY, make_pair
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["mentor", "mentee"])
def test_an_offer_waits_for_the_return_and_some_days_more(at: At, asked: str) -> None:
    at(MONDAY)
    accepted: dict[str, Any] = {
        "mentor_accepted_at": MONDAY if asked == "mentee" else None,
        "mentee_accepted_at": None,
    }
    pairing = make_pair(
        state="offered", activated_at=None, offer_expires_at=MONDAY + timedelta(days=7), **accepted
    )
    person = getattr(pairing, asked)
    Absence.objects.create(person=person, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 14))
    at(MONDAY + timedelta(days=8))
    assert offers.expire_offers() == 0
    pairing.refresh_from_db()
    assert pairing.offer_expires_at == datetime(2027, 2, 15, 7, tzinfo=UTC) + offers.AFTER_RETURN
    at(pairing.offer_expires_at - timedelta(minutes=1))
    assert offers.expire_offers() == 0
    at(pairing.offer_expires_at + timedelta(minutes=1))
    assert offers.expire_offers() == 1
    pairing.refresh_from_db()
    assert pairing.state == PairingState.VOID


def test_the_absence_of_the_other_changes_nothing(at: At) -> None:
    at(MONDAY)
    pairing = make_pair(
        state="offered",
        activated_at=None,
        offer_expires_at=MONDAY,
        mentor_accepted_at=None,
        mentee_accepted_at=None,
    )
    Absence.objects.create(
        person=pairing.mentee, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 14)
    )
    assert offers.expire_offers() == 1
