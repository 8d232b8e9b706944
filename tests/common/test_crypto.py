"""Encryption at rest, and rotating its keys."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from common import crypto
from mentoring.management.commands import rotate_encryption
from programs.models import Enrolment
from tests.factories import EnrolmentFactory

OLD, NEW, STRANGE = (Fernet.generate_key().decode() for _ in range(3))


def raw_off_limits() -> list[str]:
    """What the database holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT off_limits FROM programs_enrolment ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@given(st.text())
def test_encrypted_text_can_be_decrypted(text: str) -> None:
    assert crypto.decrypt(crypto.encrypt(text)) == text


def test_same_text_never_encrypts_the_same() -> None:
    assert crypto.encrypt("a") != crypto.encrypt("a")
    assert crypto.encrypt("") == ""


def test_older_key_still_reads_and_a_missing_key_does_not(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    token = crypto.encrypt("quiet")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert crypto.decrypt(token) == "quiet"
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(InvalidToken):
        crypto.decrypt(token)


def test_tampered_token_is_refused() -> None:
    token = crypto.encrypt("quiet")
    with pytest.raises(InvalidToken):
        crypto.decrypt(token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB"))


def test_field_is_unreadable_in_the_database_and_readable_outside(db: None) -> None:
    enrolment = EnrolmentFactory(off_limits="my divorce")
    assert "divorce" not in raw_off_limits()[0]
    assert Enrolment.objects.get(pk=enrolment.pk).off_limits == "my divorce"


@pytest.mark.parametrize("lookup", ["off_limits", "off_limits__contains", "off_limits__startswith"])
def test_field_cannot_be_searched(db: None, lookup: str) -> None:
    with pytest.raises((FieldError, TypeError)):
        list(Enrolment.objects.filter(**{lookup: "my"}))


def test_rotation_moves_every_value_to_the_new_key(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate_encryption, "BATCH", 2)
    settings.ENCRYPTION_KEYS = [OLD]
    for number in range(5):
        EnrolmentFactory(off_limits=f"topic {number}" if number else "")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_encryption", dry_run=True)
    assert not any(rotate_encryption.is_current(token) for token in raw_off_limits() if token)
    call_command("rotate_encryption")
    settings.ENCRYPTION_KEYS = [NEW]
    texts = Enrolment.objects.order_by("pk").values_list("off_limits", flat=True)
    assert list(texts) == ["", "topic 1", "topic 2", "topic 3", "topic 4"]


def test_rotation_twice_changes_nothing(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    EnrolmentFactory(off_limits="one")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_encryption")
    before = raw_off_limits()
    assert "programs.Enrolment (off_limits, wishes): 1 done" in capsys.readouterr().out
    call_command("rotate_encryption")
    assert "programs.Enrolment (off_limits, wishes): 0 done" in capsys.readouterr().out
    assert raw_off_limits() == before


def test_rotation_without_the_old_key_says_so_and_changes_nothing(db: None, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    EnrolmentFactory(off_limits="one")
    before = raw_off_limits()
    settings.ENCRYPTION_KEYS = [NEW, STRANGE]
    with pytest.raises(CommandError, match="fits none of the ENCRYPTION_KEYS"):
        call_command("rotate_encryption")
    assert raw_off_limits() == before


def test_rotation_knows_every_encrypted_field() -> None:
    found = {
        (model._meta.label, name)
        for model, names in rotate_encryption.encrypted_fields()
        for name in names
    }
    assert ("programs.Enrolment", "off_limits") in found
    assert any(label.startswith("meetings.") for label, _ in found), "private notes"
