"""Writing about an entry of the queue: nothing tells who did something."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from meetings.domain import pausing, sessions
from mentoring.needs.past_mails import KIND
from mentoring.needs.queue import needs_of
from notifications import kinds
from notifications.models import OutboxMessage, Webhook
from pairings.models import Pairing, Signature
from tests.factories import ProgramFactory, ProgramStaffFactory, UserFactory
from tests.meetings.session_data import book, make_pair, make_program
from tests.mentoring.needs_data import DAY, MONDAY, entries, form_of, paused, url_of
from tests.support.pages import without_random
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


def pause(pair: Pairing, one: User) -> None:
    pausing.pause(actor=one, pairing=pair)


def leave_unsigned(pair: Pairing, one: User) -> None:
    Signature.objects.filter(version__pairing=pair, person=one).delete()


def decline_last(pair: Pairing, one: User) -> None:
    """Two called off on the mentee's side, then one more by somebody."""
    for number, actor in enumerate((pair.mentee, pair.mentee, one), 15):
        sessions.cancel(actor=actor, session=book(pair, day=(MONDAY + number * DAY).date()))


@pytest.mark.broad
@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("deed", [pause, leave_unsigned, decline_last])
def test_pages_are_the_same_whoever_it_was(
    pair: Pairing, coordinator: Any, at: At, deed: Any
) -> None:
    at(MONDAY + 12 * DAY)

    def pages(one: User) -> list[str]:
        found = []
        with transaction.atomic():
            deed(pair, one)
            for number in range(len(needs_of(pair.program))):
                page = coordinator.get(url_of(pair.program, number)).content.decode()
                found.append(without_random(page))
            transaction.set_rollback(True)
        return found

    by_mentor, by_mentee = pages(pair.mentor), pages(pair.mentee)
    assert len(by_mentor) > 0
    assert by_mentor == by_mentee


@pytest.mark.broad
def test_drafts_name_nobody(pair: Pairing, coordinator: Any, at: At) -> None:
    entries(pair, at)
    for number, need in enumerate(needs_of(pair.program)):
        form = coordinator.get(url_of(pair.program, number)).context["form"]
        said = " ".join(form.preview())
        for _role, person in need.people:
            for word in person.name.split():
                assert word not in said, need.kind


def test_channels_of_slack_and_teams_get_none_of_it(pair: Pairing, coordinator: Any) -> None:
    Webhook.objects.create(
        scope=pair.program.public_id,
        channel="slack",
        label="x",
        address="https://hooks.slack.com/services/x",
    )
    url = url_of(paused(pair).program)
    coordinator.post(url, form_of(coordinator, url))
    assert set(OutboxMessage.objects.values_list("channel", flat=True)) == {"email"}
    row = kinds.find(KIND)
    assert (row.always, row.one_click, row.digest, row.quiet) == (True, False, False, True)


@pytest.mark.broad
def test_it_is_listed_without_its_words(pair: Pairing, coordinator: Any) -> None:
    url = url_of(paused(pair).program)
    coordinator.post(url, form_of(coordinator, url, subject="Canary", text="Canary"))
    page = coordinator.get(
        reverse("mentoring:program_messages", args=[pair.program.public_id])
    ).content.decode()
    assert "Personal mail" in page
    assert "Canary" not in page


def test_other_coordinator_s_entries_cannot_be_written_about(
    pair: Pairing, as_user: AsUser
) -> None:
    url = url_of(paused(pair).program)
    other = as_user(ProgramStaffFactory(program=ProgramFactory(), person=UserFactory()).person)
    assert other.get(url).status_code == 404
    assert other.post(url, {}).status_code == 404


def test_entry_of_another_program_is_not_there(pair: Pairing, coordinator: Any) -> None:
    other = make_pair(program=make_program())
    pausing.pause(actor=other.mentor, pairing=other)
    url = reverse("mentoring:need_write", args=[pair.program.public_id, "paused", other.public_id])
    page = coordinator.get(url, follow=True).content.decode()
    assert other.mentor.name not in page
    assert coordinator.get(url.replace("paused", "nonsense")).status_code == 404


@pytest.mark.broad
@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_page_do_not_grow(
    pair: Pairing, coordinator: Any, number: int, django_assert_max_num_queries: Any
) -> None:
    for _count in range(number):
        made = make_pair(program=pair.program, activated_at=MONDAY)
        pausing.pause(actor=made.mentor, pairing=made)
    url = url_of(pair.program)
    coordinator.get(url)
    with django_assert_max_num_queries(12):
        assert coordinator.get(url).status_code == 200
