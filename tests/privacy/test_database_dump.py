"""What somebody can read who has the database and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import pytest
from django.db import connection

from matching.domain import inputs
from meetings.domain import notes
from programs.domain import avoidances
from tests.factories import PairingFactory
from tests.matching.matching_data import pool
from tests.meetings.session_data import book, make_program
from tests.support.types import At

pytestmark = pytest.mark.django_db


def tables_with(text: str) -> set[str]:
    """The tables in which a row, written as text, contains this."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" AS t WHERE t::text ILIKE %s)', [f"%{text}%"]
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_fingerprint_of_a_run_cannot_be_used_to_try_out_who_avoids_whom() -> None:
    """All other input stands in the same database, so a plain hash would confirm the right guess
    among a few hundred.
    """
    some = pool(3, 2)
    victim, avoided = some.mentors[0].person, some.mentees[1].person
    avoidances.replace(person=victim, people=[avoided])
    run = some.run()
    avoidances.replace(person=victim, people=[])  # what the thief does not have
    known = inputs.build(run)

    def guess(one: str, other: str) -> str:
        guessed = [
            replace(
                p,
                ref=None,
                blocked=frozenset({other} if p.key == one else {one} if p.key == other else ()),
            )
            for p in sorted(known.people, key=lambda p: (p.role, p.key))
        ]
        return hashlib.sha256(inputs.text_of(guessed, known.rules).encode()).hexdigest()

    keys = [person.key for person in known.people]
    assert run.input_digest
    assert run.input_digest not in {guess(*pair) for pair in combinations(keys, 2)}


def test_equal_input_still_has_an_equal_fingerprint() -> None:
    some = pool(2, 2)
    assert some.run().input_digest == some.run().input_digest


def test_notes_limits_and_avoided_people_are_in_no_table_as_plain_text(at: At) -> None:
    at(datetime(2027, 2, 1, 9, tzinfo=UTC))
    pairing = PairingFactory(program=make_program())
    session = book(pairing)
    notes.save_note(actor=pairing.mentor, session=session, body="Zebra: she never listens")
    pairing.mentor_enrolment.off_limits = "Zebra: my pay"
    pairing.mentor_enrolment.save()
    before = tables_with(
        str(pairing.mentee.public_id)
    )  # their own row, and the keys of what was mailed to them
    avoidances.replace(person=pairing.mentor, people=[pairing.mentee])
    assert tables_with("zebra") == set()
    assert (
        tables_with(str(pairing.mentee.public_id))
        == before
        == {"accounts_user", "notifications_outboxmessage"}
    )
