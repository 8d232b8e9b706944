"""A personal mail snoozes an entry of the queue; the first page says how many entries are open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import Company, User
from common import clock
from meetings.domain import sessions
from mentoring.needs import personal_mail
from mentoring.needs.daily_mail import tell_what_is_new
from mentoring.needs.past_mails import SNOOZE
from mentoring.needs.queue import needs_of, open_entries
from notifications import kinds
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from pairings.models import Pairing
from programs.models import Program
from tests.factories import EnrolmentFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.meetings.session_data import book
from tests.mentoring.needs_data import DAY, MONDAY, entries, form_of, paused, personal_mails, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


# the entry afterwards


def queue(client: Any, program: Any) -> str:
    return str(
        client.get(reverse("mentoring:needs_you", args=[program.public_id])).content.decode()
    )


@pytest.mark.broad
def test_entry_says_who_wrote_when_and_is_snoozed(
    pair: Pairing, cora: User, coordinator: Any, as_user: AsUser, at: At
) -> None:
    program = paused(pair).program
    assert len(open_entries(program)) == 1
    url = url_of(program)
    coordinator.post(url, form_of(coordinator, url))
    page = queue(coordinator, program)
    assert "You wrote on" in page
    assert "Nothing needs you now" in page
    assert len(open_entries(program)) == 0
    assert "Cora Brandt wrote on" in queue(as_user(UserFactory(is_hr_admin=True)), program)
    assert tell_what_is_new() == 0, "nobody is told of what somebody has seen to"
    at(MONDAY + SNOOZE + timedelta(minutes=1))
    assert len(open_entries(program)) == 1
    page = queue(as_user(cora), program)
    assert "You wrote on" in page
    assert "Nothing needs you now" not in page
    assert tell_what_is_new() == 1, "it has come back"


@pytest.mark.broad
def test_snoozed_entry_comes_back_when_something_new_happens(
    pair: Pairing, coordinator: Any, at: At
) -> None:
    for number in (1, 2):
        sessions.cancel(actor=pair.mentee, session=book(pair, day=(MONDAY + number * DAY).date()))
    url = url_of(pair.program)
    coordinator.post(url, form_of(coordinator, url))
    assert len(open_entries(pair.program)) == 0
    at(MONDAY + timedelta(hours=5))
    sessions.cancel(actor=pair.mentee, session=book(pair, day=(MONDAY + 9 * DAY).date()))
    assert len(open_entries(pair.program)) == 1
    assert [need.snoozed for need in needs_of(pair.program)] == [False]


@pytest.mark.broad
def test_entry_is_not_snoozed_by_a_mail_that_did_not_arrive(
    pair: Pairing, coordinator: Any
) -> None:
    url = url_of(paused(pair).program)
    coordinator.post(url, form_of(coordinator, url))
    personal_mails().update(state="failed", text="", html="")
    assert len(open_entries(pair.program)) == 1
    assert coordinator.post(url, form_of(coordinator, url)).status_code == 303, (
        "it can be written again at once"
    )


@pytest.mark.broad
def test_what_is_written_in_one_program_counts_in_that_one_alone(
    pair: Pairing, coordinator: Any
) -> None:
    other = EnrolmentFactory(person=pair.mentor, role="mentor").program
    suppression.suppress(pair.mentor.email, "550 5.1.1")
    url = url_of(pair.program)
    coordinator.post(url, form_of(coordinator, url))
    assert (len(open_entries(pair.program)), len(open_entries(other))) == (0, 1)
    assert [need.snoozed for need in needs_of(other)] == [False]


def test_mail_about_sessions_called_off_leads_to_the_draft(pair: Pairing, coordinator: Any) -> None:
    for number in (1, 2):
        sessions.cancel(actor=pair.mentee, session=book(pair, day=(MONDAY + number * DAY).date()))
    message = OutboxMessage.objects.get(kind="meetings.called_off")
    link = kinds.get(message.kind).link
    assert link is not None
    assert (
        "have not taken place as planned"
        in coordinator.get(link(message).removeprefix(settings.BASE_URL)).content.decode()
    )


def test_pair_whose_people_have_both_left_cannot_be_written_to(
    pair: Pairing, coordinator: Any
) -> None:
    url = url_of(paused(pair).program)
    User.objects.filter(pk__in=[pair.mentor_id, pair.mentee_id]).update(is_active=False)
    assert coordinator.get(url).status_code == 200
    assert (
        coordinator.post(
            url, {"subject": "x", "once": "0b5a6f0e-61a5-4f5b-9d3c-2f2f4f9a7a11"}
        ).status_code
        == 422
    )
    assert not personal_mails().exists()


@pytest.mark.broad
def test_nobody_writes_more_than_forty_an_hour(pair: Pairing, cora: User, coordinator: Any) -> None:
    url = url_of(paused(pair).program)
    coordinator.post(url, form_of(coordinator, url))
    personal_mails().update(
        data={"need": "unsigned", "about": str(uuid4()), "by": cora.pk, "once": "x"}
    )
    with patch.object(personal_mail, "MOST_AN_HOUR", 3):
        assert (
            "within the last hour"
            in coordinator.post(url, form_of(coordinator, url)).content.decode()
        )
    with patch.object(personal_mail, "MOST_AN_HOUR", 4):
        assert coordinator.post(url, form_of(coordinator, url)).status_code == 303


def test_answers_go_to_its_author_until_they_leave(
    pair: Pairing, cora: User, coordinator: Any
) -> None:
    url = url_of(paused(pair).program)
    coordinator.post(url, form_of(coordinator, url))
    message = personal_mails()[0]
    assert personal_mail.reply_to(message) == cora.email
    User.objects.filter(pk=cora.pk).update(is_active=False)
    assert personal_mail.reply_to(message) == ""


@pytest.mark.broad
def test_overview_has_the_entries_of_the_list_in_its_order(pair: Pairing, at: At) -> None:
    entries(pair, at)
    needs = needs_of(pair.program)
    assert len(needs) > 5
    listed = [(need.kind, need.title, need.about_id, need.since) for need in needs]
    short = [
        (entry.kind, entry.title, entry.about_id, entry.since)
        for entry in open_entries(pair.program)
    ]
    assert short == listed


def test_somebody_in_both_roles_is_one_entry(pair: Pairing) -> None:
    EnrolmentFactory(program=pair.program, person=pair.mentor, role="mentee")
    suppression.suppress(pair.mentor.email, "550 5.1.1")
    assert [entry.about for entry in open_entries(pair.program)] == [pair.mentor.name]


# the number on the first page


@pytest.mark.broad
def test_home_and_overview_say_how_many(pair: Pairing, coordinator: Any, as_user: AsUser) -> None:
    home, overview = (
        reverse("mentoring:home"),
        reverse("mentoring:program_overview", args=[pair.program.public_id]),
    )
    assert "Needs you today" not in coordinator.get(home).content.decode()
    assert "needs you" not in coordinator.get(overview).content.decode().replace("Needs you", "")
    paused(pair)
    for client in (coordinator, as_user(UserFactory(is_hr_admin=True))):
        assert "1 thing needs you" in client.get(overview).content.decode()
    Company.objects.update_or_create(pk=1, defaults={"set_up_at": clock.now()})
    assert "1 thing needs you" in as_user(UserFactory(is_hr_admin=True)).get(home).content.decode()
    assert (
        "1 thing needs you"
        in as_user(User.objects.get(name="Cora Brandt")).get(home).content.decode()
    )
    stranger = as_user(ProgramStaffFactory(program=ProgramFactory(), person=UserFactory()).person)
    assert "needs you" not in stranger.get(home).content.decode()
    Program.objects.update(archived_at=clock.now())
    assert (
        "needs you" not in as_user(User.objects.get(name="Cora Brandt")).get(home).content.decode()
    )
