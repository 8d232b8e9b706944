"""A delegate books all sessions at once and says that the mentee runs late: times only, on behalf
of, and both see it.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Absence, Delegation, User
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import late, pausing, sessions
from meetings.models import MentoringSession, SessionAttendance
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.enums import GuideKind
from programs.models import SessionGuide
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, book_series, make_pair
from tests.support.pages import url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
HOME = "/calendar-for-others/"
SERIES = {
    "wall_date": "2027-02-02",
    "wall_time": "10:00",
    "time_zone": "Europe/Berlin",
    "minutes": "45",
    "count": "3",
    "interval_weeks": "2",
}


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


@pytest.fixture
def kim(pairing: Pairing) -> User:
    person: User = make.UserFactory(name="Kim Lee")
    Delegation.objects.create(mentee=pairing.mentee, delegate=person)
    return person


@pytest.mark.broad
def test_a_series_is_booked_on_behalf_and_both_see_by_whom(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    answer = book_series(as_user(kim), url_of("meetings:delegate_series", pairing), SERIES)
    assert answer.headers["Location"] == HOME
    booked = list(MentoringSession.objects.all())
    assert [session.wall_date for session in booked] == [
        TUESDAY + timedelta(weeks=2 * n) for n in range(3)
    ]
    assert {session.scheduled_by for session in booked} == {kim}
    letters = OutboxMessage.objects.filter(kind="meetings.session_series")
    assert {letter.recipient_id for letter in letters} == {pairing.mentor_id, pairing.mentee_id}
    assert {
        "Kim Lee, on your behalf," in letter.text
        for letter in letters.filter(recipient=pairing.mentee)
    } == {True}
    assert all("Kim Lee, on" in letter.text for letter in letters)
    for reader in (pairing.mentor, pairing.mentee):
        assert (
            "Kim Lee, on behalf of"
            in as_user(reader).get(url_of("meetings:session_detail", booked[0])).content.decode()
        )
    assert set(
        AuditEntry.objects.filter(verb="session.scheduled").values_list(
            "detail__on_behalf_of", flat=True
        )
    ) == {pairing.mentee_id}


def test_the_page_says_nothing_but_times(pairing: Pairing, kim: User, as_user: AsUser) -> None:
    SessionGuide.objects.create(
        program=pairing.program, kind=GuideKind.FIRST, title="Secret guide", agenda=[]
    )
    session = book(pairing)
    sessions.ask_question(actor=pairing.mentee, session=session, question="The question")
    shown = as_user(kim).get(url_of("meetings:delegate_series", pairing)).content.decode()
    assert pairing.mentor.name in shown
    for hidden in ("Secret guide", "The question", pairing.mentor.email, pairing.program.name):
        assert hidden not in shown


def test_a_problem_is_shown_beside_its_field_and_tells_no_absence(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    answer = as_user(kim).post(
        url_of("meetings:delegate_series", pairing),
        SERIES | {"count": "29", "interval_weeks": "20"},
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["count"]
    Absence.objects.create(
        person=pairing.mentor, starts_on=date(2027, 2, 1), ends_on=date(2027, 4, 30)
    )
    answer = as_user(kim).post(url_of("meetings:delegate_series", pairing), SERIES)
    assert answer.status_code == 422
    assert "away" not in answer.content.decode()


def test_single_and_series_lead_to_each_other(pairing: Pairing, kim: User, as_user: AsUser) -> None:
    client = as_user(kim)
    assert (
        url_of("meetings:delegate_series", pairing)
        in client.get(url_of("meetings:delegate_session_new", pairing)).content.decode()
    )
    assert (
        url_of("meetings:delegate_session_new", pairing)
        in client.get(url_of("meetings:delegate_series", pairing)).content.decode()
    )
    assert url_of("meetings:delegate_series", pairing) in client.get(HOME).content.decode()


def test_of_a_paused_pair_nothing_is_booked_and_the_page_says_so(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    pausing.pause(actor=pairing.mentor, pairing=pairing)
    client = as_user(kim)
    assert client.get(url_of("meetings:delegate_series", pairing)).status_code == 403
    shown = client.get(HOME).content.decode()
    assert "No times can be booked at the moment" in shown
    assert "pause" not in shown[shown.index("<main") : shown.index("</main")].lower()


# running late


@pytest.fixture
def session(pairing: Pairing, at: At) -> MentoringSession:
    made = book(pairing)
    at(made.starts_at - timedelta(minutes=30))
    OutboxMessage.objects.all().delete()
    return made


@pytest.mark.broad
def test_late_is_said_for_the_mentee_and_both_learn_of_it(
    session: MentoringSession, kim: User, as_user: AsUser
) -> None:
    pairing = session.pairing
    assert url_of("meetings:delegate_late", session) in as_user(kim).get(HOME).content.decode()
    answer = as_user(kim).post(
        url_of("meetings:delegate_late", session), {"minutes": "10"}, follow=True
    )
    assert answer.status_code == 200
    said = SessionAttendance.objects.get(minutes_late__isnull=False)
    assert (said.person, said.minutes_late, said.late_said_by) == (pairing.mentee, 10, kim)
    texts = {
        row.recipient_id: row.subject + "\n" + row.text
        for row in OutboxMessage.objects.filter(kind="meetings.session_late")
    }
    assert set(texts) == {pairing.mentor_id, pairing.mentee_id}
    assert f"{pairing.mentee.short_name} is 10 minutes late" in texts[pairing.mentor_id]
    assert f"Kim Lee, on behalf of {pairing.mentee.name}" in texts[pairing.mentor_id]
    assert "Kim Lee has told" in texts[pairing.mentee_id]
    for reader in (pairing.mentor, pairing.mentee):
        shown = as_user(reader).get(url_of("meetings:session_detail", session)).content.decode()
        assert "10 minutes late" in shown
        assert "Kim Lee, on behalf of" in shown[shown.index("minutes late") :][:200]
    entry = AuditEntry.objects.get(verb="session.running_late")
    assert (entry.actor_id, entry.detail["on_behalf_of"]) == (kim.pk, pairing.mentee_id)
    # said once: the buttons have gone, and another number is refused
    assert url_of("meetings:delegate_late", session) not in as_user(kim).get(HOME).content.decode()
    as_user(kim).post(url_of("meetings:delegate_late", session), {"minutes": "5"})
    assert SessionAttendance.objects.get(minutes_late__isnull=False).minutes_late == 10


def test_the_mentee_s_own_word_names_no_delegate(
    session: MentoringSession, kim: User, as_user: AsUser
) -> None:
    late.say_late(actor=session.pairing.mentee, session=session, minutes=5)
    (message,) = OutboxMessage.objects.filter(kind="meetings.session_late")
    assert "behalf" not in message.text
    assert SessionAttendance.objects.get(minutes_late=5).late_said_by == session.pairing.mentee
    assert (
        "behalf"
        not in as_user(session.pairing.mentor)
        .get(url_of("meetings:session_detail", session))
        .content.decode()
        .partition("minutes late")[2][:200]
    )


def test_only_near_the_session_and_only_a_delegate_of_the_mentee(
    session: MentoringSession, kim: User, as_user: AsUser, at: At
) -> None:
    stranger = make.UserFactory()
    Delegation.objects.create(mentee=session.pairing.mentor, delegate=stranger)
    assert (
        as_user(stranger)
        .post(url_of("meetings:delegate_late", session), {"minutes": "5"})
        .status_code
        == 404
    )
    with pytest.raises(DomainError, match="two people"):
        late.say_late(actor=stranger, session=session, minutes=5)
    at(session.starts_at - timedelta(hours=3))
    assert url_of("meetings:delegate_late", session) not in as_user(kim).get(HOME).content.decode()
    as_user(kim).post(url_of("meetings:delegate_late", session), {"minutes": "5"})
    assert not SessionAttendance.objects.filter(minutes_late__isnull=False).exists()


def test_what_the_mentor_says_about_being_late_is_not_shown_to_the_delegate(
    session: MentoringSession, kim: User, as_user: AsUser
) -> None:
    late.say_late(actor=session.pairing.mentor, session=session, minutes=15)
    assert url_of("meetings:delegate_late", session) in as_user(kim).get(HOME).content.decode()
    assert "15 minutes late" not in as_user(kim).get(HOME).content.decode()


def test_nor_where_the_delegate_handles_the_mentor_s_times_in_another_pair(
    session: MentoringSession, kim: User, as_user: AsUser
) -> None:
    Delegation.objects.create(mentee=session.pairing.mentor, delegate=kim)
    make_pair(mentee=session.pairing.mentor)
    late.say_late(actor=session.pairing.mentor, session=session, minutes=15)
    assert url_of("meetings:delegate_late", session) in as_user(kim).get(HOME).content.decode()


def test_home_leads_to_the_calendar_for_others(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    shown = as_user(kim).get(reverse("mentoring:home")).content.decode()
    assert f"{pairing.mentee.name} with {pairing.mentor.name}" in shown
    assert "no session booked yet" in shown
    book(pairing)
    assert "Tue 2 Feb 2027" in as_user(kim).get(reverse("mentoring:home")).content.decode()
    main = (
        as_user(pairing.mentee)
        .get(reverse("mentoring:home"))
        .content.decode()
        .partition("<main")[2]
    )
    assert "Calendar for others" not in main


@pytest.mark.broad
def test_the_place_of_last_time_is_filled_in(pairing: Pairing, kim: User, as_user: AsUser) -> None:
    User.objects.filter(pk=pairing.mentor_id).update(join_link="https://meet.example.com/mentor")
    for name in ("delegate_session_new", "delegate_series"):
        initial = as_user(kim).get(url_of(f"meetings:{name}", pairing)).context["form"].initial
        assert initial["link"] == "https://meet.example.com/mentor"
    book(pairing, link="https://meet.example.com/last", place="Room 4")
    for name in ("delegate_session_new", "delegate_series"):
        initial = as_user(kim).get(url_of(f"meetings:{name}", pairing)).context["form"].initial
        assert (initial["link"], initial["place"]) == ("https://meet.example.com/last", "Room 4")
