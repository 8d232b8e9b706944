"""What the sessions of a pair are about: first, one topic after the other, last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from common.errors import DomainError
from meetings.domain import logs, sessions, subjects
from meetings.models import MentoringSession
from pairings.models import Pairing
from programs.enums import GuideKind
from programs.models import SessionGuide, Topic
from tests.factories import EnrolmentTopicFactory
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair
from tests.support.pages import text_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture
def pairing(at: At) -> Pairing:
    """Six sessions planned; the mentee wants B, C, A; the mentor can teach A, C, D."""
    at(MONDAY)
    pairing = make_pair(activated_at=MONDAY)
    program = pairing.program
    for kind, category in [("first", ""), ("topic", "Tools"), ("last", "")]:
        agenda = [{"minutes": 45, "title": "Do", "text": "{exercise} Then: {questions}"}]
        SessionGuide.objects.create(
            program=program, kind=kind, category=category, title=kind, agenda=agenda
        )
    topics = {}
    for name in "ABCDE":
        topics[name] = Topic.objects.create(
            program=program,
            name=name,
            category="Tools",
            exercise=f"Try {name}.",
            questions=["Why?", "How?", "When?"],
        )
    program.topics.set(topics.values())
    for priority, name in enumerate("BCA", start=1):
        enrolment = pairing.mentee_enrolment
        EnrolmentTopicFactory(enrolment=enrolment, topic=topics[name], priority=priority)
    for name in "ACD":
        EnrolmentTopicFactory(enrolment=pairing.mentor_enrolment, topic=topics[name], level=3)
    return pairing


def book_weekly(pairing: Pairing, count: int) -> list[MentoringSession]:
    return [book(pairing, TUESDAY + WEEK * number) for number in range(count)]


def names(pairing: Pairing) -> list[str]:
    """What each live session is about, in the order of time."""
    live = MentoringSession.objects.filter(pairing=pairing).scheduled_or_held()
    return [session.subject for session in live.order_by("starts_at")]


def named(pairing: Pairing, letters: str) -> list[Topic]:
    by_name = {topic.name: topic for topic in pairing.program.topics.all()}
    return [by_name[letter] for letter in letters]


def test_what_both_chose_comes_first_and_the_last_session_is_the_last(pairing: Pairing) -> None:
    assert [topic.name for topic in subjects.chosen_topics(pairing)] == ["C", "A", "B", "D"]
    book_weekly(pairing, 7)
    assert names(pairing) == ["first", "C", "A", "B", "D", "last", ""]


def test_a_frame_says_the_topic_s_exercise_and_questions(pairing: Pairing, as_user: AsUser) -> None:
    about_c = book_weekly(pairing, 2)[1]
    page = as_user(pairing.mentor).get(reverse("meetings:session_detail", args=[about_c.public_id]))
    shown = text_of(page)
    assert "Session 2: C" in shown
    assert "Try C. Then:" in shown
    assert "How?" in shown


def test_a_cancelled_session_gives_its_subject_to_the_next(pairing: Pairing) -> None:
    first, second, _third = book_weekly(pairing, 3)
    sessions.cancel(actor=pairing.mentor, session=second)
    assert names(pairing) == ["first", "C"]
    sessions.cancel(actor=pairing.mentor, session=first)
    assert names(pairing) == ["first"]


def test_a_session_moved_behind_another_takes_the_later_subject(pairing: Pairing) -> None:
    first, second = book_weekly(pairing, 2)
    sessions.move(
        actor=pairing.mentor,
        session=first,
        wall_date=TUESDAY + WEEK * 3,
        wall_time=first.wall_time,
        time_zone=first.time_zone,
        minutes=45,
        place="",
        link="",
    )
    second.refresh_from_db()
    assert second.subject == "first"
    assert names(pairing) == ["first", "C"]


def test_a_missed_session_comes_again_and_a_held_one_keeps_its_subject(
    pairing: Pairing, at: At
) -> None:
    first, second, third = book_weekly(pairing, 3)
    at(first.ends_at)
    logs.log(actor=pairing.mentor, session=first, outcome="held")
    at(second.ends_at)
    logs.log(actor=pairing.mentor, session=second, outcome="missed")
    third.refresh_from_db()
    assert third.subject == "C"
    subjects.arrange(actor=pairing.mentee, pairing=pairing, topics=named(pairing, "E"))
    assert names(pairing) == ["first", "E"]


def test_the_pair_arranges_its_topics_and_booked_sessions_follow(
    pairing: Pairing, as_user: AsUser
) -> None:
    book_weekly(pairing, 6)
    url = reverse("meetings:session_topics", args=[pairing.public_id])
    page = as_user(pairing.mentee).get(url)
    assert page.context["form"].initial["topic_1"] == named(pairing, "C")[0].pk
    data = {f"topic_{at}": topic.pk for at, topic in enumerate(named(pairing, "EDCB"), start=1)}
    assert as_user(pairing.mentee).post(url, data).status_code == 303
    assert names(pairing) == ["first", "E", "D", "C", "B", "last"]


def test_a_topic_twice_is_refused_at_its_field_and_nothing_changes(
    pairing: Pairing, as_user: AsUser
) -> None:
    book_weekly(pairing, 3)
    url = reverse("meetings:session_topics", args=[pairing.public_id])
    twice = named(pairing, "E")[0].pk
    page = as_user(pairing.mentor).post(url, {"topic_1": twice, "topic_2": twice})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["topic_2"]
    assert names(pairing) == ["first", "C", "A"]


def test_what_one_has_had_cannot_be_chosen_again(pairing: Pairing, at: At) -> None:
    *_earlier, about_c = book_weekly(pairing, 2)
    at(about_c.ends_at)
    logs.log(actor=pairing.mentor, session=about_c, outcome="held")
    with pytest.raises(DomainError, match="none that you have had"):
        subjects.arrange(actor=pairing.mentor, pairing=pairing, topics=named(pairing, "C"))
    with pytest.raises(DomainError, match="more topics than sessions"):
        subjects.arrange(actor=pairing.mentor, pairing=pairing, topics=named(pairing, "ABDE"))


def test_a_program_without_guides_goes_by_its_topics(pairing: Pairing) -> None:
    SessionGuide.objects.exclude(kind=GuideKind.TOPIC).delete()
    book_weekly(pairing, 2)
    assert names(pairing) == ["C", "A"]


def test_the_log_begins_with_the_session_s_topic(pairing: Pairing, as_user: AsUser, at: At) -> None:
    *_earlier, about_c = book_weekly(pairing, 2)
    at(about_c.ends_at)
    url = reverse("meetings:session_log", args=[about_c.public_id])
    page = as_user(pairing.mentor).get(url)
    form = page.context["form"]
    assert form.initial["topics"] == named(pairing, "C")
    data = {"outcome": "held", "topics": form.initial["topics"][0].pk}
    data |= {"topics_shown": form.initial["topics_shown"], "seen": ""}
    assert as_user(pairing.mentor).post(url, data).status_code == 303
    assert list(about_c.topics.all()) == named(pairing, "C")


@pytest.mark.parametrize("outcome", ["missed", "held"])
def test_a_missed_session_was_about_nothing(pairing: Pairing, at: At, outcome: str) -> None:
    *_earlier, about_c = book_weekly(pairing, 2)
    at(about_c.ends_at)
    logs.log(actor=pairing.mentor, session=about_c, outcome=outcome, topics=None)
    assert list(about_c.topics.all()) == (named(pairing, "C") if outcome == "held" else [])
