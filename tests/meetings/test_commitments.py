"""Commitments: made, changed, done and dropped, and nobody but the pair reads them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import commitments
from meetings.models import Commitment, MentoringSession
from tests import factories as make
from tests.meetings.commitment_data import AFTER, DUE, NINE, WORDS, done, just_ended, keep, verbs
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(at: At) -> MentoringSession:
    return just_ended(at)


def test_made_changed_done_and_told_without_words(session: MentoringSession) -> None:
    made = keep(session, f" {WORDS} ")
    assert (made.text, made.due_on, made.pairing, made.done_at) == (
        WORDS,
        DUE,
        session.pairing,
        None,
    )
    keep(session)  # the same again
    keep(session, due_on=DUE + timedelta(days=1))
    ended = done(made)
    done(made)  # the same again
    assert abs(ended.done_at - clock.now()) < timedelta(minutes=1)  # type: ignore[operator]
    assert verbs() == ["commitment.made", "commitment.changed", "commitment.done"]
    assert not AuditEntry.objects.filter(verb__startswith="commitment.").exclude(detail={}).exists()


def test_done_is_done(session: MentoringSession, at: At) -> None:
    first = done(keep(session)).done_at
    with pytest.raises(DomainError):
        keep(session, "Something else")
    at(AFTER + timedelta(days=9))
    again = done(Commitment.objects.get(), "More than I thought")
    assert (again.done_at, again.what_changed) == (first, "More than I thought")


@pytest.mark.parametrize("when", ["open", "done"])
def test_dropped_leaves_nothing(session: MentoringSession, when: str) -> None:
    made = keep(session)
    if when == "done":
        done(made)
    commitments.drop(actor=session.pairing.mentee, commitment=made)
    assert not Commitment.objects.exists()
    assert verbs()[-1] == "commitment.dropped"


def test_empty_words_make_none_and_drop_the_present_one(session: MentoringSession) -> None:
    assert keep(session, " ") is None
    keep(session)
    assert keep(session, "") is None
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    ("text", "due_on", "field"),
    [
        ("x" * 501, DUE, "commitment"),
        (WORDS, None, "commitment_due"),
        (WORDS, AFTER.date(), "commitment_due"),
        (WORDS, date(2028, 3, 1), "commitment_due"),
    ],
)
def test_what_cannot_be_said(
    session: MentoringSession, text: str, due_on: date | None, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        keep(session, text, due_on)
    assert caught.value.code == field
    assert not Commitment.objects.exists()


def test_the_mentor_does_not_say_it_and_nobody_before_the_session(
    session: MentoringSession, at: At
) -> None:
    with pytest.raises(DomainError):
        keep(session, actor=session.pairing.mentor)
    at(session.starts_at - timedelta(minutes=1))
    with pytest.raises(DomainError):
        keep(session)


def test_a_day_that_has_passed_may_stay_when_the_words_change(
    session: MentoringSession, at: At
) -> None:
    keep(session)
    at(NINE + timedelta(days=3))
    assert keep(session, "Speak less").due_on == DUE


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"what_changed": "Much"}],
    ids=["nothing said", "changed though not done"],
)
def test_database_keeps_it_whole(session: MentoringSession, fields: dict[str, Any]) -> None:
    whole = {"pairing": session.pairing, "session": session, "text": WORDS, "due_on": DUE}
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.create(**(whole | fields))
    Commitment.objects.create(**whole)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.create(**whole)


def test_only_the_pair_sees_it(session: MentoringSession) -> None:
    keep(session)
    hr, stranger = make.UserFactory(is_hr_admin=True), make.UserFactory()
    coordinator = make.UserFactory()
    make.ProgramStaffFactory(program=session.pairing.program, person=coordinator)
    seen = {
        person: Commitment.objects.visible_to(person).exists()
        for person in (hr, stranger, coordinator)
    }  # type: ignore[attr-defined]
    assert not any(seen.values())
    for person in (session.pairing.mentor, session.pairing.mentee):
        assert Commitment.objects.visible_to(person).exists()  # type: ignore[attr-defined]
