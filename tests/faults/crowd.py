"""Messages to many people, each to an address of its own, so that the mail server alone can tell
which one it has taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from accounts.models import User
from common import clock
from notifications import outbox
from notifications.mail import message_ids
from notifications.models import OutboxMessage
from tests.faults.kinds import NEWS, NUDGE
from tests.faults.ledger import Breaks, Due, Stored, Taken, Tally
from tests.faults.ledger import count as tally
from tests.faults.site import Site
from tests.smtp import RCPT, TAKEN

LIFE = timedelta(days=3)


class Crowd:
    """What had to go out, and what has become of it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.due: list[Due] = []
        self.breaks = Breaks()
        self.numbers = count()

    def put(
        self,
        number: int,
        *,
        nudges: bool = False,
        due_at: datetime | None = None,
        expires_in: timedelta | None = None,
    ) -> list[Due]:
        """So many messages in one transaction, every fourth a nudge if `nudges`.

        `expires_in` is for those to be missed.
        """
        new = [
            self._due(nudges and position % 4 == 3, expires_in is not None)
            for position in range(number)
        ]
        moment = due_at or clock.now()
        with transaction.atomic():
            people = User.objects.bulk_create([_person(one.address) for one in new])
            outbox.enqueue_many(
                self._draft(one, person, moment, expires_in)
                for one, person in zip(new, people, strict=True)
            )
        self.due += new  # what the database did not take is nobody's promise
        return new

    def _due(self, is_nudge: bool, expires: bool) -> Due:
        number = next(self.numbers)
        return Due(
            f"faults:{number}", f"k{number}@faults.example", is_nudge=is_nudge, expires=expires
        )

    def _draft(
        self, one: Due, person: User, moment: datetime, expires_in: timedelta | None
    ) -> outbox.Draft:
        return {
            "recipient": person,
            "kind": NUDGE if one.is_nudge else NEWS,
            "dedupe_key": one.key,
            "subject": one.key,
            "text": f"The text of {one.key}.",
            "due_at": moment,
            "expires_at": moment + (expires_in or LIFE),
        }

    def is_nudge(self, address: str) -> bool:
        """Whether what goes to this address is a nudge."""
        return any(one.is_nudge for one in self.due if one.address == address)

    @property
    def arrived(self) -> int:
        """How many mails have been taken."""
        return len(self.site.sink.messages)

    def wait_for(self, number: int) -> None:
        """Until so many mails have been taken."""
        self.site.wait(lambda: self.arrived >= number, f"{number} mails have come")

    def break_once(self, reply: str, addresses: set[str], *, accepted: bool = False) -> None:
        """The mail server answers the first mail to each of these addresses like that."""

        def behaviour(address: str) -> str:
            if address not in addresses or self.breaks.cut[address]:
                return ""
            self.breaks.cut[address] += 1
            self.breaks.accepted[address] += accepted
            return reply

        self.site.sink.on_data = behaviour

    def tally(self, *more: Due) -> Tally:
        """What has come of it, once all is settled."""
        self.site.settle()
        rows = [
            Stored(row.dedupe_key, message_ids.make(row.public_id), row.state) for row in mails()
        ]
        taken = [
            Taken(one.message_id, one.recipients[0], one.subject) for one in self.site.sink.messages
        ]
        return tally([*self.due, *more], rows, taken, self.breaks)


def mails() -> Any:
    """All messages that go by mail."""
    return OutboxMessage.objects.filter(channel="email")


def _person(address: str) -> User:
    return User(
        email=address, name=f"Invented {address.partition('@')[0]}", password="!", time_zone="UTC"
    )


__all__ = ["RCPT", "TAKEN", "Crowd", "mails"]
