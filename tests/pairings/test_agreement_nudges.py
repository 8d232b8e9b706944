"""Reminders to sign: to the one who has not, two at most, then the coordinator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Absence, User
from meetings.domain import pausing
from mentoring.needs.queue import needs_of
from notifications.delivery import sender
from notifications.models import OutboxMessage
from pairings.domain import agreements
from pairings.due.agreements import ESCALATE_AFTER, NUDGE_AFTER, nudge_unsigned
from pairings.mail import agreements as agreement_mail
from pairings.models import AgreementVersion, Pairing
from tests.meetings.session_data import make_pair, sign
from tests.support.types import At

pytestmark = pytest.mark.django_db
BEGUN = datetime(2027, 2, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def pair(at: At) -> Pairing:
    at(BEGUN)
    made = make_pair(activated_at=BEGUN)
    agreements.write_first_version(made)
    return made


def nudged() -> list[tuple[int, str]]:
    rows = OutboxMessage.objects.filter(kind=agreement_mail.KIND).order_by("due_at", "recipient")
    return [(row.recipient_id, row.state) for row in rows]


@pytest.mark.broad
def test_each_who_has_not_signed_is_reminded_twice_and_no_more(
    pair: Pairing, at: At, mailoutbox: list[Any]
) -> None:
    for day in range(30):
        at(BEGUN + timedelta(days=day))
        for _time in range(2):
            nudge_unsigned()
            sender.send_due()
    people = sorted([pair.mentor_id, pair.mentee_id])
    assert nudged() == [(person, "sent") for person in people * len(NUDGE_AFTER)]
    assert len(mailoutbox) == 4


@pytest.mark.broad
def test_a_pair_that_goes_on_after_a_pause_gets_time(pair: Pairing, at: At) -> None:
    at(BEGUN + timedelta(days=2))
    pausing.pause(actor=pair.mentor, pairing=pair)
    again = BEGUN + timedelta(days=30)
    at(again)
    for person in (pair.mentor, pair.mentee):
        pausing.resume(actor=person, pairing=pair)
    assert nudge_unsigned() == 0
    [version] = AgreementVersion.objects.unsigned()
    assert abs(version.asked_at - again) < MINUTE
    at(again + NUDGE_AFTER[0] + MINUTE)
    assert nudge_unsigned() == 2


def test_a_person_who_has_signed_is_not_reminded(pair: Pairing, at: At) -> None:
    sign(pair, pair.mentor)
    at(BEGUN + NUDGE_AFTER[0] + MINUTE)
    assert nudge_unsigned() == 1
    assert nudged() == [(pair.mentee_id, "queued")]


def test_signing_takes_back_what_was_not_sent(pair: Pairing, at: At) -> None:
    at(BEGUN + NUDGE_AFTER[0] + MINUTE)
    nudge_unsigned()
    sign(pair)
    assert sender.send_due() == {"cancelled": 2}


def test_new_version_asks_anew(pair: Pairing, at: At) -> None:
    at(BEGUN + NUDGE_AFTER[0] + MINUTE)
    nudge_unsigned()
    agreements.propose_version(
        actor=pair.mentor,
        pairing=pair,
        base_number=1,
        additions=agreements.Additions(cadence="Fridays"),
        sign_it=True,
    )
    assert nudge_unsigned() == 0, "the newest version is minutes old"
    at(BEGUN + 2 * NUDGE_AFTER[0] + 2 * MINUTE)
    assert nudge_unsigned() == 1


@pytest.mark.parametrize("change", ["paused", "away", "left"])
def test_nobody_is_reminded_who_cannot_sign(pair: Pairing, at: At, change: str) -> None:
    if change == "paused":
        Pairing.objects.filter(pk=pair.pk).update(state="paused")
    for person in (pair.mentor, pair.mentee):
        if change == "away":
            Absence.objects.create(
                person=person, starts_on=BEGUN.date(), ends_on=BEGUN.date() + timedelta(days=20)
            )
        if change == "left":
            User.objects.filter(pk=person.pk).update(is_active=False)
    at(BEGUN + NUDGE_AFTER[0] + MINUTE)
    assert nudge_unsigned() == 0


def test_what_fell_due_long_ago_is_not_told_late(pair: Pairing, at: At) -> None:
    at(BEGUN + NUDGE_AFTER[-1] + agreement_mail.LIFE + MINUTE)
    nudge_unsigned()
    assert [state for _person, state in nudged()] == ["missed"] * 4


@pytest.mark.broad
def test_after_both_reminders_the_coordinator_sees_it(pair: Pairing, at: At) -> None:
    def kinds() -> set[str]:
        return {need.kind for need in needs_of(pair.program)}

    at(BEGUN + ESCALATE_AFTER - MINUTE)
    assert "unsigned" not in kinds()
    at(BEGUN + ESCALATE_AFTER + MINUTE)
    assert "unsigned" in kinds()
    sign(pair)
    assert "unsigned" not in kinds()


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(at: At, number: int, django_assert_num_queries: Any) -> None:
    at(BEGUN)
    for _count in range(number):
        agreements.write_first_version(make_pair(activated_at=BEGUN))
    nudge_unsigned()
    at(BEGUN + NUDGE_AFTER[0] + MINUTE)
    with django_assert_num_queries(9):
        assert nudge_unsigned() == 2 * number
