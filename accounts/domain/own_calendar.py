"""When a person is busy according to their own published calendar.

The worker reads it every hour. Only the times are kept, encrypted like the address. Reading obeys
common.outgoing: public HTTPS addresses, no redirect.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.calendars import reading
from accounts.domain.calendars.repeats import TooManyEventsError
from accounts.enums import CalendarProblem
from accounts.models import CalendarFeed, OwnCalendar, User
from common import audit, background, clock, outgoing
from common.errors import DomainError

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=15), timedelta(days=1)
LEASE = timedelta(minutes=10)  # how long a reading that was enqueued is waited for
AT_ONCE = 50
AHEAD = timedelta(days=400)
SECONDS, MOST_BYTES = 20.0, 4_000_000
# what the UIDs of our own invitations end with, whatever the address of the installation
UID_HOST = "upstream-mentoring"
WEBCAL = "webcal://"
HEADERS = {
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
    # Outlook answers programs that it does not know with an error
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
REDIRECTS = (301, 302, 303, 307, 308)
REFUSALS = (400, 401, 402, 403, 404, 405, 406, 410, 451)


def checked(address: str) -> str:
    """The address as it is kept. No network is used.

    DomainError with the code "address" for one that may not be requested.
    """
    address = _https(address.strip())
    try:
        outgoing.check(address)
    except outgoing.ForbiddenAddressError as error:
        raise DomainError(
            _(
                "Enter the published address of your calendar. It begins with https:// and leads "
                "to a public server."
            ),
            code="address",
        ) from error
    return address


@transaction.atomic
def save_address(*, actor: User, address: str) -> OwnCalendar:
    """Read this calendar from now on, in place of another. DomainError as `checked`.

    The worker reads it for the first time at once.
    """
    address = checked(address)
    calendar, _made = OwnCalendar.objects.update_or_create(
        person=actor,
        defaults={
            "address": address,
            "busy": None,
            "fetched_at": None,
            "next_at": clock.now() + LEASE,
            "failures": 0,
            "problem": "",
        },
    )
    audit.record("own_calendar.entered", calendar, actor=actor)
    _enqueue(calendar.pk)
    return calendar


@transaction.atomic
def remove(*, actor: User) -> bool:
    """Delete address and times; whether there were any."""
    calendar = OwnCalendar.objects.select_for_update().filter(person=actor).first()
    if calendar is None:
        return False
    audit.record("own_calendar.removed", calendar, actor=actor)
    calendar.delete()
    return True


@transaction.atomic
def enqueue_due_calendars() -> int:
    """Enqueue the reading of calendars that are due, AT_ONCE at most; how many.

    One that is not read within LEASE is due again. What leavers had entered is deleted.
    """
    _delete_of_leavers()
    due = OwnCalendar.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        next_at__lte=clock.now(), person__is_active=True
    )
    ids = list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    OwnCalendar.objects.filter(pk__in=ids).update(next_at=clock.now() + LEASE)
    for person_id in ids:
        _enqueue(person_id)
    return len(ids)


def _delete_of_leavers() -> None:
    OwnCalendar.objects.filter(person__is_active=False).delete()
    CalendarFeed.objects.filter(person__is_active=False).delete()


def read(person_id: int) -> bool:
    """Read one calendar now and keep when its owner is busy; whether that worked.

    Talks to the network: call it outside of a transaction. What went wrong is kept for the owner to
    see, and the times of before stay.
    """
    people_here = OwnCalendar.objects.filter(person__is_active=True)
    calendar = people_here.select_related("person").filter(pk=person_id).first()
    if calendar is None:
        return False

    now = clock.now()
    busy, problem = _try_to_read(calendar, now)
    if not _save(calendar, busy, problem, now):
        return False
    log.info("own_calendar_read", person=person_id, problem=str(problem or ""), times=len(busy))
    return problem is None


def _try_to_read(
    calendar: OwnCalendar, now: datetime
) -> tuple[list[list[int]], CalendarProblem | None]:
    """The busy times, or what went wrong."""
    try:
        return _busy(calendar, now), None
    except ReadingError as error:
        return [], error.problem


@transaction.atomic
def _save(
    calendar: OwnCalendar, busy: list[list[int]], problem: CalendarProblem | None, now: datetime
) -> bool:
    """Keep what was read; False where the address has been changed or removed meanwhile."""
    saved = OwnCalendar.objects.select_for_update().filter(pk=calendar.pk).first()
    if saved is None or saved.address != calendar.address:
        return False
    if problem is None:
        _keep(saved, busy, now)
    else:
        _keep_problem(saved, problem, now)
    return True


def _keep(calendar: OwnCalendar, busy: list[list[int]], now: datetime) -> None:
    calendar.busy, calendar.fetched_at = busy, now
    calendar.problem, calendar.failures = "", 0
    calendar.next_at = now + EVERY
    calendar.save()


def _keep_problem(calendar: OwnCalendar, problem: CalendarProblem, now: datetime) -> None:
    """Try again after FIRST_RETRY, then after twice as long each time."""
    wait = FIRST_RETRY * 2 ** min(calendar.failures, 10)
    calendar.problem, calendar.failures = problem, calendar.failures + 1
    calendar.next_at = now + min(wait, LONGEST_RETRY)
    calendar.save()


def host_of(calendar: OwnCalendar) -> str:
    """The server of the address, for its owner. The rest is a secret that no page shows again."""
    return urlsplit(calendar.address).hostname or ""


def busy_between(
    people: Iterable[User], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """When any of these people is busy according to their own calendars, between two moments.

    One query.
    """
    first, last = start.timestamp(), end.timestamp()
    calendars = OwnCalendar.objects.filter(person__in=[person.pk for person in people])
    rows: Iterable[Any] = calendars.values_list("busy", flat=True)

    spans = []
    for busy in rows:
        for since, until in busy or ():
            if since < last and first < until:
                spans.append((_moment(since), _moment(until)))
    return spans


def _moment(seconds: int) -> datetime:
    """The moment so many seconds after 1970."""
    return datetime.fromtimestamp(seconds, UTC)


class ReadingError(Exception):
    """The calendar could not be read; `problem` is why, for its owner."""

    def __init__(self, problem: CalendarProblem) -> None:
        super().__init__(problem.name)
        self.problem = problem


def _busy(calendar: OwnCalendar, now: datetime) -> list[list[int]]:
    """The busy times of a calendar, read from the network now. ReadingError when it fails."""
    content = _fetch(calendar.address)
    try:
        return reading.busy_times(
            content,
            zone=calendar.person.time_zone,
            start=now - timedelta(days=1),
            end=now + AHEAD,
            owner=calendar.person.email,
            but_uids_of=UID_HOST,
        )
    except (TooManyEventsError, SoftTimeLimitExceeded) as error:
        raise ReadingError(CalendarProblem.TOO_LARGE) from error
    except Exception as error:  # a file from anywhere makes the parser fail in many ways
        log.warning("own_calendar_unreadable", person=calendar.pk, error=type(error).__name__)
        raise ReadingError(CalendarProblem.NO_CALENDAR) from error


def _fetch(address: str) -> bytes:
    """What is at the address. ReadingError for anything but a file."""
    try:
        answer = outgoing.request(
            "GET", address, headers=HEADERS, seconds=SECONDS, most_bytes=MOST_BYTES
        )
    except outgoing.ForbiddenAddressError as error:
        raise ReadingError(CalendarProblem.FORBIDDEN) from error
    except outgoing.TooLargeError as error:
        raise ReadingError(CalendarProblem.TOO_LARGE) from error
    except outgoing.OutgoingError as error:
        raise ReadingError(CalendarProblem.UNREACHABLE) from error
    _check_status(answer.status)
    if _is_web_page(answer.body):
        raise ReadingError(CalendarProblem.WEB_PAGE)
    return answer.body


def _is_web_page(body: bytes) -> bool:
    """Whether it begins with a tag. The type that the server names is often wrong."""
    return body.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _check_status(status: int) -> None:
    """ReadingError unless the server has sent a file."""
    if status in REDIRECTS:
        raise ReadingError(CalendarProblem.MOVED)
    if status in REFUSALS:
        raise ReadingError(CalendarProblem.REFUSED)
    if status != 200:
        raise ReadingError(CalendarProblem.SERVER_ERROR)


def _https(address: str) -> str:
    """The address with https:// where it is given as webcal://, which is the same server."""
    if address.lower().startswith(WEBCAL):
        return f"https://{address[len(WEBCAL) :]}"
    return address


def _enqueue(person_id: int) -> None:
    background.enqueue_on_commit("accounts.tasks.read_calendar", person_id)
