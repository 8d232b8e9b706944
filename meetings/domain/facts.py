"""What the pages say about a session: who did what, and the guide by the minute.

Nothing is changed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.timezones import to_wall
from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.domain.agreements import is_signed
from pairings.models import Pairing


@dataclass(frozen=True)
class AgendaItem:
    """One part of a session: minutes from the start, the reader's clock at both ends, and both
    moments for the script.
    """

    first: int
    last: int
    begins_at: str
    ends_at: str
    from_ms: int
    until_ms: int
    title: str
    text: str


def agenda(session: MentoringSession, reader: User) -> list[AgendaItem]:
    """The guide of the session by the minute, stretched or shortened to the session's own length;
    empty without a guide.
    """
    parts = session.guide.agenda if session.guide else []
    ends = scaled([int(part.get("minutes", 0)) for part in parts], session.minutes)
    items: list[AgendaItem] = []
    for part, first, last in zip(parts, [0, *ends], ends, strict=False):
        begins, stops = (session.starts_at + timedelta(minutes=minute) for minute in (first, last))
        items.append(
            AgendaItem(
                first=first,
                last=last,
                begins_at=f"{to_wall(begins, reader.time_zone):%H:%M}",
                ends_at=f"{to_wall(stops, reader.time_zone):%H:%M}",
                from_ms=milliseconds(begins),
                until_ms=milliseconds(stops),
                title=str(part.get("title", "")),
                text=str(part.get("text", "")),
            )
        )
    return items


def scaled(lengths: list[int], minutes: int) -> list[int]:
    """The minute at which each part ends, when the parts together take so many minutes: whole ones,
    in the same proportion.
    """
    planned = sum(lengths)
    if not planned:
        return [0 for _length in lengths]
    return [(total * minutes * 2 + planned) // (planned * 2) for total in accumulate(lengths)]


def milliseconds(moment: datetime) -> int:
    """As JavaScript counts."""
    return int(moment.timestamp() * 1000)


def doer(person: User | None, pairing: Pairing, reader: User) -> str:
    """Who did something with a session's time, for one of the pair: "you", a name, or a delegate's
    for the mentee.
    """
    if person is None:
        return ""
    if person.pk == reader.pk:
        return _("you")
    if person.pk in {pairing.mentor_id, pairing.mentee_id}:
        return person.name
    if reader.pk == pairing.mentee_id:
        return _("%(name)s, on behalf of you") % {"name": person.name}
    return _("%(name)s, on behalf of %(mentee)s") % {
        "name": person.name,
        "mentee": pairing.mentee.name,
    }


def phase(session: MentoringSession) -> str:
    """Of a scheduled session: "ahead", "on" or "over" (and not logged yet); empty for any other."""
    if session.state != SessionState.SCHEDULED:
        return ""
    if session.ends_at <= clock.now():
        return "over"
    return "on" if session.starts_at <= clock.now() else "ahead"


def has_ended(session: MentoringSession) -> bool:
    """It is over, and nobody has logged it: its time stays as it is."""
    return phase(session) == "over"


def awaits_signatures(session: MentoringSession) -> bool:
    """Held, but the two have not signed their agreement: it counts once they have."""
    return session.state == SessionState.HELD and not is_signed(session.pairing)


def cancelled_in_a_row(pairing: Pairing) -> int:
    """How many of the pair's latest sessions were cancelled, since one was held or missed; not
    those that went with a pause.
    """
    states = MentoringSession.objects.filter(pairing=pairing).exclude(state=SessionState.SCHEDULED)
    states = states.exclude(state=SessionState.CANCELLED, cancelled_by__isnull=True)
    count = 0
    for state in states.order_by("-starts_at", "-pk").values_list("state", flat=True):
        if state != SessionState.CANCELLED:
            break
        count += 1
    return count


def statements(session: MentoringSession, reader: User) -> dict[str, Any]:
    """What each of the two said happened, as labels or empty: {"mine", "theirs"}; and "differ": one
    says that they met.
    """
    said = {
        statement.person_id: SessionState(statement.outcome)
        for statement in session.statements.all()
    }
    mine = said.pop(reader.pk, None)
    theirs = next(iter(said.values()), None)
    return {
        "mine": mine.label if mine else "",
        "theirs": theirs.label if theirs else "",
        "differ": bool(mine and theirs)
        and (mine == SessionState.HELD) != (theirs == SessionState.HELD),
    }
