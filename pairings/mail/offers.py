"""Mails about offers: the questions to both sides, their reminders, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from accounts.models import User
from notifications import outbox
from notifications.mail.rendering import Letter, compose
from notifications.mail.series import compose_many
from notifications.models import OutboxMessage
from notifications.outbox.store import Draft
from pairings.enums import PairingState
from pairings.mail.letters import When, draft, pairing_of, send
from pairings.models import Pairing
from programs.models import Program

Asked = tuple[Pairing, User]
"""An offer and the person whose answer it waits for."""


def ask_mentors(pairings: Iterable[Pairing], nudges: list[datetime]) -> None:
    """Ask the mentors, and remind them at `nudges` while the offers wait for them.

    The offers are of one program.
    """
    _ask([(pairing, pairing.mentor) for pairing in pairings], "mentor", nudges)


def ask_mentee(pairing: Pairing, nudges: list[datetime]) -> None:
    """Ask the mentee, and remind them at `nudges` while the offer waits for them."""
    _ask([(pairing, pairing.mentee)], "mentee", nudges)


def question_sample(*, program: Program, reader: User, until: datetime) -> Letter:
    """The mail to a mentor, as if the reader were one."""
    return compose(
        recipient=reader,
        template="pairings/offer_mentor",
        context={"program": program, "until": until, "person": reader},
    )


def _ask(asked: list[Asked], side: str, nudges: list[datetime]) -> None:
    """The question to each and its reminders; they expire with the offer."""
    drafts: list[Draft] = []
    for until, some in _by_end(asked).items():
        drafts += _questions(some, side, until)
        drafts += _reminders(some, side, until, nudges)
    outbox.enqueue_many(drafts)


def _by_end(asked: list[Asked]) -> dict[datetime | None, list[Asked]]:
    """{when the offers expire: those who are asked}, without people who have left."""
    by_end: dict[datetime | None, list[Asked]] = defaultdict(list)
    for pairing, person in asked:
        if person.is_active:
            by_end[pairing.offer_expires_at].append((pairing, person))
    return by_end


def _questions(asked: list[Asked], side: str, until: datetime | None) -> Iterator[Draft]:
    kind = f"offer_{side}"
    letters = _letters(asked, kind, until)
    for (pairing, person), letter in zip(asked, letters, strict=True):
        when = When(expires_at=until)
        yield draft(person, kind, f"offer:{side}", pairing, letter, when=when)


def _reminders(
    asked: list[Asked], side: str, until: datetime | None, nudges: list[datetime]
) -> Iterator[Draft]:
    kind = f"offer_{side}_reminder"
    letters = _letters(asked, kind, until)
    for (pairing, person), letter in zip(asked, letters, strict=True):
        for number, due_at in enumerate(nudges, 1):
            when = When(due_at=due_at, expires_at=until)
            yield draft(person, kind, f"offer:{side}:{number}", pairing, letter, when=when)


def _letters(asked: list[Asked], kind: str, until: datetime | None) -> Iterable[Letter]:
    """One letter per person; all offers are of one program."""
    program = asked[0][0].program
    return compose_many(
        recipients=[person for _pairing, person in asked],
        template=f"pairings/{kind}",
        context={"program": program, "until": until},
    )


def cancel_offer(pairing: Pairing) -> None:
    """Cancel the unsent questions and reminders of an offer that was answered."""
    outbox.cancel(key_prefix=f"pairing:{pairing.public_id}:offer:", reason="answered")


def tell_active(pairing: Pairing) -> None:
    """Both have accepted: each learns that the pair begins, and with whom."""
    for person in pairing.people:
        send(
            recipient=person,
            kind="match_active",
            key=f"active:{person.pk}",
            pairing=pairing,
            context={"partner": pairing.partner_of(person)},
        )


def tell_not_come_about(pairing: Pairing) -> None:
    """The same neutral sentence to everyone who knew of the offer, whatever happened."""
    people = [pairing.mentor]
    if pairing.mentor_accepted_at:
        people.append(pairing.mentee)
    for person in people:
        send(recipient=person, kind="match_void", key=f"void:{person.pk}", pairing=pairing)


def waits_for_mentor(message: OutboxMessage) -> bool:
    pairing = _offered(message)
    return pairing is not None and pairing.mentor_accepted_at is None


def waits_for_mentee(message: OutboxMessage) -> bool:
    pairing = _offered(message)
    return pairing is not None and pairing.mentor_accepted_at is not None


def _offered(message: OutboxMessage) -> Pairing | None:
    """The pairing of the message, while it is an offer."""
    pairing = pairing_of(message)
    if pairing is None or pairing.state != PairingState.OFFERED:
        return None
    return pairing
