"""The page on which a session is logged, and what both then read."""

from __future__ import annotations

import pytest

from meetings.enums import Feeling, SessionState
from meetings.models import ComfortPulse, MentoringSession, SessionStatement
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, book, make_pair, sign
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


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
