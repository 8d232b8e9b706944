"""Moments in mails read as everywhere else: in the reader's zone, which is named in words and never
by letters.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from common.timezones import moment_in_words

ROOT = Path(settings.BASE_DIR)
# what writes a zone as letters, or the locale's own "2 p.m.": %Z, "T", "e" and "O" of |date and
# |time, DATETIME_FORMAT
LETTERS = re.compile(
    r"%[Zz]|DATETIME_FORMAT|(?<!DA)TIME_FORMAT|\|(?:date|time):_?\(?[\"'][^\"']*(?:\bT\b|\be\b|\bO\b|[gGhP])[^\"']*[\"']"
)
FOLDERS = [
    "templates",
    "accounts",
    "common",
    "feedback",
    "goals",
    "mentoring",
    "notifications",
    "matching",
    "meetings",
    "pairings",
    "programs",
]


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "Tue 16 Mar 2027, 14:00 (Berlin time)"),
        ("America/New_York", "Tue 16 Mar 2027, 09:00 (New York time)"),
        ("Asia/Kathmandu", "Tue 16 Mar 2027, 18:45 (Kathmandu time)"),
        ("Australia/Lord_Howe", "Wed 17 Mar 2027, 00:00 (Lord Howe time)"),
        ("UTC", "Tue 16 Mar 2027, 13:00 (UTC)"),
    ],
)
def test_a_moment_in_words(zone: str, words: str) -> None:
    with translation.override("en"):
        assert moment_in_words(datetime(2027, 3, 16, 13, tzinfo=UTC), zone) == words


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_zone_is_written_in_letters(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".html", ".txt", ".py"} and "migrations" not in path.parts
        for match in LETTERS.finditer(path.read_text())
    ]
    assert found == []


def test_no_golden_mail_has_a_zone_in_letters() -> None:
    letters = re.compile(
        r"\d\d:\d\d(?::\d\d)? (?:CES?T|UTC|GMT|[AP]\.?M|[ap]\.m\.)|\d [ap]\.m\.|noon|midnight"
    )
    folder = Path(__file__).parent / "golden"
    assert [
        path.name for path in sorted(folder.glob("*.txt")) if letters.search(path.read_text())
    ] == []
