"""A pair in a program of the year 2027, and short ways to book and sign."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from accounts.models import User
from common import clock
from meetings.domain import sessions
from meetings.models import MentoringSession
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.models import AgreementVersion, Pairing, Signature
from tests import factories as make

MONDAY = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
TUESDAY = date(2027, 2, 2)


def make_program(**fields: Any) -> Any:
    """A running program that lasts the whole of 2027."""
    dates = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}
    return make.ProgramFactory(**(dates | fields))


def make_pair(**fields: Any) -> Pairing:
    """An active pair of such a program."""
    fields.setdefault("program", make_program())
    pairing: Pairing = make.PairingFactory(**fields)
    return pairing


def book(
    pairing: Pairing,
    day: date = TUESDAY,
    wall: time = time(10),
    *,
    actor: User | None = None,
    zone: str = "Europe/Berlin",
    **fields: Any,
) -> MentoringSession:
    """A session booked by the mentee, unless told otherwise."""
    return sessions.schedule(
        actor=actor or pairing.mentee,
        pairing=pairing,
        wall_date=day,
        wall_time=wall,
        time_zone=zone,
        **fields,
    )


def move(
    session: MentoringSession, day: date, wall: time = time(10), **fields: Any
) -> MentoringSession:
    """A session moved by its mentor, unless told otherwise."""
    kept = {name: getattr(session, name) for name in ("time_zone", "minutes", "place", "link")}
    fields.setdefault("actor", session.pairing.mentor)
    return sessions.move(session=session, wall_date=day, wall_time=wall, **(kept | fields))


def send_all() -> None:
    """As if a worker had sent all that waits."""
    wiped = {"text": "", "html": "", "attachments": []}
    waiting = OutboxMessage.objects.filter(state=MessageState.QUEUED)
    waiting.update(state=MessageState.SENT, sent_at=clock.now(), **wiped)


def sign(pairing: Pairing, *people: User) -> None:
    """The newest version of the agreement, made if there is none, signed by these people, or by
    both.
    """
    version, _made = AgreementVersion.objects.get_or_create(
        pairing=pairing, number=1, defaults={"text": "Between us."}
    )
    for person in people or (pairing.mentor, pairing.mentee):
        Signature.objects.get_or_create(
            version=version, person=person, defaults={"signed_at": clock.now()}
        )


def book_series(client: Any, url: str, data: dict[str, str]) -> Any:
    """Look at the dates of a series, then book them: the answer to the second step."""
    shown = client.post(url, data)
    return client.post(url, data | {"dates": shown.context["step"].key})
