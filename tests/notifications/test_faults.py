"""The faults of `make faults` bite: what is lost or doubled is noticed, by the counting and by a
fault that is caused.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.ledger import Breaks, Due, Stored, Taken, count

ROOT = Path(__file__).resolve().parents[2]
DUE = Due("a", "a@example.com")
NUDGE = Due("n", "n@example.com", is_nudge=True)
LATE = Due("l", "l@example.com", expires=True)


def row(due: Due, state: str = "sent") -> Stored:
    return Stored(due.key, f"<{due.key}>", state)


def mail(due: Due, message_id: str = "") -> Taken:
    return Taken(message_id or f"<{due.key}>", due.address)


def cut(due: Due, times: int = 1, *, accepted: bool = False) -> Breaks:
    return Breaks(Counter({due.address: times}), Counter({due.address: times} if accepted else {}))


@pytest.mark.parametrize(
    ("due", "rows", "mails", "breaks"),
    [
        ([DUE], [row(DUE)], [mail(DUE)], None),
        ([DUE], [row(DUE)], [mail(DUE)] * 2, cut(DUE, accepted=True)),
        ([NUDGE], [row(NUDGE, "unknown")], [], cut(NUDGE)),
        ([DUE], [row(DUE, "unknown")], [], cut(DUE, 2)),
        ([LATE], [row(LATE, "missed")], [], None),
        ([], [row(DUE)], [mail(DUE)], None),
    ],
)
def test_promise_kept(
    due: list[Due], rows: list[Stored], mails: list[Taken], breaks: Breaks | None
) -> None:
    tally = count(due, rows, mails, breaks)
    assert (tally.held, tally.lost, tally.due) == (True, 0, 1)


@pytest.mark.parametrize(
    ("due", "rows", "mails", "breaks", "lost", "doubled"),
    [
        ([DUE], [row(DUE)], [], None, 1, 0),  # "sent", and nobody has it
        ([DUE], [], [], None, 1, 0),  # forgotten
        ([DUE], [row(DUE, "queued")], [], None, 1, 0),  # stuck
        ([DUE], [row(DUE, "missed")], [], None, 1, 0),  # could have been sent
        ([DUE], [row(DUE, "unknown")], [], cut(DUE), 1, 0),  # must be tried once more
        ([DUE], [row(DUE, "queued")], [mail(DUE)], None, 0, 0),  # sent and not written down
        ([DUE], [row(DUE)], [mail(DUE)] * 2, None, 0, 1),
        ([DUE], [row(DUE)], [mail(DUE)] * 2, cut(DUE), 0, 1),  # cut, but before acceptance
        ([DUE], [row(DUE)], [mail(DUE)] * 3, cut(DUE, accepted=True), 0, 2),
        (
            [DUE],
            [row(DUE)],
            [mail(DUE), mail(DUE, "<b>")],
            cut(DUE, accepted=True),
            0,
            1,
        ),  # another Message-ID
        (
            [DUE],
            [row(DUE), Stored("a", "<b>", "sent")],
            [mail(DUE)],
            None,
            0,
            1,
        ),  # two rows of one key
        (
            [NUDGE],
            [row(NUDGE)],
            [mail(NUDGE)] * 2,
            cut(NUDGE, accepted=True),
            0,
            1,
        ),  # nudges are not repeated
        ([LATE], [row(LATE)], [mail(LATE)], None, 1, 0),  # sent after its point was lost
        ([], [], [mail(DUE)], None, 0, 1),  # a mail of no message
    ],
)
def test_promise_broken(
    due: list[Due],
    rows: list[Stored],
    mails: list[Taken],
    breaks: Breaks | None,
    lost: int,
    doubled: int,
) -> None:
    tally = count(due, rows, mails, breaks)
    assert (tally.held, tally.lost, tally.duplicated) == (False, lost, doubled)


def test_each_fault_has_a_broken_sender_that_it_must_notice() -> None:
    assert [name for name, fault in FAULTS.items() if not fault.breaks] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"), [((), "The promise held"), (("--self-check",), "were noticed")]
)
def test_a_fault_that_is_caused_for_real(arguments: tuple[str, ...], says: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))
    }
    command = [sys.executable, "scripts/faults.py", "--only", "smtp-kept", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, says in done.stdout) == (0, True), done.stdout + done.stderr
