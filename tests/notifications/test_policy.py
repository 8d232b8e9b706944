"""The table of kinds: every kind has a row, every row is kept, and docs/messages.md shows what holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.domain.rounds import NUDGES
from meetings.due.sessions import LOG_AFTER
from notifications.kinds import policy, registry
from notifications.kinds.policy import POLICIES, TOPICS, WHY
from pairings.domain.offers import NUDGE_DAYS
from programs.domain.invitations import MAX_NUDGES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "messages.md"
REAL = [kind.name for kind in registry.all_kinds() if not kind.name.startswith("tests.")]


@pytest.mark.parametrize("kind", REAL)
def test_kind_has_a_row(kind: str) -> None:
    assert kind in POLICIES


@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_row_belongs_to_a_kind(kind: str) -> None:
    assert kind in REAL


@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_row_makes_sense(kind: str) -> None:
    row = POLICIES[kind]
    assert row.why in WHY
    assert row.topic == "" or row.topic in TOPICS
    assert row.nudges in (0, 1, 2), "two nudges at most"
    assert row.nudges == 0 or (row.topic and row.quiet and row.digest), (
        "a nudge may be turned off, put off and put together"
    )
    assert registry.get(kind).is_nudge == (row.nudges > 0)
    assert row.one_click == (row.nudges > 0 or kind == policy.DIGEST)


def test_every_topic_is_of_some_kind() -> None:
    assert {row.topic for row in POLICIES.values()} - {""} == set(TOPICS)


def test_counts_of_nudges_are_those_of_the_code() -> None:
    numbers = {kind: row.nudges for kind, row in POLICIES.items() if row.nudges}
    assert numbers["programs.nudge"] == MAX_NUDGES
    assert numbers["feedback.reminder"] == NUDGES
    assert (
        numbers["pairings.offer_mentor_reminder"]
        == numbers["pairings.offer_mentee_reminder"]
        == len(NUDGE_DAYS)
    )
    assert numbers["meetings.session_log"] == len(LOG_AFTER)


SECRET = {
    "pairings.offer_mentor", "pairings.offer_mentee", "pairings.offer_mentor_reminder", "pairings.offer_mentee_reminder",
    "pairings.match_void", "pairings.pairing_ready", "meetings.session_cancelled", "feedback.invitation", "feedback.reminder",
    "meetings.commitment_due", "meetings.session_question",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(SECRET))
def test_what_would_tell_who_said_no_or_has_not_answered_is_listed_nowhere(kind: str) -> None:
    assert not POLICIES[kind].listed


def test_unknown_kind_is_sent_at_once_and_shown_to_nobody() -> None:
    row = policy.of("tests.nobody-knows")
    assert (row.quiet, row.digest, row.always, row.one_click, row.listed) == (
        False,
        False,
        True,
        False,
        False,
    )


def table() -> list[str]:
    """The rows of the table as the documentation shows them."""
    yes = {True: "yes", False: ""}
    rows = [
        f"| {registry.get(kind).label} | `{kind}` | {yes[row.quiet]} | {yes[row.digest]} | {row.topic or 'always'} |"
        f" {yes[row.one_click]} | {row.nudges or ''} | {yes[row.listed]} |"
        for kind, row in sorted(POLICIES.items())
    ]
    return [" ".join(row.split()) for row in rows]


def test_documentation_shows_the_table() -> None:
    """When it fails: put these lines into docs/messages.md."""
    written = [
        " ".join(line.split())
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if "| `" in line
    ]
    assert written == table(), "\n" + "\n".join(table())
