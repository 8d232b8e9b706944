"""When people are away. From and until, and never why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import Absence, User
from common import audit, clock
from common.errors import DomainError
from common.timezones import to_utc, to_wall

LONGEST = timedelta(days=366)
KEPT_FOR = timedelta(days=30)
DAY = timedelta(days=1)
BACK_AT = time(8)


@transaction.atomic
def add(*, actor: User, starts_on: date, ends_on: date) -> Absence:
    """The actor is away on these days, both included, in their own zone.

    Old absences of theirs are forgotten.

    DomainError with the field as its code: the days are the wrong way round, have passed, are more
    than a year, or meet those of another absence.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    today = clock.today(actor.time_zone)
    if ends_on < starts_on:
        raise DomainError(_("The last day comes before the first one."), code="ends_on")
    if ends_on < today:
        raise DomainError(
            _("These days have passed. Enter days that are still ahead."), code="ends_on"
        )
    if ends_on - starts_on >= LONGEST:
        raise DomainError(_("Enter a year at most."), code="ends_on")
    other = (
        Absence.objects.filter(person=actor, starts_on__lte=ends_on, ends_on__gte=starts_on)
        .order_by("starts_on")
        .first()
    )
    if other is not None:
        raise _overlap(other)
    Absence.objects.filter(person=actor, ends_on__lt=today - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            absence = Absence.objects.create(person=actor, starts_on=starts_on, ends_on=ends_on)
    except IntegrityError as error:  # by a row that was not there when we looked
        raise DomainError(
            _("You have just entered some of these days. Look at the list."), code="starts_on"
        ) from error
    audit.record("absence.entered", absence, actor=actor)
    return absence


@transaction.atomic
def remove(*, actor: User, absence: Absence) -> None:
    """The actor is there after all. DomainError for somebody else's absence."""
    if absence.person_id != actor.pk:
        raise DomainError(_("Only the person themselves can change this."))
    audit.record("absence.removed", absence, actor=actor)
    absence.delete()


def away_until(person: User, moment: datetime | None = None) -> date | None:
    """The last day of the absence in which the person is at a moment (None: now), or None.

    One query.
    """
    return away_among([person], moment).get(person.pk)


def back_at(person: User) -> datetime | None:
    """When somebody who is away now is back: the morning after the last day, in their own zone.

    One query.
    """
    last = away_until(person)
    return None if last is None else to_utc(last + DAY, BACK_AT, person.time_zone)


def away_among(people: Collection[User], moment: datetime | None = None) -> dict[int, date]:
    """For those of the people who are away at a moment (None: now): until when.

    Absences that follow at once are one.

    One query, however many people.
    """
    moment = moment or clock.now()
    days = {person.pk: to_wall(moment, person.time_zone).date() for person in people}
    if not days:
        return {}
    rows = Absence.objects.filter(person__in=days, ends_on__gte=min(days.values())).order_by(
        "person", "starts_on"
    )
    last: dict[int, date] = {}
    for row in rows:
        reached = last.get(row.person_id, days[row.person_id] - DAY)
        if row.starts_on <= reached + DAY and row.ends_on > reached:
            last[row.person_id] = row.ends_on
    return last


def between(people: Iterable[User], first: date, last: date) -> list[Absence]:
    """The absences of these people that touch the days from `first` to `last`, in order.

    One query.
    """
    rows = Absence.objects.filter(
        person__in=[person.pk for person in people], starts_on__lte=last, ends_on__gte=first
    )
    return list(rows.order_by("starts_on", "pk"))


def _overlap(other: Absence) -> DomainError:
    words = {
        "first": formats.date_format(other.starts_on, _("j F Y")),
        "last": formats.date_format(other.ends_on, _("j F Y")),
    }
    return DomainError(
        _("You are already away from %(first)s to %(last)s.") % words, code="starts_on"
    )
