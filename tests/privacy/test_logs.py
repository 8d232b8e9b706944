"""Logs name ids: no link that lets somebody in, and no row that the database quotes."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.domain import set_up
from accounts.models import User
from common import logs
from common.logs import without_personal_data
from feedback import mail
from tests.factories import UserFactory
from tests.feedback.factories import ParticipationFactory

PROGRAM = """
import logging, sys
sys.path.insert(0, %r)
from common import logs
logs.configure({"level": "INFO", "json": %r})
requests = logging.getLogger("django.request")
requests.warning("Unprocessable Entity: %%s", "/surveys/answer/eyJhb:1abc:sig/")
try:
    raise ValueError(
        'duplicate key\\n'
        'DETAIL:  Key (email)=(anna@example.com) already exists.\\nmore: Anna'
    )
except ValueError:
    logging.getLogger("x").exception("failed")
"""


@pytest.mark.broad
@pytest.mark.parametrize("as_json", [True, False])
def test_log_line_has_no_token_and_no_quoted_row(as_json: bool) -> None:
    root = str(Path(__file__).resolve().parents[2])
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM % (root, as_json)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "/surveys/answer/…/" in ran.stderr or "/surveys/answer/\\u2026/" in ran.stderr
    for secret in ("eyJhb", "anna@example.com", "Anna"):
        assert secret not in ran.stderr
    assert "duplicate key" in ran.stderr
    assert "ValueError" in ran.stderr
    if as_json:
        assert all(json.loads(line)["level"] for line in ran.stderr.splitlines())


@pytest.mark.django_db
def test_every_path_that_lets_somebody_in_is_masked(client: Client) -> None:
    token = mail.make_token(ParticipationFactory())
    person = UserFactory()
    made = set_up.link_for(person)
    reset = reverse("account_reset_password_from_key", args=["1", "abc-def0123456789"])
    secrets = {
        reverse("feedback:survey_answer", args=[token]): token,
        reverse("feedback:survey_opt_out", args=[token]): token,
        made: made.rstrip("/").rpartition("/")[2],
        reset: "abc-def0123456789",
        reverse("account_mailbox", args=["eyJhb:1abc:sig"]): "eyJhb:1abc:sig",
        reverse("meetings:calendar_feed", args=["key-of-a-feed"]): "key-of-a-feed",
        reverse("notifications:unsubscribe", args=["eyJhb:1abc:sig"]): "eyJhb:1abc:sig",
    }
    for path, secret in secrets.items():
        line = without_personal_data(
            None, "warning", {"event": f"Not Found: {path}", "status": 404}
        )
        assert secret not in line["event"], path
        assert line["status"] == 404


@pytest.mark.django_db
def test_complaint_of_the_database_does_not_quote_the_row() -> None:
    person = UserFactory(name="Secret Name")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        User.objects.filter(pk=person.pk).update(email="SECRET@EXAMPLE.COM")
    assert "SECRET@EXAMPLE.COM" in str(caught.value)  # else this test holds nothing
    line = without_personal_data(
        None, "error", {"exception": f"Traceback\n{caught.value}\n\nThe above exception was"}
    )
    assert "SECRET" not in line["exception"]
    assert "user_email_in_lower_case" in line["exception"]
    assert line["exception"].endswith("The above exception was")
    assert connection.in_atomic_block


# What makes Postgres quote a value, and in which part of its message.
QUOTING = {
    "the first line": "SELECT %s::integer",
    "a key": "INSERT INTO accounts_grade (rank, name) VALUES (30000, %s), (30001, %s)",
    "a line of JSON": "SELECT %s::jsonb",
    "a date": "SELECT %s::date",
    "an array": "SELECT %s::integer[]",
    "a text search": "SELECT to_tsquery('simple', %s)",
    "the statement": "SELECT %s FROM no_such_table",
}


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["SECRET words", '{"answer": "SECRET', "SECRET\n\nSECRET"])
@pytest.mark.parametrize("part", QUOTING)
def test_no_part_of_a_database_error_reaches_the_log(part: str, secret: str) -> None:
    statement = QUOTING[part]
    # the values are put into the text, so that the statement that is quoted holds them too
    quoted = "'" + secret.replace("'", "''") + "'"
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        connection.cursor().execute(statement.replace("%s", quoted))
    trace = "".join(traceback.format_exception(caught.value))
    assert "SECRET" in trace  # else this test holds nothing
    for written in (trace, f"Task x[1] raised unexpected: {caught.value!r}"):
        line = without_personal_data(None, "error", {"exception": written})
        assert "SECRET" not in line["exception"]
    assert (
        type(caught.value.__cause__).__name__
        in without_personal_data(None, "error", {"exception": trace})["exception"]
    )


class Anything:
    """An object of whatever library."""

    def __repr__(self) -> str:
        return "Anything(SECRET)"


def refusal() -> DatabaseError:
    """An error of the database that quotes a value in its first line."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        connection.cursor().execute("SELECT 'SECRET'::integer")
    return caught.value


# How a value can be wrapped before it is logged.
WRAPPED = {
    "alone": lambda value: value,
    "in a list": lambda value: [1, value],
    "in a tuple in a dict": lambda value: {"deep": (value,)},
    "as a key": lambda value: {value: 1},
    "in a set": lambda value: {value},
}
# What may quote what somebody wrote.
KINDS = {
    "error": refusal,
    "error of the driver": lambda: refusal().__cause__,
    "path in bytes": lambda: b"/surveys/answer/SECRET/",
    "path": lambda: Path("/surveys/answer/SECRET/"),
    "row": lambda: UserFactory(name="SECRET"),
    "object": Anything,
}


@pytest.mark.django_db
@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("kind", KINDS)
def test_values_of_each_kind_are_cleaned_wherever_they_stand(kind: str, wrapped: str) -> None:
    value = WRAPPED[wrapped](KINDS[kind]())
    line = without_personal_data(None, "error", {"event": "it failed", "about": value})
    assert "SECRET" not in json.dumps(line, default=repr)


@pytest.mark.django_db
@pytest.mark.parametrize("as_json", [True, False])
def test_what_a_library_logs_is_cleaned_before_it_becomes_a_line(
    as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    handler = logs._handler(as_json=as_json)

    def warn(message: Any, *values: Any) -> None:
        """As a library calls logging."""
        handler.handle(logging.LogRecord("x", logging.WARNING, "", 0, message, values, None))

    error, person = refusal(), UserFactory(name="SECRET")
    warn("it failed: %s", error)
    warn("%(number)d times failed: %(error)s", {"error": error, "number": 3})
    warn(error)
    warn("%s of %s failed: %s", 3, person, [error])
    lines = written.getvalue()
    assert "SECRET" not in lines
    assert "3 times" in lines
    assert lines.count("DataError") == 4
    assert f"<User {person.pk}>" in lines


def test_numbers_and_dates_stay_what_they_are() -> None:
    event = {"count": 3, "share": 0.5, "when": datetime(2027, 1, 1, tzinfo=UTC), "none": None}
    assert without_personal_data(None, "info", dict(event)) == event
