"""The log: the facts once for both, how it felt for oneself, and what the two disagree on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import facts as session_facts
from meetings.domain import sessions
from meetings.enums import Feeling, SessionState
from meetings.models import (
    ComfortPulse,
    MentoringSession,
    SessionAttendance,
    SessionLogRevision,
    SessionStatement,
)
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, sign
from tests.support.types import At

pytestmark = pytest.mark.django_db
AFTER = MONDAY + timedelta(days=1, hours=2)


@pytest.fixture
def session(at: At) -> MentoringSession:
    """A session that has just ended."""
    at(MONDAY)
    booked = book(make_pair())
    at(AFTER)
    return booked


def log(
    session: MentoringSession, actor: Any = None, outcome: str = SessionState.HELD, **facts: Any
) -> MentoringSession:
    return sessions.log(
        actor=actor or session.pairing.mentor, session=session, outcome=outcome, **facts
    )


def test_log_keeps_facts_statement_and_feeling(session: MentoringSession) -> None:
    topic = make.TopicFactory()
    logged = log(
        session,
        topics=[topic],
        takeaway=" Ask twice. ",
        mentor_taught="Threads",
        feeling=Feeling.GOOD,
    )
    assert (logged.state, logged.takeaway, logged.mentor_taught) == (
        SessionState.HELD,
        "Ask twice.",
        "Threads",
    )
    assert logged.logged_by == session.pairing.mentor
    assert logged.logged_at is not None
    assert timedelta() <= logged.logged_at - AFTER < timedelta(minutes=1)
    assert list(logged.topics.all()) == [topic]
    assert SessionStatement.objects.get().outcome == SessionState.HELD
    assert ComfortPulse.objects.get().feeling == Feeling.GOOD
    assert not SessionAttendance.objects.filter(live=True).exists()
    entry = AuditEntry.objects.get(verb="session.logged")
    assert entry.detail == {"outcome": "held"}


def test_log_before_the_start_is_refused(session: MentoringSession, at: At) -> None:
    at(session.starts_at - timedelta(seconds=1))
    with pytest.raises(DomainError):
        log(session)
    at(session.starts_at)
    assert log(session).state == SessionState.HELD


def test_log_has_no_deadline(session: MentoringSession, at: At) -> None:
    at(AFTER + timedelta(days=200))
    assert log(session, outcome=SessionState.MISSED).state == SessionState.MISSED


def test_log_of_an_ended_pair_is_still_possible(session: MentoringSession) -> None:
    Pairing.objects.update(state="ended")
    assert log(session).state == SessionState.HELD


def test_last_writer_wins_and_what_it_said_before_is_kept(session: MentoringSession) -> None:
    topic = make.TopicFactory()
    first = log(session, topics=[topic], takeaway="First")
    log(session, actor=session.pairing.mentee, takeaway="Second")
    session.refresh_from_db()
    assert (session.takeaway, session.logged_by) == ("Second", session.pairing.mentee)
    revision = SessionLogRevision.objects.get()
    assert (revision.author, revision.at) == (session.pairing.mentor, first.logged_at)
    assert revision.content == {
        "outcome": "held",
        "cancelled_by": None,
        "topics": [topic.pk],
        "takeaway": "First",
        "mentor_taught": "",
        "mentee_taught": "",
    }


def test_the_same_log_twice_changes_nothing(session: MentoringSession) -> None:
    for _time in range(2):
        log(session, takeaway="Once")
    assert SessionLogRevision.objects.count() == 0
    assert AuditEntry.objects.filter(verb="session.logged").count() == 1


def test_feeling_not_given_keeps_the_earlier_one(session: MentoringSession) -> None:
    log(session, feeling=Feeling.BAD)
    log(session, takeaway="More")
    assert ComfortPulse.objects.get().feeling == Feeling.BAD


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"outcome": "scheduled"}, "outcome"),
        ({"outcome": "proposed"}, "outcome"),
        ({"outcome": "cancelled"}, "outcome"),
        ({"feeling": 4}, "feeling"),
        ({"takeaway": "x" * 4001}, "takeaway"),
        ({"mentee_taught": "x" * 4001}, "mentee_taught"),
    ],
)
def test_log_that_makes_no_sense_is_refused(
    session: MentoringSession, facts: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        log(session, **facts)
    assert refused.value.code == code
    session.refresh_from_db()
    assert session.state == SessionState.SCHEDULED


def test_cancelled_by_whom_is_one_of_the_pair(session: MentoringSession) -> None:
    with pytest.raises(DomainError):
        log(session, outcome=SessionState.CANCELLED, cancelled_by=make.UserFactory())
    logged = log(session, outcome=SessionState.CANCELLED, cancelled_by=session.pairing.mentee)
    assert logged.cancelled_by == session.pairing.mentee
    assert log(session).cancelled_by is None  # corrected: it was held after all


def test_held_against_missed_is_a_disagreement(session: MentoringSession) -> None:
    log(session, outcome=SessionState.HELD)
    assert not MentoringSession.objects.with_disagreement().get().disagreement  # type: ignore[attr-defined]
    log(session, actor=session.pairing.mentee, outcome=SessionState.MISSED)
    found = MentoringSession.objects.with_disagreement().get()
    assert found.disagreement  # type: ignore[attr-defined]
    assert found.state == SessionState.MISSED  # the last writer's
    said = session_facts.statements(session, session.pairing.mentor)
    assert said == {"mine": "Held", "partner": "Missed", "differ": True}
    log(session, outcome=SessionState.MISSED)
    assert not MentoringSession.objects.with_disagreement().get().disagreement  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("mine", "theirs", "differ"),
    [
        ("held", "held", False),
        ("held", "cancelled", True),
        ("missed", "cancelled", False),
        ("missed", "missed", False),
    ],
)
def test_only_held_or_not_is_a_disagreement(
    session: MentoringSession, mine: str, theirs: str, differ: bool
) -> None:
    pairing = session.pairing
    for person, outcome in ((pairing.mentor, mine), (pairing.mentee, theirs)):
        by = pairing.mentor if outcome == "cancelled" else None
        log(session, actor=person, outcome=outcome, cancelled_by=by)
    assert MentoringSession.objects.with_disagreement().get().disagreement is differ  # type: ignore[attr-defined]
    assert session_facts.statements(session, pairing.mentee)["differ"] is differ


def test_a_held_session_counts_once_both_have_signed(session: MentoringSession) -> None:
    pairing = session.pairing
    log(session)
    held = MentoringSession.objects.filter(pairing=pairing)
    assert (held.counted().count(), held.with_signed().filter(signed=False).count()) == (0, 1)
    sign(pairing, pairing.mentor)
    assert (held.counted().count(), held.with_signed().filter(signed=False).count()) == (0, 1)
    sign(pairing, pairing.mentee)
    assert (held.counted().count(), held.with_signed().filter(signed=False).count()) == (1, 0)
    assert not session_facts.awaits_signatures(MentoringSession.objects.get())


def test_signatures_of_another_pair_do_not_count(session: MentoringSession) -> None:
    other = make_pair(
        program=session.pairing.program, mentee_enrolment=session.pairing.mentee_enrolment
    )
    log(session)
    sign(other)
    sign(session.pairing, session.pairing.mentor)
    assert MentoringSession.objects.counted().count() == 0


def test_cancelled_in_a_row(session: MentoringSession, at: At) -> None:
    pairing = session.pairing
    log(session)
    assert session_facts.cancelled_in_a_row(pairing) == 0
    for days in (2, 3):
        sessions.cancel(actor=pairing.mentee, session=book(pairing, TUESDAY + timedelta(days=days)))
    assert session_facts.cancelled_in_a_row(pairing) == 2


@pytest.mark.parametrize(
    ("model", "fields", "constraint"),
    [
        (ComfortPulse, {"feeling": 0}, "comfort_feeling"),
        (ComfortPulse, {"feeling": 4}, "comfort_feeling"),
        (SessionStatement, {"outcome": "scheduled", "at": AFTER}, "statement_is_an_outcome"),
    ],
)
def test_database_refuses(
    session: MentoringSession, model: Any, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(session=session, person=session.pairing.mentor, **fields)


@pytest.mark.parametrize(
    ("model", "fields"),
    [(ComfortPulse, {"feeling": 2}), (SessionStatement, {"outcome": "held", "at": AFTER})],
)
def test_database_keeps_one_per_person(
    session: MentoringSession, model: Any, fields: dict[str, Any]
) -> None:
    model.objects.create(session=session, person=session.pairing.mentor, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(session=session, person=session.pairing.mentor, **fields)
