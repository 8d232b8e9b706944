"""What a calendar gets by mail: read by a second parser, after a real dialog with a mail server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr
from typing import Any

import pytest
import vobject
from django.conf import settings as django_settings
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar, vCalAddress

from accounts.models import Delegation, User
from common.text import one_line
from meetings.calendar import files
from meetings.domain import pausing, sessions
from meetings.models import MentoringSession
from notifications.delivery import sender
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.models import Program
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, move
from tests.smtp import Received, SmtpSink
from tests.support.types import At

pytestmark = pytest.mark.django_db

SECRETS = ("What will break first?", "Ask twice", "My own note")


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


def parts_of(received: Received) -> list[Any]:
    """The calendar parts: the alternative and the file."""
    return [part for part in received.mail.walk() if part.get_content_type() == "text/calendar"]


def read(received: Received) -> Any:
    """The VEVENT as the second parser reads it."""
    calendar = vobject.readOne(parts_of(received)[0].get_payload(decode=True).decode())
    (event,) = calendar.vevent_list
    return event


def method_of(received: Received) -> str:
    """The method; it must be the same in header and body, and in both parts."""
    parts = parts_of(received)
    assert len(parts) == 2
    assert parts[0].get_payload(decode=True) == parts[1].get_payload(decode=True)
    body = vobject.readOne(parts[0].get_payload(decode=True).decode())
    methods = {str(body.method.value), *(str(part.get_param("method")) for part in parts)}
    assert len(methods) == 1
    return methods.pop()


def sent(smtp_sink: SmtpSink) -> list[Received]:
    """What has been sent since the last time."""
    smtp_sink.messages.clear()
    sender.send_due()
    return list(smtp_sink.messages)


def test_booking_sends_each_of_the_two_one_request(pairing: Pairing, smtp_sink: SmtpSink) -> None:
    session = book(
        pairing,
        actor=pairing.mentor,
        link="https://meet.example.com/1",
        place="Room 4; „Grün“, left",
    )
    mails = sent(smtp_sink)
    assert sorted(mail.recipients[0] for mail in mails) == sorted(
        [pairing.mentor.email, pairing.mentee.email]
    )
    for mail in mails:
        assert method_of(mail) == "REQUEST"
        event = read(mail)
        assert str(event.uid.value) == files.uid(session)
        assert event.dtstart.value == datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
        assert event.dtend.value == datetime(2027, 2, 2, 9, 45, tzinfo=UTC)
        assert (
            MONDAY <= event.dtstamp.value < MONDAY + timedelta(minutes=1)
        )  # the moved clock goes on
        assert str(event.sequence.value) == "0"
        assert event.status.value == "CONFIRMED"
        assert event.summary.value == "Mentoring session"
        assert event.location.value == "Room 4; „Grün“, left"
        assert event.organizer.value == f"mailto:{parseaddr(django_settings.MAIL_FROM)[1]}"
        assert parseaddr(str(mail.mail["From"]))[1] == event.organizer.value.removeprefix("mailto:")
        (attendee,) = event.attendee_list
        assert attendee.value == f"mailto:{mail.recipients[0]}"
        assert attendee.params["RSVP"] == ["FALSE"]
        own = mail.recipients[0] == pairing.mentor.email
        assert attendee.params["PARTSTAT"] == ["ACCEPTED" if own else "NEEDS-ACTION"]


def test_form_is_as_clients_want_it(pairing: Pairing, smtp_sink: SmtpSink) -> None:
    book(pairing, link="https://meet.example.com/" + "a" * 200, place="ü" * 120 + ", Zimmer; 4")
    for mail in sent(smtp_sink):
        assert mail.mail.get_content_type() == "multipart/mixed"
        alternative = next(
            part for part in mail.mail.walk() if part.get_content_type() == "multipart/alternative"
        )
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        (file,) = [
            part
            for part in mail.mail.iter_attachments()
            if part.get_content_type() == "text/calendar"
        ]
        assert file.get_filename() == "mentoring-session.ics"
        raw = parts_of(mail)[0].get_payload(decode=True)
        assert b"DTSTART:20270202T090000Z\r\n" in raw
        assert raw.count(b"\n") == raw.count(b"\r\n")
        lines = raw.split(b"\r\n")
        assert max(len(line) for line in lines) <= 75
        assert all(line.decode() for line in lines if line)  # no letter is cut in two
        assert read(mail).location.value == "ü" * 120 + ", Zimmer; 4"
        # the parser that wrote it agrees
        assert len(Calendar.from_ical(raw).walk("VEVENT")) == 1


@pytest.mark.broad
def test_move_change_and_cancel_follow_one_another(
    pairing: Pairing, smtp_sink: SmtpSink, at: At
) -> None:
    session = book(pairing)
    sent(smtp_sink)
    seen: list[tuple[str, str, str, datetime]] = []
    deeds: list[Callable[[], Any]] = [
        lambda: move(session, date(2027, 2, 4)),
        lambda: move(MentoringSession.objects.get(), date(2027, 2, 4), place="Café Anna"),
        lambda: sessions.cancel(actor=pairing.mentor, session=session),
    ]
    for number, deed in enumerate(deeds, 1):
        at(MONDAY + timedelta(minutes=number))
        deed()
        mails = sent(smtp_sink)
        assert sorted(mail.recipients[0] for mail in mails) == sorted(
            [pairing.mentor.email, pairing.mentee.email]
        )
        for mail in mails:
            event = read(mail)
            assert str(event.uid.value) == files.uid(session)
            assert [one.value for one in event.attendee_list] == [f"mailto:{mail.recipients[0]}"]
            assert abs(event.dtstamp.value - MONDAY - timedelta(minutes=number)) < timedelta(
                seconds=40
            )
        event = read(mails[0])
        seen.append(
            (
                method_of(mails[0]),
                str(event.sequence.value),
                event.status.value,
                event.dtstart.value,
            )
        )
    thursday = datetime(2027, 2, 4, 9, tzinfo=UTC)
    assert seen == [
        ("REQUEST", "1", "CONFIRMED", thursday),
        ("REQUEST", "2", "CONFIRMED", thursday),
        ("CANCEL", "3", "CANCELLED", thursday),
    ]


@pytest.mark.broad
def test_a_series_is_one_letter_and_an_invitation_for_each_session(
    pairing: Pairing, smtp_sink: SmtpSink
) -> None:
    sessions.schedule_series(
        actor=pairing.mentee,
        pairing=pairing,
        wall_date=TUESDAY,
        wall_time=time(10),
        time_zone="Europe/Berlin",
        count=4,
    )
    mails = sent(smtp_sink)
    letters = [mail for mail in mails if not parts_of(mail)]
    assert [mail.recipients for mail in letters] == [[pairing.mentor.email]]
    invitations = [mail for mail in mails if parts_of(mail)]
    uids = {files.uid(session) for session in MentoringSession.objects.all()}
    for person in (pairing.mentor, pairing.mentee):
        mine = [mail for mail in invitations if mail.recipients == [person.email]]
        assert {str(read(mail).uid.value) for mail in mine} == uids
        assert len(mine) == 4
        assert all(method_of(mail) == "REQUEST" for mail in mine)
    # they are in the inbox, and only the other mail counts as new
    assert OutboxMessage.objects.visible_to(pairing.mentor).unread().count() == 1
    assert OutboxMessage.objects.visible_to(pairing.mentee).unread().count() == 0


@pytest.mark.broad
def test_one_of_a_series_that_is_moved_before_its_invitation_went_out_is_invited_once(
    pairing: Pairing, smtp_sink: SmtpSink
) -> None:
    first, _second = sessions.schedule_series(
        actor=pairing.mentee,
        pairing=pairing,
        wall_date=TUESDAY,
        wall_time=time(10),
        time_zone="Europe/Berlin",
        count=2,
    )
    move(first, date(2027, 2, 3))
    events = [
        read(mail)
        for mail in sent(smtp_sink)
        if parts_of(mail) and mail.recipients == [pairing.mentor.email]
    ]
    found = {str(event.uid.value): str(event.sequence.value) for event in events}
    assert len(events) == 2
    assert found[files.uid(first)] == "1"


@pytest.mark.broad
def test_the_end_of_a_pair_clears_both_calendars_and_names_nobody(
    pairing: Pairing, smtp_sink: SmtpSink
) -> None:
    session = book(pairing)
    sent(smtp_sink)
    pausing.end(actor=pairing.mentee, pairing=pairing)
    mails = [mail for mail in sent(smtp_sink) if parts_of(mail)]
    assert sorted(mail.recipients[0] for mail in mails) == sorted(
        [pairing.mentor.email, pairing.mentee.email]
    )
    for mail in mails:
        assert method_of(mail) == "CANCEL"
        assert (str(read(mail).uid.value), str(read(mail).sequence.value)) == (
            files.uid(session),
            "1",
        )
        assert pairing.mentee.name not in mail.text
    texts = {
        mail.text.replace(pairing.mentor.short_name, "").replace(pairing.mentee.short_name, "")
        for mail in mails
    }
    assert len(texts) == 1


def test_nothing_that_anybody_wrote_is_in_any_of_it(pairing: Pairing, smtp_sink: SmtpSink) -> None:
    session = book(pairing)
    sessions.ask_question(actor=pairing.mentee, session=session, question=SECRETS[0])
    MentoringSession.objects.update(takeaway=SECRETS[1])
    moved = move(session, date(2027, 2, 4))
    sessions.cancel(actor=pairing.mentee, session=moved)
    for mail in [*sent(smtp_sink)]:
        raw = mail.mail.as_string()
        assert not any(secret in raw for secret in SECRETS)
        for part in parts_of(mail):
            names = {pairing.mentor.name, pairing.mentee.name} - {name_of(mail.recipients[0])}
            assert not any(name in part.get_payload(decode=True).decode() for name in names)


def name_of(address: str) -> str:
    return User.objects.get(email=address).name


def test_a_delegate_gets_no_mail_of_their_own_and_a_leaver_none(
    pairing: Pairing, smtp_sink: SmtpSink
) -> None:
    kim = make.UserFactory(name="Kim Lee")
    Delegation.objects.create(mentee=pairing.mentee, delegate=kim)
    User.objects.filter(pk=pairing.mentor_id).update(is_active=False)
    book(pairing, actor=kim)
    assert [mail.recipients for mail in sent(smtp_sink)] == [[pairing.mentee.email]]


def test_the_invitation_reads_in_its_readers_language(
    pairing: Pairing, smtp_sink: SmtpSink
) -> None:
    User.objects.filter(pk=pairing.mentor_id).update(locale="de")
    book(pairing)
    titles = {mail.recipients[0]: read(mail).summary.value for mail in sent(smtp_sink)}
    assert titles == {
        pairing.mentor.email: "Mentoring-Treffen",
        pairing.mentee.email: "Mentoring session",
    }


@pytest.mark.broad
def test_a_change_of_the_place_sends_no_reminder_twice(
    pairing: Pairing, smtp_sink: SmtpSink, at: At
) -> None:
    from meetings.due.sessions import enqueue_due_reminders

    Program.objects.update(question_days=0)
    session = book(pairing, date(2027, 2, 9))
    at(session.starts_at - timedelta(hours=23))
    enqueue_due_reminders()
    assert len([mail for mail in sent(smtp_sink) if "Your mentoring session" in mail.subject]) == 2
    move(session, date(2027, 2, 9), place="Café Anna")
    enqueue_due_reminders()
    assert all("another place" in mail.subject for mail in sent(smtp_sink))
    at(session.starts_at - timedelta(minutes=30))
    enqueue_due_reminders()
    assert sum("Café Anna" in mail.text for mail in sent(smtp_sink)) == 2


@pytest.mark.broad
@given(
    place=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    name=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters='"'), min_size=1, max_size=120
    ),
)
@example(place="\ufeff", name="Ana")
@example(place="\x00 \ufeff", name="Ana")
@hypothesis_settings(max_examples=150, deadline=None)
def test_both_parsers_read_back_any_place_and_name(place: str, name: str) -> None:
    session = MentoringSession(
        starts_at=MONDAY,
        ends_at=MONDAY + timedelta(minutes=45),
        place=place,
        link="https://meet.example.com/1",
        state="scheduled",
    )
    raw = files.invitation(session, User(email="ana@example.com", name=name)).content
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert raw.count(b"\n") == raw.count(b"\r\n")
    first, second = vobject.readOne(raw.decode()).vevent, Calendar.from_ical(raw).walk("VEVENT")[0]
    for found in (first.location.value, str(second["LOCATION"])):
        assert found == (one_line(place) or "https://meet.example.com/1")
    assert first.dtstart.value == second["DTSTART"].dt == MONDAY
    assert str(first.uid.value) == str(second["UID"])
    assert first.attendee.value == "mailto:ana@example.com"


@pytest.mark.parametrize(
    "line_break", ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00"]
)
def test_no_value_begins_a_line_of_its_own(line_break: str) -> None:
    more = f"{line_break}ATTENDEE:mailto:boss@example.com{line_break}END:VEVENT"
    session = MentoringSession(
        starts_at=MONDAY,
        ends_at=MONDAY + timedelta(minutes=45),
        place=f"Room 4{more}",
        link=f"https://meet.example.com/1{more}",
        state="scheduled",
    )
    reader = User(email=f"ana@example.com{more}", name=f'Ana"{line_break}X:1;ROLE="CHAIR')
    for raw in (files.invitation(session, reader).content, files.event(session)):
        lines = raw.decode().replace("\r\n ", "").splitlines()
        assert [line for line in lines if line.startswith(("ATTENDEE:", "X:1"))] == []
        assert len([line for line in lines if line.startswith("ATTENDEE")]) <= 1
        assert lines.count("END:VEVENT") == 1
        event = Calendar.from_ical(raw).walk("VEVENT")[0]
        assert str(event["LOCATION"]).startswith("Room 4")
        assert "ROLE" not in event.get("ATTENDEE", vCalAddress("")).params or (
            event["ATTENDEE"].params["ROLE"] == "REQ-PARTICIPANT"
        )


def test_a_value_cannot_turn_the_text_after_it() -> None:
    session = MentoringSession(
        starts_at=MONDAY,
        ends_at=MONDAY + timedelta(minutes=45),
        place="Room \u202e4 moor",
        state="scheduled",
    )
    raw = files.invitation(session, User(email="ana@example.com", name="\u2067Ana")).content
    assert not {"\u202e", "\u2067"} & {*raw.decode()}
