"""Sending again what is not listed: each once, what still has a point alone, and whoever asks
learns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from common import clock
from common.models import AuditEntry
from notifications.delivery import digest, resending, retrying, sender
from notifications.enums import MessageState
from notifications.kinds import policy, registry
from notifications.models import OutboxMessage, Resending
from notifications.preferences import suppression
from tests.factories import UserFactory
from tests.support.types import At

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = uuid4(), uuid4()
WITH_END, WITHOUT_END, NUDGE = "tests.with_end", "tests.cannot_tell", "tests.nudge"


@pytest.fixture(autouse=True)
def kinds(monkeypatch: Any) -> Iterator[None]:
    """A kind that knows whether it has a point, one that does not, a reminder, and one that is
    listed.
    """
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register(
        WITH_END, label="A", still_due=lambda message: message.data.get("wanted", True)
    )
    registry.register(WITHOUT_END, label="B")
    registry.register(NUDGE, label="C", still_due=lambda message: True, is_nudge=True)
    yield


def lost(kind: str = WITH_END, **fields: Any) -> OutboxMessage:
    """A message that was missed an hour ago."""
    now = clock.now()
    values = {
        "recipient": UserFactory(),
        "kind": kind,
        "scope": HERE,
        "dedupe_key": str(uuid4()),
        "subject": "S",
        "text": "T",
        "due_at": now - timedelta(days=3),
        "try_at": now - timedelta(hours=1),
        "expires_at": now - timedelta(hours=1),
        "state": MessageState.MISSED,
    }
    return OutboxMessage.objects.create(**values | fields)


def press(scope: UUID | None = HERE, key: UUID | None = None) -> None:
    resending.ask(actor=UserFactory(), scope=scope, key=key or uuid4())
    resending.resend_asked()


def state_of(row: OutboxMessage) -> str:
    row.refresh_from_db()
    return str(row.state)


@pytest.mark.parametrize("state", ["missed", "failed"])
def test_what_did_not_arrive_is_sent(state: str, mailoutbox: list[Any]) -> None:
    row = lost(state=state)
    press()
    sender.send_due()
    assert (state_of(row), len(mailoutbox)) == ("sent", 1)
    press()
    sender.send_due()
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("programs.cancelled", {}),
        (policy.DIGEST, {}),
        ("mentoring.delivery_well", {}),
        ("tests.nobody_knows_it", {}),
        (WITH_END, {"scope": ELSEWHERE}),
        (WITH_END, {"scope": None}),
        (WITH_END, {"text": ""}),
        (WITH_END, {"data": {"wanted": False}}),
        (WITH_END, {"state": "unknown", "resend_allowed": False}),
        (WITH_END, {"state": "cancelled", "text": ""}),
        (WITHOUT_END, {}),
    ],
)
def test_what_is_left_alone(kind: str, fields: dict[str, Any]) -> None:
    row = lost(kind, **fields)
    before = state_of(row)
    press()
    assert state_of(row) == before


def test_kind_that_cannot_tell_has_its_end() -> None:
    row = lost(WITHOUT_END, state="failed", expires_at=clock.now() + timedelta(hours=1))
    press()
    assert state_of(row) == "queued"


@pytest.mark.parametrize("newer", ["missed", "sent", "queued", "cancelled"])
def test_of_several_reminders_the_newest_is_enough(newer: str) -> None:
    old = lost(NUDGE, data={"about": 1}, due_at=clock.now() - timedelta(days=5))
    fields = {"sent": {"sent_at": clock.now(), "text": ""}, "cancelled": {"text": ""}}.get(
        newer, {}
    )
    new = lost(NUDGE, data={"about": 1}, recipient=old.recipient, state=newer, **fields)
    other = lost(NUDGE, data={"about": 2}, recipient=old.recipient)
    press()
    ended = newer in ("sent", "cancelled")
    assert (state_of(new), state_of(other)) == (newer if ended else "queued", "queued")
    assert state_of(old) == ("queued" if newer == "cancelled" else "missed"), (
        "one that was cancelled has said nothing"
    )


def test_it_goes_by_itself_and_is_in_no_summary(monkeypatch: Any) -> None:
    monkeypatch.setitem(policy.POLICIES, WITH_END, policy.Policy("pair", digest=True, listed=False))
    person, old = UserFactory(), clock.now() - timedelta(days=2)
    rows = [
        lost(recipient=person, due_at=old, held_until=old, last_error="450 later")
        for _number in range(3)
    ]
    press()
    for row in rows:
        row.refresh_from_db()
        assert (row.held_until, row.last_error) == (None, "")
        assert row.due_at > clock.now() - timedelta(minutes=1)
        assert not digest.late_ones(person.pk).exists()


def test_address_that_is_refused_keeps_its_message() -> None:
    row = lost()
    suppression.suppress(row.recipient.email, "550 5.1.1")  # type: ignore[union-attr]
    press()
    assert state_of(row) == "missed"
    assert row.text


def test_all_programs_and_what_belongs_to_none() -> None:
    rows = [lost(), lost(scope=ELSEWHERE), lost(scope=None)]
    press(None)
    assert {state_of(row) for row in rows} == {"queued"}


def test_the_same_press_counts_once(at: At) -> None:
    key = uuid4()
    press(key=key)
    at(clock.now() + timedelta(hours=1))
    later = lost(try_at=clock.now() - timedelta(minutes=1))
    press(key=key)
    assert state_of(later) == "missed", "the second one is the first one, whoever presses"
    assert (
        Resending.objects.count(),
        AuditEntry.objects.filter(verb="messages.resent").count(),
    ) == (1, 1)


def test_trail_tells_no_number_and_no_message() -> None:
    actor, row = UserFactory(), lost()
    resending.ask(actor=actor, scope=HERE, key=uuid4())
    resending.resend_asked()
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.scope, entry.detail) == (actor.pk, HERE, {})
    assert str(row.public_id) not in entry.target_id


def test_one_that_fails_again_waits_for_another_press() -> None:
    row = lost()
    resending.ask(actor=UserFactory(), scope=HERE, key=uuid4())
    resending.resend_asked()
    OutboxMessage.objects.update(state="failed", try_at=clock.now())
    Resending.objects.update(done_at=None)  # as if the worker had died right before the end
    assert resending.resend_asked() == 0
    assert state_of(row) == "failed"


def test_worker_that_dies_half_way_is_followed_by_another(monkeypatch: Any) -> None:
    rows = [lost() for _number in range(3)]
    monkeypatch.setattr(resending, "PAGE", 1)
    queue, died = retrying.queue, []

    def dies_at_the_second(message: OutboxMessage) -> OutboxMessage:
        if message.pk == rows[1].pk and not died:
            died.append(True)
            raise SystemExit
        return queue(message)

    monkeypatch.setattr(retrying, "queue", dies_at_the_second)
    resending.ask(actor=UserFactory(), scope=HERE, key=uuid4())
    with pytest.raises(SystemExit):
        resending.resend_asked()
    assert [state_of(row) for row in rows] == ["queued", "missed", "missed"]
    assert resending.resend_asked() == 2
    assert {state_of(row) for row in rows} == {"queued"}
    assert resending.resend_asked() == 0


def test_kind_that_breaks_holds_up_no_other() -> None:
    registry.register(WITHOUT_END, label="B", still_due=lambda message: message.data["gone"])
    broken, other = lost(WITHOUT_END), lost()
    press()
    assert (state_of(broken), state_of(other)) == ("missed", "queued")
