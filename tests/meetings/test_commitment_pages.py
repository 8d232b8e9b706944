"""Commitments in the log, on their own pages and on the page of the pair."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from meetings.domain import sessions
from meetings.models import Commitment, MentoringSession, SessionLogRevision
from tests.meetings.commitment_data import DUE, WORDS, done, just_ended, keep
from tests.meetings.session_data import book
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(at: At) -> MentoringSession:
    return just_ended(at)


LOG = {"outcome": "held", "takeaway": "Ask twice"}


@pytest.mark.broad
def test_the_mentee_s_log_asks_and_the_mentor_s_does_not(
    session: MentoringSession, as_user: AsUser
) -> None:
    assert "What will I do differently?" in text_of(
        as_user(session.pairing.mentee).get(url_of("meetings:session_log", session))
    )
    assert "What will I do differently?" not in text_of(
        as_user(session.pairing.mentor).get(url_of("meetings:session_log", session))
    )
    data = LOG | {"commitment": WORDS, "commitment_due": "2027-02-15"}
    as_user(session.pairing.mentor).post(url_of("meetings:session_log", session), data)
    assert not Commitment.objects.exists(), "what is not asked is not taken"
    answer = as_user(session.pairing.mentee).post(url_of("meetings:session_log", session), data)
    assert answer.status_code == 303
    assert Commitment.objects.get().text == WORDS


def test_the_log_without_words_makes_no_commitment(
    session: MentoringSession, as_user: AsUser
) -> None:
    data = LOG | {"commitment": "", "commitment_due": "2027-02-16"}
    assert (
        as_user(session.pairing.mentee)
        .post(url_of("meetings:session_log", session), data)
        .status_code
        == 303
    )
    assert not Commitment.objects.exists()


def test_a_problem_with_the_day_logs_nothing_and_keeps_what_was_typed(
    session: MentoringSession, as_user: AsUser
) -> None:
    data = LOG | {"commitment": WORDS, "commitment_due": "2027-01-01"}
    answer = as_user(session.pairing.mentee).post(url_of("meetings:session_log", session), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["commitment_due"]
    assert WORDS in text_of(answer)
    session.refresh_from_db()
    assert session.state == "scheduled"


@pytest.mark.broad
def test_correcting_the_log_keeps_and_changes_the_commitment(
    session: MentoringSession, as_user: AsUser
) -> None:
    keep(session)
    mentee = as_user(session.pairing.mentee)
    assert WORDS in text_of(mentee.get(url_of("meetings:session_log", session)))
    mentee.post(
        url_of("meetings:session_log", session),
        LOG | {"commitment": "Speak less", "commitment_due": "2027-02-15"},
    )
    assert Commitment.objects.get().text == "Speak less"
    done(Commitment.objects.get())
    assert "What will I do differently?" not in text_of(
        mentee.get(url_of("meetings:session_log", session))
    )
    mentee.post(url_of("meetings:session_log", session), LOG | {"takeaway": "Another"})
    assert Commitment.objects.get().done_at
    assert not any("Speak" in str(row.content) for row in SessionLogRevision.objects.all())


@pytest.mark.broad
def test_from_the_page_of_the_session_to_done_and_dropped(
    session: MentoringSession, as_user: AsUser
) -> None:
    sessions.log(actor=session.pairing.mentor, session=session, outcome="held")
    mentee = as_user(session.pairing.mentee)
    assert url_of("meetings:commitment_edit", session) in text_of(
        mentee.get(url_of("meetings:session_detail", session))
    )
    answer = mentee.post(
        url_of("meetings:commitment_edit", session),
        {"commitment": WORDS, "commitment_due": "2027-02-15"},
    )
    home = reverse("mentoring:pair_home", args=[session.pairing.public_id])
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{home}#commitments")
    made = Commitment.objects.get()
    for person, may in ((session.pairing.mentor, False), (session.pairing.mentee, True)):
        for address in (home, url_of("meetings:session_detail", session)):
            shown = text_of(as_user(person).get(address))
            assert WORDS in shown
            assert (url_of("meetings:commitment_done", made) in shown) == may
    mentee = as_user(session.pairing.mentee)
    mentee.get(url_of("meetings:commitment_done", made))
    assert not Commitment.objects.get().done_at, "opening a page changes nothing"
    assert (
        mentee.post(
            url_of("meetings:commitment_done", made), {"what_changed": "They talk"}
        ).status_code
        == 303
    )
    assert "They talk" in text_of(as_user(session.pairing.mentor).get(home))
    mentee = as_user(session.pairing.mentee)
    assert mentee.get(url_of("meetings:commitment_edit", session)).headers["Location"] == url_of(
        "meetings:commitment_done", made
    )
    assert mentee.post(url_of("meetings:commitment_drop", made)).status_code == 303
    assert WORDS not in text_of(as_user(session.pairing.mentor).get(home))


def test_pair_page_lists_what_is_open_first(session: MentoringSession, as_user: AsUser) -> None:
    others = [book(session.pairing, date(2027, 1, day), past=True) for day in (12, 19)]
    done(keep(others[0], "Done long ago"))
    keep(others[1], "Due later", DUE + timedelta(days=9))
    keep(session)
    answer = as_user(session.pairing.mentee).get(
        reverse("mentoring:pair_home", args=[session.pairing.public_id])
    )
    assert [one.text for one in answer.context["commitments"]] == [
        WORDS,
        "Due later",
        "Done long ago",
    ]
