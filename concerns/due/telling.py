"""Whom to tell that somebody has written.

Days are stored and no times, so a mail at once would tell the time: it goes in the morning of the
next day.
"""

from __future__ import annotations

from datetime import date, time

from django.db import transaction

from accounts.domain.company import company
from accounts.models import User
from common import clock
from common.timezones import to_wall
from concerns import mail
from concerns.models import Concern, ConcernQuerySet

FROM = time(8)  # where the company is


def tell_safe_contacts() -> int:
    """Tell those to whom somebody has written on an earlier day; how many people."""
    day = _day_to_tell()
    return _tell_of_new(day) if day else 0


def tell_deputies() -> int:
    """Let deputies read where a promised day is over, and tell them; how many people."""
    day = _day_to_tell()
    return _tell_of_overdue(day) if day else 0


def _day_to_tell() -> date | None:
    """Today, from the morning on."""
    now = to_wall(clock.now(), company().time_zone)
    return now.date() if now.time() >= FROM else None


@transaction.atomic
def _tell_of_new(day: date) -> int:
    new = Concern.objects.waiting().filter(is_told=False, last_written_on__lt=day)
    people: set[User] = set()
    for concern in _locked(new):
        readers = [concern.contact, concern.deputy if concern.deputy_since else None]
        people.update(reader for reader in readers if reader and reader.is_active)
        concern.is_told = True
        concern.save(update_fields=["is_told"])
    return _tell(mail.WAITING, people, day)


@transaction.atomic
def _tell_of_overdue(day: date) -> int:
    people: set[User] = set()
    for concern in _locked(Concern.objects.overdue(day)):
        if concern.deputy is not None:
            people.add(concern.deputy)
        concern.deputy_since = day
        concern.save(update_fields=["deputy_since"])
    return _tell(mail.OVERDUE, people, day)


def _locked(concerns: ConcernQuerySet) -> list[Concern]:
    """Those that no other round is at."""
    rows = concerns.select_related("contact", "deputy").order_by("pk")
    return list(rows.select_for_update(of=("self",), skip_locked=True))


def _tell(kind: str, people: set[User], day: date) -> int:
    for person in sorted(people, key=lambda one: one.pk):
        mail.tell(kind, person=person, day=day)
    return len(people)
