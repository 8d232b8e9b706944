"""The declarations of kinds: each is complete and makes sense, and docs/messages.md shows them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.template.loader import get_template

from common import clock
from feedback.domain.reminders import nudges_of
from feedback.models import SurveyRound
from meetings.due.sessions import LOG_AFTER
from notifications import kinds
from notifications.kinds import TOPICS, WHY, MessageKind
from pairings.domain.offers import NUDGE_DAYS
from programs.domain.invitations import MAX_NUDGES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "messages.md"
REAL = [kind for kind in kinds.all_kinds() if not kind.key.startswith("tests.")]


def key_of(kind: MessageKind) -> str:
    return kind.key


@pytest.mark.parametrize("kind", REAL, ids=key_of)
def test_declaration_is_complete(kind: MessageKind) -> None:
    assert str(kind.label)
    assert str(kind.occasion)
    assert kind.sample is not None
    assert get_template(f"email/{kind.template}.html")


@pytest.mark.parametrize("kind", REAL, ids=key_of)
def test_declaration_makes_sense(kind: MessageKind) -> None:
    assert kind.why in WHY
    assert kind.topic == "" or kind.topic in TOPICS
    assert kind.nudges in (0, 1, 2), "two nudges at most"
    assert kind.nudges == 0 or (kind.topic and kind.quiet and kind.digest), (
        "a nudge may be turned off, put off and put together"
    )
    assert kind.one_click == (kind.nudges > 0 or kind.key == kinds.DIGEST)


def test_every_topic_is_of_some_kind() -> None:
    assert {kind.topic for kind in REAL} - {""} == set(TOPICS)


def test_counts_of_nudges_are_those_of_the_code() -> None:
    numbers = {kind.key: kind.nudges for kind in REAL if kind.nudges}
    two_weeks = SurveyRound(opens_at=clock.now(), closes_at=clock.now() + timedelta(days=14))
    assert numbers["programs.nudge"] == MAX_NUDGES
    assert numbers["feedback.reminder"] == len(nudges_of(two_weeks))
    assert (
        numbers["pairings.offer_mentor_reminder"]
        == numbers["pairings.offer_mentee_reminder"]
        == len(NUDGE_DAYS)
    )
    assert numbers["meetings.session_log"] == len(LOG_AFTER)


SECRET = [
    "pairings.offer_mentor",
    "pairings.offer_mentee",
    "pairings.offer_mentor_reminder",
    "pairings.offer_mentee_reminder",
    "pairings.match_void",
    "pairings.pairing_ready",
    "meetings.session_cancelled",
    "goals.goal_silent",
    "meetings.commitment_due",
    "meetings.session_question",
    "feedback.invitation",
    "feedback.reminder",
]


@pytest.mark.parametrize("key", SECRET)
def test_what_would_tell_who_said_no_or_has_not_answered_is_listed_nowhere(key: str) -> None:
    assert not kinds.get(key).listed


def test_unknown_kind_is_sent_at_once_and_shown_to_nobody() -> None:
    kind = kinds.find("tests.nobody-knows")
    assert (kind.quiet, kind.digest, kind.always, kind.one_click, kind.listed) == (
        False,
        False,
        True,
        False,
        False,
    )


def table() -> list[str]:
    """The rows of the table as the documentation shows them."""
    return [" ".join(row_of(kind).split()) for kind in REAL]


def row_of(kind: MessageKind) -> str:
    yes = {True: "yes", False: ""}
    cells = [
        str(kind.label),
        f"`{kind.key}`",
        yes[kind.quiet],
        yes[kind.digest],
        kind.topic or "always",
        yes[kind.one_click],
        str(kind.nudges or ""),
        yes[kind.listed],
    ]
    return f"| {' | '.join(cells)} |"


def test_documentation_shows_the_table() -> None:
    """When it fails: put these lines into docs/messages.md."""
    written = [
        " ".join(line.split())
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if "| `" in line
    ]
    assert written == table(), "\n" + "\n".join(table())
