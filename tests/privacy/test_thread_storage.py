"""What the files of the database hold of a thread with a safe contact, and what two clicks make."""

from __future__ import annotations

import base64

import pytest
from django.db import connection

from accounts.models import User
from concerns.domain import codes, writing
from concerns.domain.routing import Route
from concerns.models import Concern, ConcernEntry
from tests.factories import UserFactory
from tests.privacy.test_survey_storage import on_disk
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "zebra: he shouts at me"


def write(contact: User, code: str) -> Concern:
    return writing.write(code=code, route=Route(contact, None), text=WORDS)


def test_files_hold_no_words_no_code_and_no_time() -> None:
    code = codes.new_code()
    write(UserFactory(), code)
    files = on_disk("concerns_concern") + on_disk("concerns_concernentry")
    assert codes.digest(code).encode() in files, "else this reads the wrong files"
    for secret in (WORDS[:5], code, code.replace("-", "")):
        assert secret.encode() not in files

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM concerns_concernentry")
        token = base64.urlsafe_b64decode(cursor.fetchone()[0])
    assert token[1:9] == bytes(8), "Fernet writes the time in the clear"


def test_sent_twice_at_the_same_moment_is_one_thread_with_one_entry() -> None:
    contact, code = UserFactory(), codes.new_code()
    done = at_once(*[lambda: write(contact, code)] * 4)
    assert [type(one) for one in done] == [Concern] * 4
    assert Concern.objects.count() == ConcernEntry.objects.count() == 1
