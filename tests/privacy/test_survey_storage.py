"""After the close, the files of the database hold no single answer and no order of answering."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from feedback.domain import answers, rounds
from feedback.domain.storage import rewrite_tables
from feedback.models import SurveyRound
from tests.feedback.factories import ParticipationFactory, RoundFactory

pytestmark = pytest.mark.django_db(transaction=True)


def on_disk(table: str) -> bytes:
    """The file of a table, with what rows that were deleted have left in it."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [table])
        return bytes(cursor.fetchone()[0])


@contextmanager
def other_transaction() -> Iterator[None]:
    """Another transaction that has begun to read."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM feedback_surveyround")
        yield
        cursor.execute("ROLLBACK")
    other.close()


def until_rewritten() -> int:
    """Try again while the server itself (autovacuum) reads, or another worker's test writes."""
    return next(done for _attempt in range(20_000) if (done := rewrite_tables()))


@pytest.mark.broad
def test_file_holds_no_answer_once_the_tables_are_rewritten() -> None:
    survey_round = RoundFactory()
    asked = ParticipationFactory.create_batch(6, round=survey_round)
    for number, participation in enumerate(asked):
        given = {"q-scale": 3, "q-words": f"secret words {number}"}
        answers.submit(participation=participation, answers=given)
    old_ids = [participation.pk.bytes for participation in asked]

    with other_transaction():
        rounds.close_round(pk=survey_round.pk)
        assert rewrite_tables() == 0, "it could still read what has been deleted"
    assert b"secret words" in on_disk("feedback_anonymousanswer"), "deleted, and still in the file"

    assert until_rewritten() == 1
    assert rewrite_tables() == 0
    assert b"secret words" not in on_disk("feedback_anonymousanswer")
    people = on_disk("feedback_participation")
    assert not any(old in people for old in old_ids)
    assert survey_round.participations.count() == 6


def test_nothing_is_rewritten_without_a_close() -> None:
    RoundFactory()
    assert rewrite_tables() == 0
    assert not SurveyRound.objects.filter(rewrite_due=True).exists()
