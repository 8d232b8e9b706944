"""One's own messages in the application."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db.models import OuterRef
from django.urls import reverse

from accounts.models import User
from common import clock
from notifications import inbox
from notifications.enums import FINAL_STATES, MessageState
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, LINKED, declare
from tests.support.types import AsUser

URL = "/me/messages/"


def gone_out(
    recipient: User, key: str = "key", state: str = MessageState.SENT, **fields: Any
) -> OutboxMessage:
    now = clock.now()
    values = {
        "kind": LINKED,
        "subject": f"About {key}",
        "data": {"id": 3},
        "expires_at": now,
    } | fields
    sent_at = now if state == MessageState.SENT else None
    return OutboxMessage.objects.create(
        recipient=recipient, dedupe_key=key, state=state, sent_at=sent_at, **values
    )


def test_inbox_shows_kind_subject_and_link(person: User, as_user: AsUser) -> None:
    message = gone_out(person)
    page = as_user(person).get(URL)
    assert page.status_code == 200
    assert reverse("notifications:open_message", args=[message.public_id]) in page.text
    assert "About key" in page.text
    assert "Something to open" in page.text
    assert "New" in page.text


def test_inbox_without_messages_says_what_it_is_for(person: User, as_user: AsUser) -> None:
    assert "No messages yet" in as_user(person).get(URL).text


def test_the_bell_counts_what_the_inbox_shows(person: User, as_user: AsUser) -> None:
    """An alarm goes both ways and is shown once; a summary is not shown."""
    alarm = "mentoring.delivery_late"
    gone_out(person, "inbox", kind=alarm, channel="inbox")
    gone_out(person, "mail", kind=alarm)
    gone_out(person, "summary", kind="notifications.digest")
    gone_out(person, "news")

    def counted() -> list[int]:
        (row,) = User.objects.filter(pk=person.pk).annotate(number=inbox.unread_of(OuterRef("pk")))
        return [
            row.number,
            inbox.unread_count(person),
            inbox.messages_of(person, unread=True).count(),
        ]

    assert counted() == [2, 2, 2]
    assert as_user(person).post(reverse("notifications:mark_read")).status_code == 303
    assert counted() == [0, 0, 0]


def test_a_subject_that_says_what_it_is_stands_there_once(person: User, as_user: AsUser) -> None:
    gone_out(person, subject="Something to open")
    assert as_user(person).get(URL).text.count("Something to open") == 1


def test_inbox_does_not_show_other_peoples_messages(person: User, as_user: AsUser) -> None:
    gone_out(UserFactory(), "secret")
    assert "secret" not in as_user(person).get(URL).text


@pytest.mark.parametrize(
    "state", [MessageState.QUEUED, MessageState.MISSED, MessageState.CANCELLED]
)
def test_inbox_leaves_out_what_was_not_delivered(person: User, as_user: AsUser, state: str) -> None:
    gone_out(person, state=state)
    assert "About key" not in as_user(person).get(URL).text
    assert inbox.unread_count(person) == 0


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.SUPPRESSED])
def test_inbox_says_when_the_mail_did_not_arrive(person: User, as_user: AsUser, state: str) -> None:
    gone_out(person, state=state)
    assert "The e-mail did not reach you." in as_user(person).get(URL).text


def test_every_end_of_a_message_is_decided_on_for_the_inbox() -> None:
    assert set(FINAL_STATES) | {
        MessageState.UNKNOWN,
        MessageState.QUEUED,
        MessageState.LEASED,
        MessageState.SUPPRESSED,
    } == set(MessageState)


def test_opening_marks_as_read_and_leads_on(person: User, as_user: AsUser) -> None:
    message = gone_out(person)
    assert inbox.unread_count(person) == 1
    answer = as_user(person).get(reverse("notifications:open_message", args=[message.public_id]))
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "https://upstream.example/3?a=1&b=2",
    )
    assert inbox.unread_count(person) == 0


def test_opening_by_a_stranger_is_404_and_marks_nothing(person: User, as_user: AsUser) -> None:
    message = gone_out(person)
    answer = as_user(UserFactory()).get(
        reverse("notifications:open_message", args=[message.public_id])
    )
    assert answer.status_code == 404
    assert inbox.unread_count(person) == 1


@pytest.mark.parametrize("kind", [KIND, "tests.of_long_ago"])
def test_opening_a_message_without_link_returns_to_the_inbox(
    person: User, as_user: AsUser, kind: str
) -> None:
    message = gone_out(person, kind=kind)
    client = as_user(person)
    assert "About key" in client.get(URL).text
    answer = client.get(
        reverse("notifications:open_message", args=[message.public_id]), follow=True
    )
    assert answer.redirect_chain == [(URL, 302)]
    assert "nothing more to see" in answer.text


def test_link_that_cannot_be_made_any_more_returns_to_the_inbox(
    person: User, as_user: AsUser
) -> None:
    declare(LINKED, label="x", link=lambda message: message.data["gone"])
    message = gone_out(person)
    answer = as_user(person).get(reverse("notifications:open_message", args=[message.public_id]))
    assert answer.headers["Location"] == URL


def test_mark_all_as_read(person: User, as_user: AsUser) -> None:
    other = UserFactory()
    for number in range(3):
        gone_out(person, str(number))
    gone_out(other, "other")
    client = as_user(person)
    answer = client.post(reverse("notifications:mark_read"))
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    assert (inbox.unread_count(person), inbox.unread_count(other)) == (0, 1)
    assert "3 messages marked as read." in client.get(URL).text


def test_search_and_unread_filter(person: User, as_user: AsUser) -> None:
    gone_out(person, "apples")
    gone_out(person, "pears", read_at=clock.now())
    client = as_user(person)
    assert "pears" not in client.get(URL, {"q": "APPLE"}).text
    assert "pears" not in client.get(URL, {"unread": "on"}).text
    assert "No message fits" in client.get(URL, {"q": "plums"}).text


def test_htmx_gets_the_rows_alone(person: User, as_user: AsUser) -> None:
    gone_out(person)
    page = as_user(person).get(URL, headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert 'id="rows"' in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_inbox_takes_the_same_queries_for_any_number(
    person: User, as_user: AsUser, django_assert_max_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        gone_out(person, str(number))
    client = as_user(person)
    client.get(URL)
    with django_assert_max_num_queries(9):
        client.get(URL)


def test_unread_number_inside_another_query_is_the_same(person: User) -> None:
    gone_out(person, "1")
    gone_out(person, "2")
    gone_out(person, "3", read_at=clock.now())
    other = UserFactory()
    counts = dict(
        User.objects.annotate(unread=inbox.unread_of(OuterRef("pk"))).values_list("pk", "unread")
    )
    assert (counts[person.pk], counts[other.pk]) == (2, 0)


UNREAD = reverse("notifications:unread")


def test_number_on_the_bell(person: Any, as_user: AsUser) -> None:
    client = as_user(person)
    assert client.get(UNREAD).content.decode().strip() == ""
    for number in range(2):
        OutboxMessage.objects.create(
            recipient=person,
            kind=KIND,
            dedupe_key=str(number),
            subject="S",
            expires_at=clock.now(),
            state=MessageState.SENT,
            sent_at=clock.now(),
        )
    assert ">2<" in client.get(UNREAD).content.decode()
    assert f'hx-get="{UNREAD}"' in client.get(reverse("notifications:inbox")).content.decode()


def test_bell_of_somebody_who_is_no_longer_signed_in_leaves_the_page_alone(
    client: Any, db: None
) -> None:
    answer = client.get(UNREAD, headers={"HX-Request": "true"})
    assert (answer.status_code, "HX-Redirect" in answer.headers) == (204, False)


def test_bell_is_nobody_at_the_desk(
    as_user: AsUser, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that stays open keeps no HR admin signed in."""
    client = as_user(UserFactory(is_hr_admin=True))
    begun = time.time()
    for minute in range(5, 75, 5):
        monkeypatch.setattr(time, "time", lambda minute=minute: begun + 60 * minute)
        client.get(UNREAD)
    assert client.get(reverse("notifications:inbox")).status_code == 302
