"""Private notes: nobody but their author, by any page or query; and the database holds them
encrypted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings as conf
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from meetings.domain import notes
from meetings.models import MentoringSession, PrivateNote
from tests import factories as make
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
SECRET = "He did not listen, and I did not dare to say so."


@pytest.fixture
def session(at: At) -> MentoringSession:
    """With a note of the mentor's."""
    at(MONDAY)
    booked = book(make_pair())
    notes.save_note(actor=booked.pairing.mentor, session=booked, body=SECRET)
    return booked


def test_note_is_ciphertext_in_the_database(session: MentoringSession) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(n)::text FROM meetings_privatenote n")
        (row,) = cursor.fetchone()
    assert "listen" not in row
    assert "gAAAA" in row  # Fernet's
    assert notes.note_of(author=session.pairing.mentor, session=session) == SECRET


def test_note_is_nowhere_else_in_the_database(session: MentoringSession) -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE to_jsonb(t)::text ILIKE %s',
                ["%did not listen%"],
            )
            assert cursor.fetchone() == (0,), table


def test_note_is_unreadable_without_its_key(session: MentoringSession, settings: Any) -> None:
    new, old = Fernet.generate_key().decode(), conf.ENCRYPTION_KEYS[0]
    settings.ENCRYPTION_KEYS = [new, old]  # a rotated key still reads
    assert notes.note_of(author=session.pairing.mentor, session=session) == SECRET
    settings.ENCRYPTION_KEYS = [new]
    with pytest.raises(InvalidToken):
        notes.note_of(author=session.pairing.mentor, session=session)


def test_of_author_gives_nobody_elses(session: MentoringSession) -> None:
    hr = make.UserFactory(is_hr_admin=True)
    coordinator = make.ProgramStaffFactory(program=session.pairing.program).person
    for person in (session.pairing.mentee, hr, coordinator):
        assert not PrivateNote.objects.of_author(person).exists()
        assert notes.note_of(author=person, session=session) == ""
    session.pairing.mentor.is_active = False
    assert not PrivateNote.objects.of_author(session.pairing.mentor).exists()


def test_notes_are_queried_by_author_alone() -> None:
    """No code reaches notes past `of_author`, and no relation leads from a session or a person to
    them.
    """
    root = Path(conf.BASE_DIR)
    for app in (
        "mentoring",
        "goals",
        "feedback",
        "matching",
        "meetings",
        "pairings",
        "programs",
        "accounts",
        "notifications",
        "common",
    ):
        for source in (root / app).rglob("*.py"):
            text = source.read_text(encoding="utf-8")
            assert not re.search(
                r"PrivateNote\.(_base_manager|_default_manager|objects\.(?!of_author))", text
            ), source
            assert "private_notes" not in text, source
    names = {
        relation.get_accessor_name()
        for relation in MentoringSession._meta.related_objects
        if not relation.hidden
    }
    assert not any("note" in str(name) or "comfort" in str(name) for name in names)


def test_note_is_replaced_and_taken_away(session: MentoringSession) -> None:
    mentor = session.pairing.mentor
    notes.save_note(actor=mentor, session=session, body="  Better\r\nthis time ")
    assert notes.note_of(author=mentor, session=session) == "Better\nthis time"
    assert notes.save_note(actor=mentor, session=session, body="  ") is None
    assert not PrivateNote.objects.of_author(mentor).exists()


def test_note_leaves_no_audit_entry(session: MentoringSession) -> None:
    assert not AuditEntry.objects.filter(verb__contains="note").exists()


def test_database_keeps_one_note_per_person(session: MentoringSession) -> None:
    with pytest.raises(IntegrityError, match="private_note_once"), transaction.atomic():
        PrivateNote.objects.create(session=session, author=session.pairing.mentor, body="Twice")


@pytest.mark.broad
@pytest.mark.parametrize(
    "page",
    [
        "meetings:session_detail",
        "meetings:note_edit",
        "meetings:session_log",
        "meetings:note_list",
        "mentoring:pair_home",
    ],
)
def test_pages_show_a_note_to_its_author_alone(
    session: MentoringSession, at: At, client: Client, page: str
) -> None:
    at(session.ends_at)
    target = session.pairing if page == "mentoring:pair_home" else session
    url = reverse(page) if page == "meetings:note_list" else reverse(page, args=[target.public_id])
    hr = make.UserFactory(is_hr_admin=True)
    for person in (session.pairing.mentor, session.pairing.mentee, hr):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        shown = SECRET in client.get(url).content.decode()
        assert shown == (person == session.pairing.mentor and page != "mentoring:pair_home"), person


def test_note_export_is_ones_own_as_text(session: MentoringSession, as_user: AsUser) -> None:
    url = reverse("meetings:note_export")
    answer = as_user(session.pairing.mentor).get(url)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.content.decode()
    assert SECRET in text
    assert f"Session 1 with {session.pairing.mentee.name}" in text
    answer = as_user(session.pairing.mentee).get(url)
    assert answer.status_code == 302


def test_note_edit_saves(session: MentoringSession, as_user: AsUser) -> None:
    url = reverse("meetings:note_edit", args=[session.public_id])
    answer = as_user(session.pairing.mentee).post(url, {"note": "Mine"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        reverse("meetings:session_detail", args=[session.public_id]),
    )
    assert notes.note_of(author=session.pairing.mentee, session=session) == "Mine"
    assert notes.note_of(author=session.pairing.mentor, session=session) == SECRET


@pytest.mark.parametrize("count", [1, 3])
def test_note_list_query_count(
    session: MentoringSession,
    as_user: AsUser,
    django_assert_num_queries: Any,
    count: int,
) -> None:
    pairing = session.pairing
    for number in range(1, count):
        other = book(pairing, MONDAY.date().replace(day=10 + number))
        notes.save_note(actor=pairing.mentor, session=other, body=f"Note {number}")
    client = as_user(pairing.mentor)
    with django_assert_num_queries(6):
        assert client.get(reverse("meetings:note_list")).status_code == 200
