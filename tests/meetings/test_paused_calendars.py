"""A pair that pauses, ends or loses somebody does not meet: calendars are cleared, nobody is named,
a pause can be undone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
import vobject
from django.test import Client
from django.urls import reverse

from accounts.domain.calendars import feed
from accounts.models import Absence, User
from meetings.calendar import files
from meetings.domain import facts, pausing, put_back, sessions
from meetings.models import MentoringSession, SessionAttendance
from mentoring.workflows import leavers, stopping
from notifications.delivery import sender
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, move
from tests.meetings.test_session_invitations import method_of, parts_of, read, sent
from tests.smtp import SmtpSink
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
Deed = Callable[[Pairing], Any]


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair(activated_at=MONDAY)


def series(pairing: Pairing, count: int = 3) -> list[MentoringSession]:
    return sessions.schedule_series(
        actor=pairing.mentee,
        pairing=pairing,
        wall_date=TUESDAY,
        wall_time=time(10),
        time_zone="Europe/Berlin",
        count=count,
    )


def pause(pairing: Pairing) -> None:
    pausing.pause(actor=pairing.mentor, pairing=pairing)


def go_on(pairing: Pairing) -> None:
    for person in (pairing.mentor, pairing.mentee):
        pausing.resume(actor=person, pairing=pairing)
    pairing.refresh_from_db()


def leave(pairing: Pairing) -> None:
    leavers.deactivate(actor=None, person=pairing.mentor)


def in_one_line(pairing: Pairing) -> None:
    pausing.pause_for_directory(pairing=pairing, why="reporting_line")


def withdraw(pairing: Pairing) -> None:
    stopping.withdraw(actor=pairing.mentee, enrolment=pairing.mentee_enrolment)


DEEDS: dict[str, Deed] = {
    "paused by one": pause,
    "paused by the other": lambda pairing: pausing.pause(actor=pairing.mentee, pairing=pairing),
    "paused by the directory": in_one_line,
    "ended by one": lambda pairing: pausing.end(actor=pairing.mentor, pairing=pairing),
    "ended by the other": lambda pairing: pausing.end(actor=pairing.mentee, pairing=pairing),
    "withdrawn": withdraw,
}


@pytest.mark.broad
@pytest.mark.parametrize("deed", DEEDS)
def test_both_calendars_are_cleared_and_nobody_is_named(
    pairing: Pairing, smtp_sink: SmtpSink, deed: str
) -> None:
    booked = series(pairing)
    sent(smtp_sink)
    DEEDS[deed](pairing)
    mails = [mail for mail in sent(smtp_sink) if parts_of(mail)]
    for person in (pairing.mentor, pairing.mentee):
        mine = [mail for mail in mails if mail.recipients == [person.email]]
        assert {str(read(mail).uid.value) for mail in mine} == {
            files.uid(session) for session in booked
        }
        for mail in mine:
            assert method_of(mail) == "CANCEL"
            assert (str(read(mail).sequence.value), read(mail).status.value) == ("1", "CANCELLED")
            assert "does not take place" in " ".join(mail.text.split())
    rows = MentoringSession.objects.values_list("state", "cancelled_by")
    assert set(rows) == {("cancelled", None)}
    assert not SessionAttendance.objects.filter(live=True).exists(), "the time is free for others"


@pytest.mark.broad
def test_whatever_happened_the_mail_that_clears_a_calendar_reads_the_same(
    pairing: Pairing, smtp_sink: SmtpSink
) -> None:
    texts = set()
    for deed in DEEDS.values():
        pair = make_pair()
        book(pair)
        sent(smtp_sink)
        deed(pair)
        for mail in sent(smtp_sink):
            if parts_of(mail):
                found = mail.text.split("Open the session")[0]
                texts.add(
                    found.replace(pair.mentor.short_name, "").replace(pair.mentee.short_name, "")
                )
    assert len(texts) == 1


@pytest.mark.broad
@pytest.mark.parametrize("state", ["active", "paused"])
def test_a_leaver_gets_nothing_and_the_partner_s_calendar_is_cleared(
    pairing: Pairing, smtp_sink: SmtpSink, state: str
) -> None:
    booked = series(pairing)
    sent(smtp_sink)
    if state == "paused":
        pause(pairing)
    leave(pairing)
    mails = sent(smtp_sink)
    assert {mail.recipients[0] for mail in mails} == {pairing.mentee.email}
    cancelled = [mail for mail in mails if parts_of(mail)]
    assert {method_of(mail) for mail in cancelled} == {"CANCEL"}
    assert {str(read(mail).uid.value) for mail in cancelled} == {
        files.uid(session) for session in booked
    }
    assert not any(pairing.mentor.name in mail.text for mail in cancelled)
    assert set(MentoringSession.objects.values_list("state", "cancelled_by")) == {
        ("cancelled", None)
    }


def test_feed_and_file_show_that_they_do_not_take_place(pairing: Pairing, as_user: AsUser) -> None:
    session = book(pairing)
    token = feed.renew(actor=pairing.mentee)
    pause(pairing)
    body = Client().get(reverse("meetings:calendar_feed", args=[token])).content.decode()
    (event,) = vobject.readOne(body).vevent_list
    assert (str(event.uid.value), event.status.value) == (files.uid(session), "CANCELLED")
    file = (
        as_user(pairing.mentee)
        .get(reverse("meetings:session_calendar", args=[session.public_id]))
        .content.decode()
    )
    assert vobject.readOne(file).vevent.status.value == "CANCELLED"


def test_what_is_going_on_or_over_stays_to_be_logged(pairing: Pairing, at: At) -> None:
    session = book(pairing)
    at(session.starts_at + timedelta(minutes=5))
    pause(pairing)
    session.refresh_from_db()
    assert session.state == "scheduled"


def test_a_pause_counts_as_nobody_s_cancellation(pairing: Pairing) -> None:
    series(pairing)
    pause(pairing)
    go_on(pairing)
    assert facts.cancelled_in_a_row(pairing) == 0


# going on


@pytest.mark.broad
def test_both_are_told_that_the_sessions_can_be_put_back(pairing: Pairing) -> None:
    go_on_texts = []
    for booked in (0, 2):
        if booked:
            series(pairing, booked)
        pause(pairing)
        OutboxMessage.objects.all().delete()
        go_on(pairing)
        texts = OutboxMessage.objects.filter(kind="pairings.pairing_resumed").values_list(
            "text", flat=True
        )
        assert len(texts) == 2
        go_on_texts.append(["put back" in " ".join(text.split()) for text in texts])
    assert go_on_texts == [[False, False], [True, True]]


@pytest.mark.broad
def test_put_back_they_are_in_both_calendars_again_under_the_same_uid(
    pairing: Pairing, smtp_sink: SmtpSink, at: At
) -> None:
    booked = series(pairing)
    pause(pairing)
    at(MONDAY + timedelta(days=3))  # the first one's time has gone by
    go_on(pairing)
    sent(smtp_sink)
    done = put_back.put_back(actor=pairing.mentor, pairing=pairing)
    assert ([session.pk for session in done.back], done.left) == (
        [session.pk for session in booked[1:]],
        0,
    )
    mails = sent(smtp_sink)
    letters = [mail for mail in mails if not parts_of(mail)]
    assert [mail.recipients for mail in letters] == [[pairing.mentee.email]], (
        "one letter to the other, as for a series"
    )
    for person in (pairing.mentor, pairing.mentee):
        mine = [mail for mail in mails if parts_of(mail) and mail.recipients == [person.email]]
        assert {method_of(mail) for mail in mine} == {"REQUEST"}
        found = {(str(read(mail).uid.value), str(read(mail).sequence.value)) for mail in mine}
        assert found == {(files.uid(session), "2") for session in booked[1:]}
    assert SessionAttendance.objects.filter(live=True).count() == 4
    again = put_back.put_back(actor=pairing.mentor, pairing=pairing)
    assert (again.back, again.left) == ([], 0)


@pytest.mark.broad
def test_a_cancellation_that_was_not_sent_yet_does_not_follow_the_new_invitation(
    pairing: Pairing, smtp_sink: SmtpSink
) -> None:
    book(pairing)
    sent(smtp_sink)
    pause(pairing)
    go_on(pairing)
    put_back.put_back(actor=pairing.mentor, pairing=pairing)
    assert {method_of(mail) for mail in sent(smtp_sink) if parts_of(mail)} == {"REQUEST"}


def test_whoever_put_it_back_has_booked_it_and_nobody_has_moved_it(pairing: Pairing) -> None:
    session = move(book(pairing), TUESDAY + timedelta(days=1), actor=pairing.mentor)
    pause(pairing)
    go_on(pairing)
    put_back.put_back(actor=pairing.mentee, pairing=pairing)
    session.refresh_from_db()
    assert (session.state, session.scheduled_by, session.moved_by) == (
        "scheduled",
        pairing.mentee,
        None,
    )


@pytest.mark.broad
def test_a_single_one_is_told_as_one(pairing: Pairing, smtp_sink: SmtpSink) -> None:
    book(pairing)
    pause(pairing)
    go_on(pairing)
    sent(smtp_sink)
    put_back.put_back(actor=pairing.mentor, pairing=pairing)
    mails = sent(smtp_sink)
    assert sorted(mail.recipients[0] for mail in mails) == sorted(
        [pairing.mentor.email, pairing.mentee.email]
    )
    assert {method_of(mail) for mail in mails} == {"REQUEST"}


@pytest.mark.broad
def test_what_no_longer_suits_is_left_out_and_counted(pairing: Pairing) -> None:
    one, two, three = series(pairing)
    pause(pairing)
    other = make_pair(
        mentee=pairing.mentee,
        mentee_enrolment=make.EnrolmentFactory(role="mentee", person=pairing.mentee),
    )
    book(other, one.wall_date)
    Absence.objects.create(person=pairing.mentor, starts_on=two.wall_date, ends_on=two.wall_date)
    go_on(pairing)
    done = put_back.put_back(actor=pairing.mentor, pairing=pairing)
    assert ([session.pk for session in done.back], done.left) == ([three.pk], 2)
    assert {
        session.state for session in MentoringSession.objects.filter(pk__in=[one.pk, two.pk])
    } == {"cancelled"}


@pytest.mark.broad
def test_a_session_on_a_public_holiday_is_left_out_and_counted(
    pairing: Pairing, as_user: AsUser
) -> None:
    User.objects.filter(pk=pairing.mentor_id).update(time_zone="Europe/Berlin", location="")
    easter_monday = date(2027, 3, 29)
    one, _on_holiday, three = [
        book(pairing, day) for day in (date(2027, 3, 22), easter_monday, date(2027, 3, 30))
    ]
    pause(pairing)
    go_on(pairing)
    url = reverse("meetings:put_back", args=[pairing.public_id])
    page = as_user(pairing.mentor).post(url, follow=True).text
    assert "The time of 1 session does not suit you both any more, or is on a public" in page
    scheduled = MentoringSession.objects.filter(state="scheduled").order_by("starts_at")
    assert list(scheduled) == [one, three]


def test_what_one_of_the_two_cancelled_before_stays_cancelled(pairing: Pairing) -> None:
    one, two = series(pairing, 2)
    sessions.cancel(actor=pairing.mentor, session=one)
    pause(pairing)
    go_on(pairing)
    assert [
        session.pk for session in put_back.put_back(actor=pairing.mentor, pairing=pairing).back
    ] == [two.pk]


@pytest.mark.broad
def test_reminders_come_again_and_none_of_before(pairing: Pairing, at: At) -> None:
    from meetings.due.sessions import enqueue_due_reminders
    from meetings.mail.reminders import REMINDER

    session = book(pairing, date(2027, 2, 9))
    pause(pairing)
    at(session.starts_at - timedelta(hours=30))
    go_on(pairing)
    put_back.put_back(actor=pairing.mentor, pairing=pairing)
    at(session.starts_at - timedelta(hours=23))
    enqueue_due_reminders()
    sender.send_due()
    rows = OutboxMessage.objects.filter(kind=REMINDER)
    assert {row.data["sequence"] for row in rows} == {2}
    assert {row.recipient_id for row in rows} == {pairing.mentor_id, pairing.mentee_id}


# the page


@pytest.mark.broad
def test_the_pair_s_page_offers_it_and_one_click_does_it(pairing: Pairing, as_user: AsUser) -> None:
    series(pairing, 2)
    home = reverse("mentoring:pair_home", args=[pairing.public_id])
    url = reverse("meetings:put_back", args=[pairing.public_id])
    assert url not in as_user(pairing.mentee).get(home).content.decode()
    pause(pairing)
    assert url not in as_user(pairing.mentee).get(home).content.decode()
    assert as_user(pairing.mentee).post(url).status_code == 403
    go_on(pairing)
    assert url in as_user(pairing.mentee).get(home).content.decode()
    answer = as_user(pairing.mentee).post(url, follow=True)
    assert "2 sessions are back" in answer.content.decode()
    assert url not in answer.content.decode()
    assert as_user(make.UserFactory()).post(url).status_code == 404


def test_once_something_is_booked_the_page_offers_it_no_more(
    pairing: Pairing, as_user: AsUser
) -> None:
    session = book(pairing)
    pause(pairing)
    go_on(pairing)
    book(pairing, TUESDAY + timedelta(days=7))
    home = reverse("mentoring:pair_home", args=[pairing.public_id])
    assert (
        reverse("meetings:put_back", args=[pairing.public_id])
        not in as_user(pairing.mentee).get(home).content.decode()
    )
    assert session.pk in [row.pk for row in put_back.waiting(pairing)]


def test_an_ended_pair_has_nothing_to_put_back(pairing: Pairing) -> None:
    from common.errors import DomainError

    book(pairing)
    pausing.end(actor=pairing.mentor, pairing=pairing)
    with pytest.raises(DomainError):
        put_back.put_back(actor=pairing.mentor, pairing=pairing)
