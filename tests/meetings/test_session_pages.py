"""The pages of sessions: who opens them, what stands on them, and what they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from accounts.models import User
from common.models import AuditEntry
from meetings.domain import sessions
from meetings.enums import Feeling, SessionState
from meetings.models import ComfortPulse, MentoringSession, SessionStatement
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.models import SessionGuide
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, sign
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


def test_session_series_books_what_the_program_plans(pairing: Pairing, as_user: AsUser) -> None:
    client = as_user(pairing.mentee)
    assert (
        client.get(url_of("meetings:session_series", pairing)).context["form"].initial["count"] == 6
    )
    answer = client.post(
        url_of("meetings:session_series", pairing), FORM | {"count": "6", "interval_weeks": "4"}
    )
    assert answer.status_code == 303
    days = MentoringSession.objects.values_list("wall_date", flat=True)
    assert list(days) == [TUESDAY + timedelta(weeks=4 * n) for n in range(6)]
    kinds = OutboxMessage.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["meetings.session_invitation"] * 12 + ["meetings.session_series"]


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
    SessionGuide.objects.create(program=pairing.program, number=1, title="Hello", agenda=agenda)
    session = book(pairing)
    shown = text_of(as_user(pairing.mentee).get(url_of("meetings:session_detail", session)))
    assert "10:00 (Berlin time)" in shown
    assert "04:00 (New York time)" in shown
    assert "10:10–10:45 · minute 10 to 45" in shown


def test_session_detail_of_another_zone_lists_the_agenda_in_the_readers(
    pairing: Pairing, as_user: AsUser
) -> None:
    SessionGuide.objects.create(
        program=pairing.program, number=1, title="Hello", agenda=[{"minutes": 5, "title": "Arrive"}]
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
    assert "second one called off since you last met" in shown
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


# --- the log --------------------------------------------------------------------------------------


@pytest.fixture
def over(pairing: Pairing, at: At) -> MentoringSession:
    session = book(pairing)
    at(session.ends_at)
    return session


def test_session_log_with_two_taps(over: MentoringSession, as_user: AsUser) -> None:
    client = as_user(over.pairing.mentor)
    form = client.get(url_of("meetings:session_log", over)).context["form"]
    assert form["outcome"].value() == "held"  # chosen already
    answer = client.post(url_of("meetings:session_log", over), {"outcome": "held", "feeling": "3"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        url_of("meetings:session_detail", over),
    )
    assert MentoringSession.objects.get().state == SessionState.HELD
    assert ComfortPulse.objects.get().feeling == Feeling.GOOD


def test_session_log_in_full_shows_the_shared_part_to_the_other(
    over: MentoringSession, as_user: AsUser
) -> None:
    pairing, topic = over.pairing, make.TopicFactory()
    make.EnrolmentTopicFactory(enrolment=pairing.mentee_enrolment, topic=topic, priority=1)
    data = {
        "outcome": "held",
        "feeling": "1",
        "topics": [topic.pk],
        "takeaway": "Ask twice",
        "mentor_taught": "Threads",
        "mentee_taught": "Budgets",
        "note": "I was nervous",
    }
    assert (
        as_user(pairing.mentor).post(url_of("meetings:session_log", over), data).status_code == 303
    )
    shown = text_of(as_user(pairing.mentee).get(url_of("meetings:session_detail", over)))
    assert all(words in shown for words in ("Ask twice", "Threads", "Budgets", topic.name))
    assert "nervous" not in shown
    assert "Not good" not in shown
    again = as_user(pairing.mentee).get(url_of("meetings:session_log", over)).context["form"]
    assert again["takeaway"].value() == "Ask twice"
    assert (again["feeling"].value(), again["note"].value()) == (None, "")


@pytest.mark.parametrize(
    ("role", "outcome", "side"),
    [
        ("mentor", "cancelled_by_mentor", "mentor"),
        ("mentor", "cancelled_by_mentee", "mentee"),
        ("mentee", "cancelled_by_mentee", "mentee"),
    ],
)
def test_session_log_says_who_cancelled(
    over: MentoringSession, as_user: AsUser, role: str, outcome: str, side: str
) -> None:
    as_user(getattr(over.pairing, role)).post(
        url_of("meetings:session_log", over), {"outcome": outcome}
    )
    session = MentoringSession.objects.get()
    assert (session.state, session.cancelled_by) == (
        SessionState.CANCELLED,
        getattr(over.pairing, side),
    )


def test_session_log_moved_leads_to_moving(over: MentoringSession, as_user: AsUser) -> None:
    answer = as_user(over.pairing.mentor).post(
        url_of("meetings:session_log", over), {"outcome": "moved"}
    )
    assert answer.headers["Location"] == url_of("meetings:session_again", over)
    assert MentoringSession.objects.get().state == SessionState.SCHEDULED


@pytest.mark.parametrize(
    "data", [{}, {"outcome": "scheduled"}, {"outcome": "held", "feeling": "9"}]
)
def test_session_log_without_sense_is_shown_again(
    over: MentoringSession, as_user: AsUser, data: dict[str, str]
) -> None:
    answer = as_user(over.pairing.mentor).post(
        url_of("meetings:session_log", over), data | {"takeaway": "Kept"}
    )
    assert answer.status_code == 422
    assert "Kept" in text_of(answer)
    assert not SessionStatement.objects.exists()


def test_session_log_before_the_start_leads_back(pairing: Pairing, as_user: AsUser) -> None:
    session = book(pairing)
    answer = as_user(pairing.mentor).get(url_of("meetings:session_log", session), follow=True)
    assert answer.redirect_chain == [(url_of("meetings:session_detail", session), 302)]
    assert "from its start on" in text_of(answer)


def test_disagreement_is_told_to_the_pair(over: MentoringSession, as_user: AsUser) -> None:
    as_user(over.pairing.mentor).post(url_of("meetings:session_log", over), {"outcome": "held"})
    as_user(over.pairing.mentee).post(url_of("meetings:session_log", over), {"outcome": "missed"})
    shown = text_of(as_user(over.pairing.mentor).get(url_of("meetings:session_detail", over)))
    assert "You said: Held." in shown


def test_awaiting_signatures_is_shown_until_both_have_signed(
    over: MentoringSession, as_user: AsUser
) -> None:
    client = as_user(over.pairing.mentor)
    client.post(url_of("meetings:session_log", over), {"outcome": "held"})
    assert "Awaiting signatures" in text_of(client.get(url_of("meetings:session_detail", over)))
    sign(over.pairing)
    assert "Awaiting signatures" not in text_of(client.get(url_of("meetings:session_detail", over)))


# --- the list of those who manage -----------------------------------------------------------------


@pytest.fixture
def coordinator(pairing: Pairing) -> User:
    person: User = make.ProgramStaffFactory(program=pairing.program).person
    return person


def test_session_list_shows_a_disagreement_and_nothing_that_was_said(
    over: MentoringSession, coordinator: User, as_user: AsUser
) -> None:
    pairing = over.pairing
    sessions.log(
        actor=pairing.mentor, session=over, outcome="held", takeaway="Ask twice", feeling=1
    )
    sessions.log(actor=pairing.mentee, session=over, outcome="missed", mentee_taught="Budgets")
    shown = text_of(as_user(coordinator).get(url_of("meetings:session_list", pairing.program)))
    assert "Disagreement" in shown
    assert pairing.mentor.name in shown
    assert not any(words in shown for words in ("Ask twice", "Budgets", "Not good"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("state=held", 1),
        ("state=scheduled", 1),
        ("state=cancelled", 0),
        ("state=awaiting", 1),
        ("state=overdue", 0),
        ("state=disagreement", 0),
        ("state=nonsense", 2),
        ("q=nobody", 0),
    ],
)
def test_session_list_filters(
    over: MentoringSession, coordinator: User, as_user: AsUser, query: str, found: int
) -> None:
    sessions.log(actor=over.pairing.mentor, session=over, outcome="held")
    book(over.pairing, TUESDAY + timedelta(days=7))
    answer = as_user(coordinator).get(
        url_of("meetings:session_list", over.pairing.program) + f"?{query}"
    )
    assert answer.context["page"].paginator.count == found


def test_session_list_sorts(pairing: Pairing, coordinator: User, as_user: AsUser) -> None:
    User.objects.filter(pk=pairing.mentor_id).update(sort_key="zz")
    book(pairing, TUESDAY + timedelta(days=1))
    other = make_pair(program=pairing.program)
    User.objects.filter(pk=other.mentor_id).update(sort_key="aa")
    book(other, TUESDAY + timedelta(days=2))
    client, url = as_user(coordinator), url_of("meetings:session_list", pairing.program)
    for sort, first in (("", other), ("earliest", pairing), ("mentor", other)):
        assert (
            client.get(url, {"sort": sort}).context["rows"][0]["pairing__mentor__name"]
            == first.mentor.name
        )


def test_session_export_is_the_list_as_filtered(
    over: MentoringSession, coordinator: User, as_user: AsUser
) -> None:
    User.objects.filter(pk=over.pairing.mentor_id).update(name="=cmd")
    sessions.log(actor=over.pairing.mentor, session=over, outcome="held", takeaway="Ask twice")
    book(over.pairing, TUESDAY + timedelta(days=7))
    url = url_of("meetings:session_export", over.pairing.program)
    answer = as_user(coordinator).get(url, {"state": "held"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[1:] == [f"'=cmd,{over.pairing.mentee.name},1,2027-02-02T10:00+01:00,45,Held,no,no"]
    assert AuditEntry.objects.filter(
        verb="program.sessions_exported", actor_id=coordinator.pk
    ).exists()


def test_session_list_by_htmx_is_its_rows(
    over: MentoringSession, coordinator: User, as_user: AsUser
) -> None:
    answer = as_user(coordinator).get(
        url_of("meetings:session_list", over.pairing.program), headers={"HX-Request": "true"}
    )
    assert text_of(answer).strip().startswith('<div id="rows"')
    assert "<html" not in text_of(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_session_list_query_count(
    pairing: Pairing, coordinator: User, as_user: AsUser, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        book(make_pair(program=pairing.program), TUESDAY + timedelta(days=number))
    client = as_user(coordinator)
    with django_assert_num_queries(8):
        assert client.get(url_of("meetings:session_list", pairing.program)).status_code == 200
