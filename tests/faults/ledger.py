"""Counting what has come of messages: from what was expected, the database and the mail server,
none trusting another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SENT, MISSED, UNKNOWN = "sent", "missed", "unknown"


@dataclass(frozen=True)
class Stored:
    """A message in the database, at the end."""

    key: str
    message_id: str
    state: str


@dataclass(frozen=True)
class Taken:
    """A mail that the mail server has taken."""

    message_id: str
    address: str
    subject: str = ""


@dataclass(frozen=True)
class Due:
    """A message that had to go out.

    No other one has its `address` and a subject that begins like its `subject`.

    An empty address: the Message-ID alone can tell whose a mail is.
    """

    key: str
    address: str = ""
    subject: str = ""
    is_nudge: bool = False
    expires: bool = False  # while nothing could be sent: it must be missed


@dataclass
class Breaks:
    """What the harness did to single mails, by address: how often a talk was cut, and how often
    after acceptance.
    """

    cut: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)


@dataclass
class Tally:
    """One row of the table. `allowed` is how many second copies the promise excuses."""

    due: int = 0
    sent: int = 0
    missed: int = 0
    unknown: int = 0
    lost: int = 0
    duplicated: int = 0
    allowed: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether the promise was kept."""
        return not self.lost and self.duplicated <= self.allowed and not self.problems


def count(
    due: Iterable[Due],
    stored: Iterable[Stored],
    taken: Iterable[Taken],
    breaks: Breaks | None = None,
) -> Tally:
    """The tally.

    Messages that nobody expected (the mail about a new session, say) must fare as well as the
    others.
    """
    breaks = breaks or Breaks()
    rows: dict[str, list[Stored]] = {}
    for row in stored:
        rows.setdefault(row.key, []).append(row)
    wanted = {one.key: one for one in due} | {
        key: Due(key) for key in rows if key not in {one.key for one in due}
    }
    copies, strangers = _copies(wanted, rows, taken)
    tally = Tally(due=len(wanted), duplicated=strangers)
    if strangers:
        tally.problems.append(f"{strangers} mails that belong to no message")
    for one in wanted.values():
        _judge(tally, one, rows.get(one.key, []), copies.get(one.key, []), breaks)
    return tally


def _copies(
    wanted: Mapping[str, Due], rows: Mapping[str, list[Stored]], taken: Iterable[Taken]
) -> tuple[dict[str, list[str]], int]:
    """The Message-IDs that arrived for each key, and how many mails belong to none."""
    by_address: dict[str, list[Due]] = {}
    for one in wanted.values():
        by_address.setdefault(one.address, []).append(one)
    by_id = {row.message_id: key for key, found in rows.items() for row in found}
    copies: dict[str, list[str]] = {}
    strangers = 0
    for mail in taken:
        owners = [
            one.key
            for one in by_address.get(mail.address, [])
            if mail.subject.startswith(one.subject)
        ]
        key = owners[0] if owners else by_id.get(mail.message_id)
        if key is None:
            strangers += 1
        else:
            copies.setdefault(key, []).append(mail.message_id)
    return copies, strangers


def _judge(tally: Tally, one: Due, rows: list[Stored], ids: list[str], breaks: Breaks) -> None:
    """Count one message."""
    states = {row.state for row in rows}
    if ids:
        tally.sent += 1
    fate = _fate(one, rows, ids, breaks)
    if fate == MISSED:
        tally.missed += 1
    elif fate == UNKNOWN:
        tally.unknown += 1
    elif fate != SENT:
        tally.lost += 1
        tally.problems.append(f"{one.key} is lost: {fate}")
    extra = max(len(ids) - 1, len(rows) - 1, 0)
    excused = 0 if one.is_nudge else min(breaks.accepted[one.address], 1)
    tally.duplicated += extra
    tally.allowed += excused
    if extra > excused:
        tally.problems.append(
            f"{one.key} came {len(ids)} times, {len(rows)} rows, excused {excused}"
        )
    if len(set(ids)) > 1 or (ids and rows and ids[0] not in {row.message_id for row in rows}):
        tally.problems.append(f"{one.key} came under another Message-ID")
    if ids and not states <= {SENT, UNKNOWN}:
        tally.problems.append(
            f"{one.key} came, but the database says {', '.join(sorted(states)) or 'nothing'}"
        )


def _fate(one: Due, rows: list[Stored], ids: list[str], breaks: Breaks) -> str:
    """SENT, MISSED or UNKNOWN where that is right; else why the message counts as lost."""
    state = rows[0].state if rows else ""
    if one.expires:
        return (
            MISSED
            if state == MISSED and not ids
            else f"had to be missed, is {state or 'in no row'}, came {len(ids)} times"
        )
    if ids:
        return SENT
    if state == UNKNOWN and breaks.cut[one.address] >= (1 if one.is_nudge else 2):
        return UNKNOWN  # visibly so, and rightly not tried again
    return f"never came, and the database says {state or 'nothing'}"
