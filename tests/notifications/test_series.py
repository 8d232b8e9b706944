"""One letter to many, and thousands of messages at once: the same as one by one, only faster."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, transaction

from common import background, clock
from notifications import outbox
from notifications.mail import series
from notifications.mail.blocks import LetterError
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from tests.factories import ProgramFactory, UserFactory
from tests.notifications.conftest import KIND

pytestmark = pytest.mark.django_db
NAMES = ["Ada Byron", "<b>Bo</b> & Co", "[[link]] Eve", "{{ name }} Max", "A\n\n- \u202eb"]


@pytest.mark.parametrize(
    "template", ["offer_mentor", "offer_mentor_reminder", "offer_mentee", "offer_mentee_reminder"]
)
def test_each_reads_what_they_would_have_read_alone(template: str) -> None:
    people = [
        UserFactory(name=name, preferred_name=name, locale=locale, time_zone=zone)
        for name in NAMES
        for locale in ("en", "de")
        for zone in ("America/New_York", "Pacific/Auckland")
    ]
    context = {"program": ProgramFactory(name="Up & <up>"), "until": clock.now()}
    many = series.compose_many(recipients=people, template=f"pairings/{template}", context=context)
    for person, letter in zip(people, many, strict=True):
        assert letter == compose(
            recipient=person, template=f"pairings/{template}", context={**context, "person": person}
        )


def test_composed_once_for_each_language_and_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def counted(**given: Any) -> Any:
        made.append(given["recipient"])
        return compose(**given)

    monkeypatch.setattr(series, "compose", counted)
    people = [UserFactory(locale=locale) for locale in ("en", "de") for _ in range(5)]
    context = {"program": ProgramFactory(), "until": clock.now()}
    assert (
        len(
            series.compose_many(
                recipients=people, template="pairings/offer_mentor", context=context
            )
        )
        == 10
    )
    assert len(made) == 2


def test_a_letter_to_many_says_nothing_else_about_a_person() -> None:
    with pytest.raises(LetterError, match="job_title"):
        str(series._Anybody("en", "UTC").job_title)


@pytest.fixture
def drafts() -> list[outbox.Draft]:
    """More than are stored one by one, some due now and some later."""
    person, now = UserFactory(), clock.now()
    return [
        outbox.Draft(
            recipient=person,
            kind=KIND,
            subject=f"About\t{number}",
            text='Tab\t, "quotes", back\\slash\n\\N\n',
            html="<p>ä</p>",
            data={"id": number},
            dedupe_key=f"many:{number}",
            due_at=now + timedelta(days=number % 2),
        )
        for number in range(outbox.MANY)
    ]


@pytest.mark.broad
def test_many_at_once_are_stored_as_one_by_one(drafts: list[outbox.Draft]) -> None:
    def stored() -> list[tuple[Any, ...]]:
        rows = OutboxMessage.objects.order_by("data__id")
        left_out = {"id", "public_id", "created_at"}
        names = [
            field.attname
            for field in OutboxMessage._meta.concrete_fields
            if field.attname not in left_out
        ]
        return list(rows.values_list(*names))

    assert outbox.enqueue_many(drafts) == outbox.MANY
    at_once = stored()
    OutboxMessage.objects.all().delete()
    for draft in drafts:
        outbox.enqueue(**draft)
    assert at_once == stored()


def test_many_at_once_twice_changes_nothing(
    drafts: list[outbox.Draft], django_assert_max_num_queries: Any
) -> None:
    outbox.enqueue_many(drafts[:10])
    assert outbox.enqueue_many([*drafts, *drafts]) == outbox.MANY - 10
    with django_assert_max_num_queries(6):
        assert outbox.enqueue_many(drafts) == 0
    assert OutboxMessage.objects.count() == outbox.MANY


def test_many_at_once_ring_once(
    drafts: list[outbox.Draft], monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(background, "enqueue_on_commit", lambda task, *args: rung.append(task))
    outbox.enqueue_many(drafts)
    assert rung == ["notifications.tasks.send_due"]


def test_what_fails_takes_all_of_them_back(drafts: list[outbox.Draft]) -> None:
    broken = outbox.Draft(**{**drafts[0], "dedupe_key": "broken", "text": "a zero \x00 byte"})
    with pytest.raises(DataError), transaction.atomic():
        outbox.enqueue_many([*drafts, broken])
    assert not OutboxMessage.objects.exists()
