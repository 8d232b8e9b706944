"""The address that a calendar subscribes to: whose it is, what is in it, and what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.domain.calendars import feed
from accounts.models import CalendarFeed, User
from common.models import AuditEntry
from meetings.calendar import files
from meetings.domain import sessions
from meetings.models import MentoringSession
from meetings.views import calendar as view
from pairings.models import Pairing
from tests.meetings.session_data import MONDAY, book, make_pair, move
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    cache.clear()
    return make_pair()


def get(token: str, **headers: str) -> Any:
    """As a calendar asks: without cookies."""
    return Client().get(reverse("meetings:calendar_feed", args=[token]), headers=headers)


def events(token: str) -> dict[str, Any]:
    """By UID, as the second parser reads them."""
    answer = get(token)
    assert answer.status_code == 200
    calendar = vobject.readOne(answer.content.decode())
    return {str(event.uid.value): event for event in getattr(calendar, "vevent_list", [])}


def test_all_sessions_of_the_person_and_of_nobody_else(pairing: Pairing) -> None:
    mine = book(pairing, place="Room 4", link="https://meet.example.com/1")
    second = make_pair(program=pairing.program, mentee_enrolment=pairing.mentee_enrolment)
    other = book(second, date(2027, 2, 3))
    strangers = book(make_pair(), date(2027, 2, 4))
    assert set(events(feed.renew(actor=pairing.mentee))) == {
        files.uid(mine),
        files.uid(other),
    }
    assert set(events(feed.renew(actor=pairing.mentor))) == {files.uid(mine)}
    assert set(events(feed.renew(actor=strangers.pairing.mentor))) == {files.uid(strangers)}


def test_nothing_but_title_time_and_a_link_that_asks_to_sign_in(pairing: Pairing) -> None:
    session = book(pairing, place="Room 4", link="https://meet.example.com/1")
    sessions.ask_question(actor=pairing.mentee, session=session, question="What will break?")
    MentoringSession.objects.update(takeaway="Ask twice")
    text = get(feed.renew(actor=pairing.mentee)).content.decode().replace("\r\n ", "")
    for private in (
        "Room 4",
        "meet.example.com",
        "What will break",
        "Ask twice",
        *names(pairing),
        pairing.program.name,
        "ATTENDEE",
    ):
        assert private not in text
    assert "SUMMARY:Mentoring session" in text
    assert reverse("meetings:session_detail", args=[session.public_id]) in text
    assert max(len(line) for line in text.encode().split(b"\r\n") if b"URL" not in line) <= 75


def names(pairing: Pairing) -> list[str]:
    return [pairing.mentor.name, pairing.mentee.name, pairing.mentor.email, pairing.mentee.email]


@pytest.mark.broad
def test_a_cancelled_session_says_so_for_a_month_and_old_ones_go(pairing: Pairing, at: At) -> None:
    session, kept = book(pairing), book(pairing, date(2027, 6, 1))
    token = feed.renew(actor=pairing.mentor)
    moved = move(session, date(2027, 3, 30))
    assert str(events(token)[files.uid(moved)].sequence.value) == "1"
    sessions.cancel(actor=pairing.mentee, session=moved)
    assert events(token)[files.uid(moved)].status.value == "CANCELLED"
    at(MONDAY + timedelta(days=31))
    assert set(events(token)) == {files.uid(kept)}
    at(datetime(2027, 6, 20, tzinfo=UTC))
    assert set(events(token)) == {files.uid(kept)}
    at(datetime(2027, 7, 20, tzinfo=UTC))
    assert events(token) == {}


def test_only_the_hash_is_kept_and_renewing_ends_the_old_one(pairing: Pairing) -> None:
    first = feed.renew(actor=pairing.mentor)
    assert len(first) == 43
    assert CalendarFeed.objects.get().token_hash == feed.hash_of(first)
    assert first not in str(AuditEntry.objects.values_list("detail", "target_id"))
    second = feed.renew(actor=pairing.mentor)
    assert get(first).status_code == 404
    assert get(second).status_code == 200
    assert feed.revoke(actor=pairing.mentor)
    assert get(second).status_code == 404
    assert not feed.revoke(actor=pairing.mentor)


@pytest.mark.parametrize("token", ["x", "a" * 43, "é", "a" * 500, "%00"])
def test_anything_wrong_is_404_with_the_same_queries(
    pairing: Pairing, token: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert get(token).status_code == 404


def test_a_leaver_s_address_is_404(pairing: Pairing) -> None:
    token = feed.renew(actor=pairing.mentor)
    User.objects.filter(pk=pairing.mentor_id).update(is_active=False)
    assert get(token).status_code == 404


def test_it_sets_no_cookie_is_private_and_not_for_writing(pairing: Pairing) -> None:
    token = feed.renew(actor=pairing.mentor)
    answer = get(token)
    assert not answer.cookies
    assert answer.headers["Cache-Control"].startswith("private")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert Client().post(reverse("meetings:calendar_feed", args=[token])).status_code == 405


def test_what_has_not_changed_is_304(pairing: Pairing, at: At) -> None:
    session = book(pairing)
    token = feed.renew(actor=pairing.mentor)
    etag = get(token).headers["ETag"]
    at(MONDAY + timedelta(hours=1))
    again = get(token, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    move(session, date(2027, 2, 3))
    assert get(token, if_none_match=etag).status_code == 200


def test_whoever_asks_without_end_is_told_to_wait(
    pairing: Pairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "FEED_RATE", 3)
    token = feed.renew(actor=pairing.mentor)
    assert [get(token).status_code for _n in range(5)] == [200, 200, 200, 429, 429]
    assert get(feed.renew(actor=pairing.mentee)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(pairing: Pairing, count: int, django_assert_max_num_queries: Any) -> None:
    for number in range(count):
        book(pairing, date(2027, 2, 2 + number))
    token = feed.renew(actor=pairing.mentor)
    get(token)
    with django_assert_max_num_queries(
        14
    ):  # all but two are of the limit, as the cache is in Postgres
        get(token)
