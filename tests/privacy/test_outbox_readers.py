"""The outbox knows to whom it went that a match did not come about.

What makes pages or downloads of it is known.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = (
    "accounts",
    "programs",
    "matching",
    "meetings",
    "pairings",
    "goals",
    "feedback",
    "mentoring",
)
# why each may: one's own inbox is notifications' own; all others are here
SHOWING = ("views", "reporting", "queries", "exports", "metrics", "queue", "past_mails")
READERS = {
    "mentoring/messages/queries.py": "listed kinds alone: tests/privacy/test_messages_page.py",
    "mentoring/needs/past_mails.py": "personal mails of coordinators alone: its kind",
}


def test_pages_downloads_and_figures_of_the_outbox_are_known() -> None:
    """One that is new here needs a test that it tells nothing of who said no."""
    found = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            words = path.read_text()
            shows = any(part in name for part in SHOWING)
            if shows and ("OutboxMessage" in words or "outbox_messages" in words):
                found.add(name)
    assert found == set(READERS)
