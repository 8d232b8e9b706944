"""What the pages show about a session: who did what, and the guide by the minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, takewhile
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.timezones import to_wall
from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.domain.agreements import is_signed
from pairings.models import Pairing
from programs.models import Topic


@dataclass(frozen=True)
class AgendaItem:
    """One part of a session: its minutes, the reader's clock, and both moments for the script."""

    first: int
    last: int
    begins_at: str
    ends_at: str
    from_ms: int
    until_ms: int
    title: str
    text: str
    remote: str


def agenda(session: MentoringSession, reader: User) -> list[AgendaItem]:
    """The guide of the session by the minute, scaled to the session's length; empty without one."""
    parts = session.guide.agenda if session.guide else []
    ends = scaled([int(part.get("minutes", 0)) for part in parts], session.minutes)
    items = []
    first = 0
    for part, last in zip(parts, ends, strict=True):
        items.append(_agenda_item(session, reader, part, first, last))
        first = last
    return items


def aim(session: MentoringSession) -> str:
    """What the guide of the session is for; empty without one."""
    return _about(session.topic, session.guide.aim) if session.guide else ""


def _agenda_item(
    session: MentoringSession, reader: User, part: dict[str, Any], first: int, last: int
) -> AgendaItem:
    begins = session.starts_at + timedelta(minutes=first)
    stops = session.starts_at + timedelta(minutes=last)
    return AgendaItem(
        first=first,
        last=last,
        begins_at=_clock_time(begins, reader),
        ends_at=_clock_time(stops, reader),
        from_ms=milliseconds(begins),
        until_ms=milliseconds(stops),
        title=str(part.get("title", "")),
        text=_about(session.topic, str(part.get("text", ""))),
        remote=_about(session.topic, str(part.get("remote", ""))),
    )


def _about(topic: Topic | None, text: str) -> str:
    """The text of a guide with what it says of its topic."""
    name, exercise, questions = "", "", ""
    if topic is not None:
        name, exercise = topic.name, topic.exercise
        questions = "\n".join(f"- {question}" for question in topic.questions)
    for placeholder, words in (
        ("{topic}", name),
        ("{exercise}", exercise),
        ("{questions}", f"\n\n{questions}\n\n"),
    ):
        text = text.replace(placeholder, words)
    return text.strip()


def _clock_time(moment: datetime, reader: User) -> str:
    """What the reader's clock shows at that moment, as 14:05."""
    return f"{to_wall(moment, reader.time_zone):%H:%M}"


def scaled(lengths: list[int], minutes: int) -> list[int]:
    """The minute at which each part ends when all parts together take `minutes`, rounded."""
    planned = sum(lengths)
    if not planned:
        return [0 for _length in lengths]
    # Integer arithmetic that rounds a half up.
    return [(total * minutes * 2 + planned) // (planned * 2) for total in accumulate(lengths)]


def milliseconds(moment: datetime) -> int:
    """As JavaScript counts."""
    return int(moment.timestamp() * 1000)


def doer(person: User | None, pairing: Pairing, reader: User) -> str:
    """Who changed a session, for one of the pair: "you", a name, or a delegate of the mentee."""
    if person is None:
        return ""
    if person.pk == reader.pk:
        return _("you")
    if pairing.has_member(person):
        return person.name
    return _delegate_words(person, pairing.mentee, reader)


def _delegate_words(delegate: User, mentee: User, reader: User) -> str:
    if reader.pk == mentee.pk:
        return _("%(name)s, on behalf of you") % {"name": delegate.name}
    words = {"name": delegate.name, "mentee": mentee.name}
    return _("%(name)s, on behalf of %(mentee)s") % words


def phase(session: MentoringSession) -> str:
    """Of a scheduled session: "ahead", "on" or "over" (not logged yet). Empty for any other."""
    if session.state != SessionState.SCHEDULED:
        return ""
    if session.ends_at <= clock.now():
        return "over"
    return "on" if session.starts_at <= clock.now() else "ahead"


def has_ended(session: MentoringSession) -> bool:
    """It is over and not logged: its time cannot be changed."""
    return phase(session) == "over"


def awaits_signatures(session: MentoringSession) -> bool:
    """Held, but the pair has not signed its agreement: it counts once it has."""
    return session.state == SessionState.HELD and not is_signed(session.pairing)


def cancelled_in_a_row(pairing: Pairing) -> int:
    """How many of the pair's latest sessions were cancelled, without those that a pause took."""
    not_scheduled = MentoringSession.objects.filter(pairing=pairing).exclude(
        state=SessionState.SCHEDULED
    )
    sessions = not_scheduled.exclude(state=SessionState.CANCELLED, cancelled_by__isnull=True)
    latest_first = sessions.order_by("-starts_at", "-pk").values_list("state", flat=True)
    cancelled = takewhile(lambda state: state == SessionState.CANCELLED, latest_first)
    return len(list(cancelled))


def statements(session: MentoringSession, reader: User) -> dict[str, Any]:
    """What each of the two said happened: {"mine", "partner"} as labels, or empty.

    "differ": one says that they met, the other that they did not.
    """
    said = {row.person_id: SessionState(row.outcome) for row in session.statements.all()}
    are_held = {outcome == SessionState.HELD for outcome in said.values()}
    mine = said.pop(reader.pk, None)
    partner = next(iter(said.values()), None)
    return {
        "mine": mine.label if mine else "",
        "partner": partner.label if partner else "",
        "differ": len(are_held) == 2,
    }
