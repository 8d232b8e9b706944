"""What the page of a session offers before it, while it is on, and after it."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from django.test import Client

from accounts.models import User
from meetings.domain import late, sessions
from meetings.models import MentoringSession
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, make_program
from tests.support.pages import url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(at: At) -> MentoringSession:
    at(MONDAY)
    return book(make_pair(), link="https://meet.example.com/1")


def shown(client: Client, session: MentoringSession) -> str:
    return " ".join(client.get(url_of("meetings:session_detail", session)).content.decode().split())


def primary(text: str) -> list[str]:
    """The words of the primary buttons."""
    found = re.findall(r'class="btn btn-primary"[^>]*>(.*?)<', text)
    return [words.strip() for words in found]


@pytest.mark.parametrize(
    ("minutes", "button", "badge"),
    [(-30, "Join", "Scheduled"), (10, "Join", "On now"), (45, "Log this session", "To be logged")],
)
def test_the_one_primary_button_is_what_is_next(
    session: MentoringSession, as_user: AsUser, at: At, minutes: int, button: str, badge: str
) -> None:
    at(session.starts_at + timedelta(minutes=minutes))
    text = shown(as_user(session.pairing.mentor), session)
    assert primary(text) == [button]
    assert f">{badge}<" in text


def test_without_a_link_the_log_is_next_while_it_is_on(
    session: MentoringSession, as_user: AsUser, at: At
) -> None:
    MentoringSession.objects.update(link="")
    at(session.starts_at)
    assert primary(shown(as_user(session.pairing.mentor), session)) == ["Log this session"]


def test_who_comes_late_is_told_until_the_end(
    session: MentoringSession, as_user: AsUser, at: At
) -> None:
    at(session.starts_at - timedelta(minutes=5))
    late.say_late(actor=session.pairing.mentee, session=session, minutes=10)
    client, words = as_user(session.pairing.mentor), "10 minutes late"
    assert words in shown(client, session)
    at(session.ends_at)
    assert words not in shown(client, session)


def test_a_cancelled_one_leads_on_to_booking(session: MentoringSession, as_user: AsUser) -> None:
    sessions.cancel(actor=session.pairing.mentor, session=session)
    for person in (session.pairing.mentor, session.pairing.mentee):
        assert url_of("meetings:session_new", session.pairing) in shown(as_user(person), session)
    type(session.pairing).objects.update(state="paused")
    assert url_of("meetings:session_new", session.pairing) not in shown(
        as_user(session.pairing.mentor), session
    )


def test_the_form_that_moves_it_speaks_its_readers_time(
    session: MentoringSession, as_user: AsUser
) -> None:
    User.objects.filter(pk=session.pairing.mentee_id).update(time_zone="America/New_York")
    form = (
        as_user(session.pairing.mentee)
        .get(url_of("meetings:session_move", session))
        .context["form"]
    )
    assert (form.initial["wall_time"], form.initial["time_zone"]) == (time(4), "America/New_York")
    data = {
        "wall_date": "2027-02-02",
        "wall_time": "04:00",
        "time_zone": "America/New_York",
        "minutes": "45",
    }
    as_user(session.pairing.mentee).post(
        url_of("meetings:session_move", session), data | {"link": session.link}
    )
    session.refresh_from_db()
    assert (session.sequence, session.time_zone) == (
        0,
        "Europe/Berlin",
    )  # the same moment is no change


def test_a_second_time_of_the_readers_clock_is_told_in_the_session_s_own(
    at: At, as_user: AsUser
) -> None:
    at(MONDAY)
    session = book(
        make_pair(), datetime(2027, 11, 7).date(), time(8), zone="Asia/Jerusalem"
    )  # the second 1:00 in New York
    User.objects.filter(pk=session.pairing.mentee_id).update(time_zone="America/New_York")
    form = (
        as_user(session.pairing.mentee)
        .get(url_of("meetings:session_move", session))
        .context["form"]
    )
    assert (form.initial["wall_time"], form.initial["time_zone"]) == (time(8), "Asia/Jerusalem")


def test_another_time_instead_is_not_filled_in_with_the_one_that_has_passed(
    session: MentoringSession, as_user: AsUser, at: At
) -> None:
    at(session.ends_at)
    initial = (
        as_user(session.pairing.mentor)
        .get(url_of("meetings:session_again", session))
        .context["form"]
        .initial
    )
    assert "wall_date" not in initial
    assert initial["link"] == session.link


@pytest.mark.parametrize("name", ["session_new", "session_series"])
def test_where_no_time_suits_both_it_says_so(at: At, as_user: AsUser, name: str) -> None:
    at(MONDAY)
    windows = {
        "mentor_enrolment__availability": [[0, 540, 600]],
        "mentee_enrolment__availability": [[1, 540, 600]],
    }
    pairing = make_pair(**windows)
    assert (
        "no time suits both"
        in as_user(pairing.mentor).get(url_of(f"meetings:{name}", pairing)).content.decode()
    )


def test_the_only_other_time_is_not_called_none(at: At, as_user: AsUser) -> None:
    at(MONDAY)
    windows = {f"{side}_enrolment__availability": [[1, 600, 660]] for side in ("mentor", "mentee")}
    pairing = make_pair(program=make_program(ends_on=TUESDAY + timedelta(days=7)), **windows)
    answer = as_user(pairing.mentor).get(url_of("meetings:session_move", book(pairing)))
    assert answer.context["proposed"] is not None
    assert answer.context["slots"] == []
    assert "no time suits both" not in answer.content.decode()
