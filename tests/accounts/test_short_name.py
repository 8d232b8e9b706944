"""What a person is called where nobody has said what they are called."""

from __future__ import annotations

import pytest

from accounts.models import User


@pytest.mark.parametrize(
    ("name", "preferred", "called"),
    [
        ("Mara Lindqvist", "", "Mara"),
        ("Mara Lindqvist", "Mimi", "Mimi"),
        ("Dr. Henrik Sommer", "", "Henrik"),
        ("Dr. Henrik Sommer", "Henk", "Henk"),
        ("Prof. Dr. Anna Weber", "", "Anna"),
        ("Prof Dr Anna Weber", "", "Anna"),
        ("PROF DR Anna Weber", "", "Anna"),
        ("Dr.-Ing. Jonas Beck", "", "Jonas"),
        ("Dipl.-Ing. Jonas Beck", "", "Jonas"),
        ("Dr. h. c. Otto Brandt", "", "Otto"),
        ("Dr.med. Ida Roth", "", "Ida"),
        ("Mr. Tom Ford", "", "Tom"),
        ("Drew Barry", "", "Drew"),
        ("Professor Lin Wu", "", "Lin"),
        ("Anna-Lena Müller", "", "Anna-Lena"),
        ("J. R. Smith", "", "J. R. Smith"),
        ("J.R. Smith", "", "J.R. Smith"),
        ("J Smith", "", "J Smith"),
        ("Dr. J. R. Smith", "", "Dr. J. R. Smith"),
        ("J. Robert Smith", "", "J. Robert Smith"),
        ("Dr. Sommer", "", "Dr. Sommer"),
        ("Dr.", "", "Dr."),
        ("Cher", "", "Cher"),
        ("  Mara   Lindqvist ", "", "Mara"),
        ("王 伟", "", "王"),
        ("Ö. Demir", "", "Ö. Demir"),
        ("", "", ""),
    ],
)
def test_short_name(name: str, preferred: str, called: str) -> None:
    assert User(name=name, preferred_name=preferred).short_name == called
