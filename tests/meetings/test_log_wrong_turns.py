"""Wrong turns on the way to a log: nothing that somebody has typed is lost, neither their own words
nor the other's.
"""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from meetings.domain import commitments, notes, sessions
from meetings.enums import SessionState
from meetings.models import Commitment, MentoringSession, SessionLogRevision
from tests import factories as make
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.pages import url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
WORDS = {
    "takeaway": "Ask twice",
    "mentor_taught": "Threads",
    "mentee_taught": "Budgets",
    "note": "I was nervous",
}
DUE = "2027-02-20"


@pytest.fixture
def session(at: At) -> MentoringSession:
    at(MONDAY)
    booked = book(make_pair())
    at(booked.ends_at)
    return booked


def fields(answer: Any) -> dict[str, Any]:
    """What a browser would send of the form as the page shows it."""
    text = answer.content.decode()
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("name", "value"))
        kind = re.search(r'\btype="([^"]*)"', tag)
        if name is None or (kind and kind[1] in {"radio", "checkbox"} and " checked" not in tag):
            continue
        held = unescape(value[1]) if value else ""
        found[name[1]] = [*found.get(name[1], []), held] if kind and kind[1] == "checkbox" else held
    for name_, words in re.findall(
        r'<textarea[^>]*\bname="([^"]*)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL
    ):
        found[name_] = unescape(words).rstrip("\n")
    return found


def typed(answer: Any, **words: Any) -> dict[str, Any]:
    return fields(answer) | words


def topics(session: MentoringSession, count: int = 2) -> list[Any]:
    made = [make.TopicFactory() for _number in range(count)]
    for at, topic in enumerate(made, 1):
        make.EnrolmentTopicFactory(
            enrolment=session.pairing.mentee_enrolment, topic=topic, priority=at
        )
    return made


# moved instead


@pytest.mark.broad
def test_moving_it_instead_keeps_every_word(session: MentoringSession, as_user: AsUser) -> None:
    (topic, _other), client, url = (
        topics(session),
        as_user(session.pairing.mentee),
        url_of("meetings:session_log", session),
    )
    words = WORDS | {
        "commitment": "Listen first",
        "commitment_due": DUE,
        "topics": [str(topic.pk)],
        "feeling": "3",
    }
    answer = client.post(url, typed(client.get(url), outcome="moved", **words))
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        url_of("meetings:session_again", session),
    )
    session.refresh_from_db()
    assert (session.state, session.logged_at) == (SessionState.SCHEDULED, None)
    assert notes.note_of(author=session.pairing.mentee, session=session) == "I was nervous"
    assert Commitment.objects.get().text == "Listen first"
    shown = fields(client.get(url))
    assert {name: shown[name] for name in WORDS} == WORDS
    assert shown["topics"] == [str(topic.pk)]
    theirs = as_user(session.pairing.mentor).get(url)
    assert fields(theirs)["note"] == ""
    assert "I was nervous" not in theirs.content.decode()


def test_a_text_that_is_too_long_is_refused_before_moving(
    session: MentoringSession, as_user: AsUser
) -> None:
    client, url = as_user(session.pairing.mentor), url_of("meetings:session_log", session)
    answer = client.post(
        url, typed(client.get(url), outcome="moved", takeaway="x" * 4001, note="Kept")
    )
    assert answer.status_code == 422
    assert fields(answer)["note"] == "Kept"


def test_moving_what_the_other_has_logged_meanwhile_says_so_and_keeps_what_was_typed(
    session: MentoringSession, as_user: AsUser
) -> None:
    client, url = as_user(session.pairing.mentor), url_of("meetings:session_log", session)
    form = client.get(url)
    sessions.log(actor=session.pairing.mentee, session=session, outcome="held", takeaway="Theirs")
    answer = client.post(url, typed(form, outcome="moved", **WORDS))
    assert answer.status_code == 422
    assert "has been logged meanwhile, so it cannot be moved" in answer.content.decode()
    shown = fields(answer)
    assert {name: shown[name] for name in WORDS} == WORDS


# two who write at once


@pytest.mark.broad
def test_what_the_other_wrote_meanwhile_stays_where_one_wrote_nothing(
    session: MentoringSession, as_user: AsUser
) -> None:
    (first, second), pairing, url = (
        topics(session),
        session.pairing,
        url_of("meetings:session_log", session),
    )
    client = as_user(pairing.mentor)
    form = client.get(url)
    sessions.log(
        actor=pairing.mentee,
        session=session,
        outcome="held",
        topics=[second],
        takeaway="Theirs",
        mentee_taught="Budgets",
    )
    answer = client.post(
        url, typed(form, mentor_taught="Threads", takeaway="", note="Mine"), follow=True
    )
    session.refresh_from_db()
    assert (session.takeaway, session.mentor_taught, session.mentee_taught) == (
        "Theirs",
        "Threads",
        "Budgets",
    )
    assert list(session.topics.all()) == [second]
    shown = answer.content.decode()
    assert f"{pairing.mentee.short_name} logged it while you were writing" in shown
    assert first.name not in shown


def test_if_both_wrote_the_last_text_is_shown_and_the_earlier_one_kept(
    session: MentoringSession, as_user: AsUser
) -> None:
    pairing, url = session.pairing, url_of("meetings:session_log", session)
    client = as_user(pairing.mentor)
    form = client.get(url)
    sessions.log(actor=pairing.mentee, session=session, outcome="held", takeaway="Theirs")
    shown = client.post(url, typed(form, takeaway="Mine"), follow=True).content.decode()
    session.refresh_from_db()
    assert session.takeaway == "Mine"
    assert SessionLogRevision.objects.get().content["takeaway"] == "Theirs"
    assert "logged it while you were writing" in shown
    assert "Theirs" in shown


def test_nothing_is_said_where_nobody_came_in_between(
    session: MentoringSession, as_user: AsUser
) -> None:
    client, url = as_user(session.pairing.mentor), url_of("meetings:session_log", session)
    sessions.log(actor=session.pairing.mentee, session=session, outcome="held", takeaway="Theirs")
    form = client.get(url)
    assert f"{session.pairing.mentee.short_name} has logged it" in form.content.decode()
    shown = client.post(url, typed(form, takeaway="Both of ours"), follow=True).content.decode()
    assert "while you were writing" not in shown
    session.refresh_from_db()
    assert session.takeaway == "Both of ours"


def test_emptying_a_field_on_purpose_empties_it(session: MentoringSession, as_user: AsUser) -> None:
    (topic, _other), client, url = (
        topics(session),
        as_user(session.pairing.mentor),
        url_of("meetings:session_log", session),
    )
    sessions.log(
        actor=session.pairing.mentee,
        session=session,
        outcome="held",
        takeaway="Theirs",
        topics=[topic],
    )
    data = typed(client.get(url), takeaway="")
    data.pop("topics")
    client.post(url, data)
    session.refresh_from_db()
    assert (session.takeaway, list(session.topics.all())) == ("", [])


@pytest.mark.broad
def test_a_second_try_after_a_problem_knows_what_was_touched(
    session: MentoringSession, as_user: AsUser
) -> None:
    (first, second), pairing, url = (
        topics(session),
        session.pairing,
        url_of("meetings:session_log", session),
    )
    client = as_user(pairing.mentor)
    form = client.get(url)
    sessions.log(
        actor=pairing.mentee, session=session, outcome="held", takeaway="Theirs", topics=[second]
    )
    refused = client.post(
        url, typed(form, outcome="", topics=[str(first.pk)], mentor_taught="Threads")
    )
    assert refused.status_code == 422
    client.post(url, typed(refused, outcome="held"))
    session.refresh_from_db()
    assert (session.takeaway, session.mentor_taught, list(session.topics.all())) == (
        "Theirs",
        "Threads",
        [first],
    )


# two tabs of one person, and forms that lack a field


def test_a_note_written_in_another_tab_stays(session: MentoringSession, as_user: AsUser) -> None:
    client, url = as_user(session.pairing.mentor), url_of("meetings:session_log", session)
    form = client.get(url)
    notes.save_note(actor=session.pairing.mentor, session=session, body="From the other tab")
    client.post(url, typed(form, takeaway="Ask twice"))
    assert notes.note_of(author=session.pairing.mentor, session=session) == "From the other tab"


@pytest.mark.parametrize("lacking", [True, False], ids=["lacking", "empty"])
def test_a_commitment_that_the_form_did_not_show_is_not_dropped(
    session: MentoringSession, as_user: AsUser, lacking: bool
) -> None:
    mentee, url = session.pairing.mentee, url_of("meetings:session_log", session)
    client = as_user(mentee)
    form = fields(client.get(url))
    commitments.keep(actor=mentee, session=session, text="Listen first", due_on=date(2027, 2, 20))
    data = {"outcome": "held"} if lacking else form
    assert client.post(url, data).status_code == 303
    assert Commitment.objects.get().text == "Listen first"


@pytest.mark.broad
def test_a_commitment_that_is_emptied_is_dropped(
    session: MentoringSession, as_user: AsUser
) -> None:
    mentee, url = session.pairing.mentee, url_of("meetings:session_log", session)
    commitments.keep(actor=mentee, session=session, text="Listen first", due_on=date(2027, 2, 20))
    client = as_user(mentee)
    client.post(url, typed(client.get(url), commitment=""))
    assert not Commitment.objects.exists()


@pytest.mark.broad
def test_a_form_that_lacks_fields_wipes_nothing(session: MentoringSession, as_user: AsUser) -> None:
    (topic, _other), mentor, url = (
        topics(session),
        session.pairing.mentor,
        url_of("meetings:session_log", session),
    )
    client = as_user(mentor)
    client.post(url, typed(client.get(url), topics=[str(topic.pk)], **WORDS))
    assert client.post(url, {"outcome": "missed"}).status_code == 303
    session.refresh_from_db()
    assert (session.state, session.takeaway, session.mentor_taught) == (
        "missed",
        "Ask twice",
        "Threads",
    )
    assert list(session.topics.all()) == [topic]
    assert notes.note_of(author=mentor, session=session) == "I was nervous"


@pytest.mark.broad
@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_stale_tab_does_not_turn_held_into_missed(
    session: MentoringSession, as_user: AsUser, who: str
) -> None:
    stale = as_user(session.pairing.mentor).get(url_of("meetings:session_log", session))
    by = getattr(session.pairing, who)
    sessions.log(actor=by, session=session, outcome="held", takeaway="Theirs")
    client = as_user(session.pairing.mentor)
    url = url_of("meetings:session_log", session)
    refused = client.post(url, typed(stale, outcome="missed", note="Mine"))
    assert refused.status_code == 422
    assert "logged it as “Held” since this page was opened" in refused.content.decode()
    session.refresh_from_db()
    assert (session.state, session.takeaway) == (SessionState.HELD, "Theirs")

    again = fields(refused)
    assert again["note"] == "Mine"
    assert client.post(url, again | {"outcome": "missed"}).status_code == 303
    session.refresh_from_db()
    assert (session.state, session.takeaway) == (SessionState.MISSED, "Theirs")
    assert notes.note_of(author=session.pairing.mentor, session=session) == "Mine"


def test_stale_tab_that_says_the_same_is_saved(session: MentoringSession, as_user: AsUser) -> None:
    client = as_user(session.pairing.mentor)
    url = url_of("meetings:session_log", session)
    stale = client.get(url)
    sessions.log(actor=session.pairing.mentee, session=session, outcome="held")
    assert client.post(url, typed(stale, outcome="held")).status_code == 303
