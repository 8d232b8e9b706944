"""The page of one's own calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.domain import absences
from accounts.models import Absence, CalendarFeed, OwnCalendar
from common import background
from pairings.models import Pairing
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.pages import text_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing(at: At, monkeypatch: pytest.MonkeyPatch) -> Pairing:
    at(MONDAY)
    monkeypatch.setattr(background, "enqueue_on_commit", lambda *_: None)
    return make_pair()


def url(name: str = "my_calendar", *args: Any) -> str:
    return reverse(f"meetings:{name}", args=args)


def test_an_absence_is_entered_shown_and_removed(pairing: Pairing, as_user: AsUser) -> None:
    client = as_user(pairing.mentor)
    data = {"starts_on": "2027-02-08", "ends_on": "2027-02-12"}
    assert client.post(url("absence_add"), data).status_code == 303
    assert "Mon 8 Feb 2027" in text_of(client.get(url()))
    assert client.post(url("absence_remove", Absence.objects.get().public_id)).status_code == 303
    assert not Absence.objects.exists()


def test_an_absence_that_makes_no_sense_is_shown_again(pairing: Pairing, as_user: AsUser) -> None:
    answer = as_user(pairing.mentor).post(
        url("absence_add"), {"starts_on": "2027-02-08", "ends_on": "2027-02-01"}
    )
    assert answer.status_code == 422
    assert 'value="2027-02-08"' in text_of(answer)
    assert "The last day comes before the first one." in text_of(answer)


def test_the_last_day_there_is_cannot_be_entered(pairing: Pairing, as_user: AsUser) -> None:
    """The page that lists absences reckons with the day after."""
    client = as_user(pairing.mentor)
    assert (
        client.post(
            url("absence_add"), {"starts_on": "9999-12-31", "ends_on": "9999-12-31"}
        ).status_code
        == 422
    )
    assert client.get(url()).status_code == 200


def test_sessions_in_an_absence_are_named_with_a_link_to_move_them(
    pairing: Pairing, as_user: AsUser
) -> None:
    session = book(pairing, date(2027, 2, 9))
    book(pairing, date(2027, 2, 16))
    client = as_user(pairing.mentee)
    answer = client.post(
        url("absence_add"), {"starts_on": "2027-02-08", "ends_on": "2027-02-12"}, follow=True
    )
    assert "fall into these days" in text_of(answer)
    assert reverse("meetings:session_move", args=[session.public_id]) in text_of(answer)
    assert text_of(answer).count("/move/") == 1


@pytest.mark.broad
def test_the_other_sees_until_when_and_coordinators_nothing(
    pairing: Pairing, as_user: AsUser
) -> None:
    session = book(pairing, date(2027, 2, 9))
    absences.add(actor=pairing.mentor, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 12))
    client = as_user(pairing.mentee)
    for page in (
        reverse("mentoring:pair_home", args=[pairing.public_id]),
        reverse("meetings:session_detail", args=[session.public_id]),
        reverse("meetings:session_new", args=[pairing.public_id]),
    ):
        shown = " ".join(text_of(client.get(page)).split())
        assert f"{pairing.mentor.short_name} is away until" in shown
        assert "Fri 12 Feb 2027" in shown
    own = as_user(pairing.mentor).get(reverse("mentoring:pair_home", args=[pairing.public_id]))
    assert "is away until" not in text_of(own)


def test_the_address_of_the_feed_is_shown_once_and_nowhere_kept_in_clear(
    pairing: Pairing, as_user: AsUser
) -> None:
    client = as_user(pairing.mentor)
    assert client.post(url("feed_renew")).status_code == 303
    held = [Session(session_data=row.session_data).get_decoded() for row in Session.objects.all()]
    shown = client.get(url())
    addresses = shown.context["addresses"]
    token = addresses["https"].rpartition("/")[2].removesuffix(".ics")
    assert token not in str(held)
    assert addresses["webcal"] == f"webcal://{addresses['https'].partition('://')[2]}"
    assert f'href="{addresses["webcal"]}"' in text_of(shown)
    assert Client().get(url("calendar_feed", token)).status_code == 200
    assert token not in text_of(client.get(url()))
    assert client.post(url("feed_revoke")).status_code == 303
    assert not CalendarFeed.objects.exists()


def test_one_s_own_calendar_is_entered_and_its_address_not_shown_again(
    pairing: Pairing, as_user: AsUser
) -> None:
    client = as_user(pairing.mentee)
    answer = client.post(
        url("own_calendar_save"), {"address": "https://calendar.example.com/secret-1/a.ics"}
    )
    assert answer.status_code == 303
    shown = text_of(client.get(url()))
    assert "calendar.example.com" in shown
    assert "secret-1" not in shown
    OwnCalendar.objects.update(problem="moved", failures=1)
    assert "leads on to another one" in text_of(client.get(url()))
    assert client.post(url("own_calendar_remove")).status_code == 303
    assert not OwnCalendar.objects.exists()


def test_an_address_inside_is_refused_in_clear_words(pairing: Pairing, as_user: AsUser) -> None:
    answer = as_user(pairing.mentee).post(
        url("own_calendar_save"), {"address": "https://192.168.1.1/a.ics"}
    )
    assert answer.status_code == 422
    assert "leads to a public server" in text_of(answer)
    assert 'value="https://192.168.1.1/a.ics"' in text_of(answer)


def test_a_meeting_room_of_one_s_own_is_filled_in(pairing: Pairing, as_user: AsUser) -> None:
    pairing.mentee.join_link = "https://meet.example.com/mentee"
    pairing.mentee.save()
    page = reverse("meetings:session_new", args=[pairing.public_id])
    assert (
        as_user(pairing.mentor).get(page).context["form"].initial["link"]
        == "https://meet.example.com/mentee"
    )
    pairing.mentor.join_link = "https://meet.example.com/mentor"
    pairing.mentor.save()
    assert (
        as_user(pairing.mentor).get(page).context["form"].initial["link"]
        == "https://meet.example.com/mentor"
    )
    book(pairing, link="https://meet.example.com/last")
    assert (
        as_user(pairing.mentor).get(page).context["form"].initial["link"]
        == "https://meet.example.com/last"
    )


@pytest.mark.parametrize("count", [1, 3])
def test_my_calendar_query_count(
    pairing: Pairing, as_user: AsUser, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        book(pairing, date(2027, 2, 9 + 7 * number))
        day = date(2027, 2, 9 + 7 * number)
        absences.add(actor=pairing.mentor, starts_on=day, ends_on=day)
    client = as_user(pairing.mentor)
    with django_assert_num_queries(8):
        shown = client.get(url())
    assert [len(sessions) for _absence, sessions in shown.context["absences"]] == [1] * count


@pytest.mark.broad
def test_entering_address_after_address_is_stopped_for_an_hour(
    pairing: Pairing, as_user: AsUser, at: At
) -> None:
    client = as_user(pairing.mentee)
    addresses = [f"https://calendar{number}.example.com/a.ics" for number in range(12)]
    answers = [client.post(url("own_calendar_save"), {"address": address}) for address in addresses]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429] * 2
    assert OwnCalendar.objects.get().address == addresses[9]
    shown = text_of(answers[-1])
    assert "Try again in an hour" in shown
    assert f'value="{addresses[-1]}"' in shown  # what was typed stays
    assert client.post(url("own_calendar_remove")).status_code == 303
    assert (
        client.post(url("own_calendar_save"), {"address": addresses[0]}).status_code == 429
    )  # removing begins nothing anew
    other = as_user(pairing.mentor)
    assert other.post(url("own_calendar_save"), {"address": addresses[0]}).status_code == 303
    client = as_user(pairing.mentee)
    at(MONDAY + timedelta(minutes=59))
    assert client.post(url("own_calendar_save"), {"address": addresses[0]}).status_code == 429
    at(MONDAY + timedelta(minutes=61))
    assert client.post(url("own_calendar_save"), {"address": addresses[0]}).status_code == 303


@pytest.mark.broad
def test_mistyping_is_not_counted(pairing: Pairing, as_user: AsUser) -> None:
    client = as_user(pairing.mentee)
    for _time in range(12):
        assert (
            client.post(
                url("own_calendar_save"), {"address": "https://192.168.1.1/a.ics"}
            ).status_code
            == 422
        )
    assert (
        client.post(
            url("own_calendar_save"), {"address": "https://calendar.example.com/a.ics"}
        ).status_code
        == 303
    )


def test_an_address_inside_and_one_where_nobody_answers_read_the_same(
    pairing: Pairing, as_user: AsUser
) -> None:
    client = as_user(pairing.mentee)
    client.post(url("own_calendar_save"), {"address": "https://calendar.example.com/a.ics"})
    said = []
    for problem in ("forbidden", "unreachable"):
        OwnCalendar.objects.update(problem=problem, failures=1)
        said.append(client.get(url()).context["own_problem"])
    assert said[0] == said[1] != ""
