"""Every kind of message, word for word: subject, text and HTML as they leave.

After a change of words: GOLDEN=write pytest tests/notifications/test_golden.py, then read the
difference.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mentoring.messages import samples
from notifications import kinds
from notifications.mail import mime, origin
from notifications.mail.origin import Origin
from notifications.models import OutboxMessage
from programs.models import Program
from tests.factories import UserFactory

FOLDER = Path(__file__).parent / "golden"
KINDS = [kind.key for kind in samples.offered()]


def program() -> Program:
    return Program(
        public_id=UUID("00000000-0000-4000-8000-000000000001"),
        name="Digital fluency",
        purpose="How our customers decide today, told by those who grew up with it.",
        time_zone="Europe/Berlin",
        starts_on=date(2027, 3, 1),
        ends_on=date(2027, 8, 31),
        enrolment_deadline=date(2027, 2, 19),
        planned_sessions=6,
        session_minutes=45,
        mentor_label="guide",
        mentee_label="learner",
        anonymity_k=5,
    )


@pytest.fixture
def reader(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings.BASE_URL = "https://mentoring.company.example"
    settings.MAIL_FROM = "Upstream <mentoring@company.example>"
    contacts = (("Cora Brandt", "cora@company.example"),)
    known = Origin("Northwind", "Digital fluency", contacts)
    monkeypatch.setattr(origin, "_find", [lambda _scope: known])
    return UserFactory(
        name="Ana Kessler",
        preferred_name="Ana",
        email="ana@company.example",
        time_zone="Europe/Berlin",
    )


def letter(kind: str, reader: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The mail of a kind, its links made stable."""
    made = samples.sample(kind, program=program(), reader=reader)
    topics = ["logs"] if kind == kinds.DIGEST else []
    message = OutboxMessage(recipient=reader, kind=kind, data={"topics": topics}, **made.fields())
    found = kinds.get(kind)
    if found.link is not None:
        monkeypatch.setitem(
            kinds._kinds,
            kind,
            replace(
                found,
                link=lambda _message: "https://mentoring.company.example/link/",
                reply_to=None,
            ),
        )
    return mime.build(message, kinds.get(kind))


def stable(text: str) -> str:
    return re.sub(r"/stop/[^/]+/", "/stop/TOKEN/", text).replace("\r\n", "\n").rstrip() + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_as_they_were(kind: str, reader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    built = letter(kind, reader, monkeypatch)
    html = str(built.alternatives[0][0])
    # of the HTML what differs from kind to kind: the layout has its own golden file
    body = "\n".join(
        line.strip() for line in html[html.index("<body") :].splitlines() if line.strip()
    )
    written = stable(f"Subject: {built.subject}\n\n{built.body}\n\n===== HTML =====\n{body}\n")
    path = FOLDER / f"{kind}.txt"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(written, encoding="utf-8")
    assert written == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_mail_keeps_to_the_one_voice(
    kind: str, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = letter(kind, reader, monkeypatch)
    html = str(built.alternatives[0][0])
    assert 10 <= len(built.subject) <= 110
    assert "[[" not in built.body + html + built.subject
    assert "{{" not in built.body + html
    assert "None" not in built.body
    assert "Ana" in built.body, "it greets its reader"
    assert "!" not in built.body + built.subject, "we do not shout"
    assert built.body.count("You get this because") == html.count("You get this because") == 1
    for link in re.findall(r"https://\S+", built.body):
        assert link.rstrip(".,)") in html.replace("&amp;", "&"), "the HTML says the same"
    assert ("/stop/" in built.body) == kinds.find(kind).one_click


def test_no_file_is_left_of_a_kind_that_is_gone() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_sample_is_told_in_german_too(kind: str, reader: Any) -> None:
    reader.locale = "de"
    made = samples.sample(kind, program=program(), reader=reader)
    assert made.subject


def test_moment_of_the_samples_is_in_the_reader_s_zone(reader: Any) -> None:
    assert datetime(2027, 3, 16, 13, tzinfo=UTC) == samples.MOMENT
    assert (
        "14:00"
        in samples.sample("meetings.session_reminder", program=program(), reader=reader).text
    )
