"""When people are away: from and until, and never why.

The one home of the rule who is away. The days of an absence are days in the person's own zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import Absence, User
from accounts.models.organisation import AbsenceQuerySet
from common import audit, clock
from common.errors import DomainError
from common.timezones import to_utc, to_wall

LONGEST = timedelta(days=366)
KEPT_FOR = timedelta(days=30)
DAY = timedelta(days=1)
BACK_AT = time(8)
MOST_NAMED = 500  # beyond, asking for everybody who is away is quicker than naming the people


@transaction.atomic
def add(*, actor: User, starts_on: date, ends_on: date) -> Absence:
    """The actor is away on these days, both included. Absences long over are deleted.

    DomainError with the field as its code: the days are in the wrong order, have passed, are more
    than a year, or overlap another absence.
    """
    User.objects.locked(actor, no_key=True)
    today = clock.today(actor.time_zone)
    _check_days(starts_on, ends_on, today)

    mine = Absence.objects.filter(person=actor)
    other = mine.touching(starts_on, ends_on).order_by("starts_on").first()
    if other is not None:
        raise _overlap(other)
    mine.filter(ends_on__lt=today - KEPT_FOR).delete()
    absence = _create(actor, starts_on, ends_on)
    audit.record("absence.entered", absence, actor=actor)
    return absence


def _create(person: User, starts_on: date, ends_on: date) -> Absence:
    """DomainError if the person has entered some of these days since we looked."""
    try:
        with transaction.atomic():
            return Absence.objects.create(person=person, starts_on=starts_on, ends_on=ends_on)
    except IntegrityError as error:
        raise DomainError(
            _("You have just entered some of these days. Look at the list."), code="starts_on"
        ) from error


@transaction.atomic
def remove(*, actor: User, absence: Absence) -> None:
    """The actor is there after all. DomainError for somebody else's absence."""
    if absence.person_id != actor.pk:
        raise DomainError(_("Only the person themselves can change this."))
    audit.record("absence.removed", absence, actor=actor)
    absence.delete()


def away_until(person: User, moment: datetime | None = None) -> date | None:
    """The last day of the absence in which the person is at a moment (default: now), or None.

    One query.
    """
    return away_among([person], moment).get(person.pk)


def back_at(person: User) -> datetime | None:
    """When somebody who is away now is back: the morning after the last day. None: not away.

    One query.
    """
    last = away_until(person)
    return None if last is None else to_utc(last + DAY, BACK_AT, person.time_zone)


def away_among(people: Collection[User], moment: datetime | None = None) -> dict[int, date]:
    """{id: last day} of those who are away at a moment (default: now).

    Absences that follow each other without a gap count as one. One query.
    """
    moment = moment or clock.now()
    today = {person.pk: to_wall(moment, person.time_zone).date() for person in people}
    if not today:
        return {}

    rows = Absence.objects.filter(person__in=today).not_over(min(today.values()))
    return _last_days(rows.order_by("person", "starts_on"), today)


def _last_days(rows: Iterable[Absence], today: Mapping[int, date]) -> dict[int, date]:
    """As `away_among`. `rows` are in order of their first days; `today` is each person's day."""
    last_days: dict[int, date] = {}
    for row in rows:
        reached = last_days.get(row.person_id, today[row.person_id] - DAY)
        follows = row.starts_on <= reached + DAY
        if follows and row.ends_on > reached:
            last_days[row.person_id] = row.ends_on
    return last_days


def people_away(ids: Collection[int]) -> set[int]:
    """Which of the people with these ids are away now. One query, however many people."""
    if not ids:
        return set()
    now = clock.now()
    rows = _around(now, now).select_related("person")
    if len(ids) <= MOST_NAMED:
        rows = rows.filter(person__in=ids)

    away = {row.person_id for row in rows if row.covers(now, row.person.time_zone)}
    return away.intersection(ids)


def between(people: Iterable[User], start: datetime, end: datetime) -> list[Absence]:
    """The absences of these people that may cover a moment from `start` to `end`, by first day.

    Some more may be found, as the days of people in any zone are looked at: see `Absence.covers`.
    One query.
    """
    rows = _around(start, end).filter(person__in=[person.pk for person in people])
    return list(rows.order_by("starts_on", "pk"))


def _around(start: datetime, end: datetime) -> AbsenceQuerySet:
    """Absences that may cover a moment of this time: a zone is at most a day from UTC."""
    return Absence.objects.touching(
        to_wall(start, "UTC").date() - DAY, to_wall(end, "UTC").date() + DAY
    )


def _check_days(starts_on: date, ends_on: date, today: date) -> None:
    """DomainError for days that nobody can be away on."""
    if ends_on < starts_on:
        raise DomainError(_("The last day comes before the first one."), code="ends_on")
    if ends_on < today:
        raise DomainError(
            _("These days have passed. Enter days that are still ahead."), code="ends_on"
        )
    if ends_on - starts_on >= LONGEST:
        raise DomainError(_("Enter a year at most."), code="ends_on")


def _overlap(other: Absence) -> DomainError:
    days = {
        "first": formats.date_format(other.starts_on, _("j F Y")),
        "last": formats.date_format(other.ends_on, _("j F Y")),
    }
    return DomainError(
        _("You are already away from %(first)s to %(last)s.") % days, code="starts_on"
    )
