"""The pages on which a session is booked, read, moved and cancelled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from accounts.models import User
from meetings.domain import sessions
from meetings.enums import SessionState
from meetings.models import MentoringSession
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.enums import GuideKind
from programs.models import SessionGuide
from tests.meetings.session_data import MONDAY, TUESDAY, book, book_series, make_pair, make_program
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
FORM = {
    "wall_date": "2027-02-02",
    "wall_time": "10:00",
    "time_zone": "Europe/Berlin",
    "minutes": "45",
}


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


# --- booking --------------------------------------------------------------------------------------


def test_session_new_books_and_leads_to_the_session(pairing: Pairing, as_user: AsUser) -> None:
    answer = as_user(pairing.mentor).post(
        url_of("meetings:session_new", pairing), FORM | {"link": "https://meet.example.com/1"}
    )
    session = MentoringSession.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        url_of("meetings:session_detail", session),
    )
    assert (session.scheduled_by, session.link) == (pairing.mentor, "https://meet.example.com/1")


def test_session_new_for_a_past_meeting_leads_to_its_log(pairing: Pairing, as_user: AsUser) -> None:
    data = FORM | {"wall_date": "2027-01-20", "past": "on"}
    answer = as_user(pairing.mentor).post(url_of("meetings:session_new", pairing), data)
    assert answer.headers["Location"] == url_of(
        "meetings:session_log", MentoringSession.objects.get()
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"wall_date": "2029-01-01"}, "wall_date"),
        ({"wall_date": "2027-01-31"}, "wall_time"),
        ({"minutes": "5"}, "minutes"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"link": "http://meet.example.com"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"wall_time": ""}, "wall_time"),
    ],
)
def test_session_new_shows_the_problem_at_its_field(
    pairing: Pairing, as_user: AsUser, change: dict[str, str], field: str
) -> None:
    answer = as_user(pairing.mentor).post(
        url_of("meetings:session_new", pairing), FORM | {"place": "Room 4"} | change
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "There is a problem" in text_of(answer)
    assert 'value="Room 4"' in text_of(answer)  # what was typed stays
    assert not MentoringSession.objects.exists()


def test_session_new_says_when_the_other_is_taken(pairing: Pairing, as_user: AsUser) -> None:
    other = make_pair(mentee_enrolment__person=pairing.mentee)
    book(other)
    answer = as_user(pairing.mentor).post(url_of("meetings:session_new", pairing), FORM)
    assert answer.status_code == 422
    assert "is not free then" in answer.context["form"].errors["wall_time"][0]
    assert other.mentor.name not in text_of(answer)


def test_session_new_offers_times_that_suit_both(pairing: Pairing, as_user: AsUser) -> None:
    User.objects.filter(pk=pairing.mentor_id).update(time_zone="America/New_York")
    client = as_user(pairing.mentee)
    slots = client.get(url_of("meetings:session_new", pairing)).context["slots"]
    # nine to five in New York and in Berlin meet from three to five in Berlin; the soonest is
    # tomorrow
    assert [(slot.day, slot.hour) for slot in slots[:2]] == [(2, 15), (3, 15)]
    answer = client.get(
        url_of("meetings:session_new", pairing) + "?day=2027-02-02&time=15:00&zone=Europe%2FBerlin"
    )
    assert 'value="2027-02-02"' in text_of(answer)
    assert 'value="15:00"' in text_of(answer)


@pytest.mark.broad
def test_session_series_books_what_the_program_plans(pairing: Pairing, as_user: AsUser) -> None:
    client = as_user(pairing.mentee)
    assert (
        client.get(url_of("meetings:session_series", pairing)).context["form"].initial["count"] == 6
    )
    answer = book_series(
        client,
        url_of("meetings:session_series", pairing),
        FORM | {"count": "6", "interval_weeks": "4"},
    )
    assert answer.status_code == 303
    days = MentoringSession.objects.values_list("wall_date", flat=True)
    assert list(days) == [TUESDAY + timedelta(weeks=4 * n) for n in range(6)]
    kinds = OutboxMessage.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["meetings.session_invitation"] * 12 + ["meetings.session_series"]


SERIES = FORM | {"wall_date": "2027-03-01", "count": "3", "interval_weeks": "1"}


@pytest.mark.broad
def test_the_dates_of_a_series_are_shown_before_they_are_booked(
    pairing: Pairing, as_user: AsUser
) -> None:
    program = make_program()
    other = make_pair(program=program, mentor=pairing.mentor)
    book(other, date(2027, 3, 22))
    client, url = as_user(pairing.mentee), url_of("meetings:session_series", pairing)
    data = SERIES | {"wall_date": "2027-03-15", "count": "3"}
    answer = client.post(url, data)
    assert answer.status_code == 200
    assert not pairing.sessions.exists()
    page = text_of(answer)
    for words in ("15 Mar 2027", "22 Mar 2027, 10:00", "29 Mar 2027", "Book these dates"):
        assert words in page
    assert page.count("does not suit both") == 1
    assert "public holiday: Easter Monday" in page
    refused = book_series(client, url, data)
    assert refused.status_code == 422
    assert "is not free on" in text_of(refused)


@pytest.mark.broad
def test_other_dates_than_those_that_were_shown_are_shown_first(
    pairing: Pairing, as_user: AsUser
) -> None:
    client, url = as_user(pairing.mentee), url_of("meetings:session_series", pairing)
    dates = client.post(url, SERIES).context["step"].key
    answer = client.post(url, SERIES | {"interval_weeks": "2", "dates": dates})
    assert (answer.status_code, pairing.sessions.count()) == (200, 0)
    dates = answer.context["step"].key
    answer = client.post(url, SERIES | {"interval_weeks": "2", "dates": dates})
    assert (answer.status_code, pairing.sessions.count()) == (303, 3)


@pytest.mark.broad
def test_where_all_planned_sessions_are_booked_none_are_offered(
    pairing: Pairing, as_user: AsUser
) -> None:
    client = as_user(pairing.mentee)
    home = url_of("mentoring:pair_home", pairing)
    assert "Book all sessions at once" in text_of(client.get(home))
    book_series(client, url_of("meetings:session_series", pairing), SERIES | {"count": "6"})
    pages = [home, *(url_of(f"meetings:session_{name}", pairing) for name in ("series", "new"))]
    for page in pages:
        assert "Book all sessions at once" not in text_of(client.get(page))
    assert "All planned sessions are booked." in text_of(client.get(home))
    assert 'name="wall_date"' not in text_of(client.get(pages[1]))


@pytest.mark.broad
@pytest.mark.parametrize(
    ("day", "wall", "words"),
    [
        ("2027-03-29", "10:00", "29 March 2027 is a public holiday: Easter Monday."),
        ("2027-10-31", "02:30", "Clocks go back on 31 October 2027 and show 02:30 twice."),
        ("2027-03-30", "10:00", ""),
    ],
)
def test_an_unusual_time_is_remarked_upon(
    pairing: Pairing, as_user: AsUser, day: str, wall: str, words: str
) -> None:
    client = as_user(pairing.mentee)
    data = FORM | {"wall_date": day, "wall_time": wall}
    answer = client.post(url_of("meetings:session_new", pairing), data)
    assert answer.status_code == 303
    page = text_of(client.get(answer.headers["Location"]))
    assert words in page
    assert ("public holiday" in page or "Clocks go" in page) == bool(words)
    session = MentoringSession.objects.get()
    moved = client.post(url_of("meetings:session_move", session), data | {"minutes": "30"})
    assert words in text_of(client.get(moved.headers["Location"]))


def test_a_time_in_the_gap_is_an_error_at_the_field(pairing: Pairing, as_user: AsUser) -> None:
    data = FORM | {"wall_date": "2027-03-28", "wall_time": "02:30"}
    answer = as_user(pairing.mentee).post(url_of("meetings:session_new", pairing), data)
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors["wall_time"]
    assert error == "Clocks go forward on 28 March 2027: 02:30 does not exist. Choose another time."


@pytest.mark.parametrize("name", ["session_new", "session_series"])
def test_booking_in_a_paused_pair_is_403(pairing: Pairing, as_user: AsUser, name: str) -> None:
    Pairing.objects.update(state="paused")
    assert as_user(pairing.mentor).get(url_of(f"meetings:{name}", pairing)).status_code == 403


@pytest.mark.parametrize("name", ["session_new", "session_series"])
def test_booking_in_a_pair_that_is_only_offered_is_404(
    pairing: Pairing, as_user: AsUser, name: str
) -> None:
    Pairing.objects.update(state="offered")
    assert as_user(pairing.mentor).get(url_of(f"meetings:{name}", pairing)).status_code == 404


# --- one session ----------------------------------------------------------------------------------


def test_session_detail_shows_both_zones_and_the_guide_by_the_minute(
    pairing: Pairing, as_user: AsUser
) -> None:
    User.objects.filter(pk=pairing.mentor_id).update(time_zone="America/New_York")
    agenda = [
        {"minutes": 10, "title": "Arrive", "text": "Phones away."},
        {"minutes": 35, "title": "Talk"},
    ]
    SessionGuide.objects.create(
        program=pairing.program, kind=GuideKind.FIRST, title="Hello", agenda=agenda
    )
    session = book(pairing)
    shown = text_of(as_user(pairing.mentee).get(url_of("meetings:session_detail", session)))
    assert "10:00 (Berlin time)" in shown
    assert "04:00 (New York time)" in shown
    assert "10:10–10:45 · minute 10 to 45" in shown


def test_session_detail_of_another_zone_lists_the_agenda_in_the_readers(
    pairing: Pairing, as_user: AsUser
) -> None:
    SessionGuide.objects.create(
        program=pairing.program,
        kind=GuideKind.FIRST,
        title="Hello",
        agenda=[{"minutes": 5, "title": "Arrive"}],
    )
    session = book(pairing)
    User.objects.filter(pk=pairing.mentor_id).update(time_zone="Asia/Kolkata")
    assert "14:30–15:15 · minute 0 to 45" in text_of(
        as_user(pairing.mentor).get(url_of("meetings:session_detail", session))
    )


def test_session_detail_offers_calendars_of_the_web_with_times_in_utc(
    pairing: Pairing, as_user: AsUser
) -> None:
    session = book(pairing, link="https://meet.example.com/1", place="Café & Co")
    shown = text_of(as_user(pairing.mentor).get(url_of("meetings:session_detail", session)))
    assert "dates=20270202T090000Z%2F20270202T094500Z" in shown
    assert "startdt=2027-02-02T09%3A00%3A00Z" in shown
    assert "location=Caf%C3%A9+%26+Co" in shown
    assert url_of("meetings:session_calendar", session) in shown


def test_session_question_by_mentee_is_seen_by_mentor(pairing: Pairing, as_user: AsUser) -> None:
    session = book(pairing)
    answer = as_user(pairing.mentee).post(
        url_of("meetings:session_question", session), {"question": "Why <b>now</b>?"}
    )
    assert answer.status_code == 303
    shown = text_of(as_user(pairing.mentor).get(url_of("meetings:session_detail", session)))
    assert "Why &lt;b&gt;now&lt;/b&gt;?" in shown
    assert (
        as_user(pairing.mentor)
        .post(url_of("meetings:session_question", session), {"question": "Mine"})
        .status_code
        == 403
    )


@pytest.mark.broad
def test_session_move_and_cancel(pairing: Pairing, as_user: AsUser) -> None:
    session = book(pairing)
    client = as_user(pairing.mentor)
    assert (
        client.post(
            url_of("meetings:session_move", session), FORM | {"wall_date": "2027-02-03"}
        ).status_code
        == 303
    )
    session.refresh_from_db()
    assert (session.sequence, session.moved_by) == (1, pairing.mentor)
    assert client.get(url_of("meetings:session_cancel", session)).status_code == 200
    session.refresh_from_db()
    assert session.state == SessionState.SCHEDULED  # looking cancels nothing
    assert client.post(url_of("meetings:session_cancel", session)).status_code == 303
    assert client.post(url_of("meetings:session_cancel", session)).status_code == 422
    shown = text_of(as_user(pairing.mentee).get(url_of("meetings:session_detail", session)))
    assert "Cancelled by" in shown


def test_second_cancellation_says_what_it_does(pairing: Pairing, as_user: AsUser) -> None:
    sessions.cancel(actor=pairing.mentee, session=book(pairing))
    session = book(pairing)
    shown = text_of(as_user(pairing.mentee).get(url_of("meetings:session_cancel", session)))
    assert "second cancelled session since you last met" in shown
    assert "coordinator will see" in shown
    assert "Move it to" in shown
    # the mentor is told what it does to the pair; it is not for the coordinator
    shown = text_of(as_user(pairing.mentor).get(url_of("meetings:session_cancel", session)))
    assert "2 cancelled sessions in a row" in shown
    assert "coordinator will see" not in shown


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_reckoned_with_is_refused(
    pairing: Pairing, as_user: AsUser, day: str
) -> None:
    for name, more in (
        ("session_new", {}),
        ("session_series", {"count": "2", "interval_weeks": "4"}),
    ):
        answer = as_user(pairing.mentee).post(
            url_of(f"meetings:{name}", pairing), FORM | {"wall_date": day} | more
        )
        assert answer.status_code == 422


@pytest.mark.broad
def test_session_calendar_has_utc_and_no_more_than_the_title(
    pairing: Pairing, as_user: AsUser
) -> None:
    session = book(pairing, link="https://meet.example.com/1")
    sessions.ask_question(actor=pairing.mentee, session=session, question="Secret?")
    client = as_user(pairing.mentee)
    first = client.get(url_of("meetings:session_calendar", session))
    assert first.headers["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(first.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Mentoring session"
    assert event["DTSTART"].dt == datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
    assert b"DTSTART:20270202T090000Z" in first.content
    assert (event["SEQUENCE"], str(event["STATUS"])) == (0, "CONFIRMED")
    assert str(event["ORGANIZER"]).startswith(
        "mailto:"
    )  # RFC 5546 asks for it in what is published, and for no attendee
    assert "ATTENDEE" not in event
    assert pairing.mentor.name not in text_of(first)
    assert "Secret" not in text_of(first)
    client.post(url_of("meetings:session_move", session), FORM | {"wall_date": "2027-02-03"})
    (moved,) = Calendar.from_ical(
        client.get(url_of("meetings:session_calendar", session)).content
    ).walk("VEVENT")
    assert (moved["UID"], moved["SEQUENCE"]) == (event["UID"], 1)
    client.post(url_of("meetings:session_cancel", session))
    (gone,) = Calendar.from_ical(
        client.get(url_of("meetings:session_calendar", session)).content
    ).walk("VEVENT")
    assert (gone["UID"], str(gone["STATUS"])) == (event["UID"], "CANCELLED")
