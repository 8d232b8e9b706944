"""Quiet time: when a person does not want mail, in their own time zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min

from common import clock
from common.timezones import to_utc, to_wall
from notifications import kinds
from notifications.enums import Channel, MessageState
from notifications.models import MessagePreferences, OutboxMessage

MIDNIGHT = time()
SATURDAY = 5
MOST_PARTS = 8  # nights and days that touch: a weekend has four
# What is sent after waiting needs some time: the next round, and a first attempt that fails.
MARGIN = timedelta(minutes=15)


def hold(message: OutboxMessage) -> datetime | None:
    """Until when this mail waits for its recipient's quiet time to end; None when it is sent now.

    What would expire by then, or shortly after, is sent now: a reminder in the night is better than
    a missed session. A retry waits as a first attempt does.
    """
    if message.channel != Channel.EMAIL or message.address or message.recipient is None:
        return None
    if not kinds.find(message.kind).quiet:
        return None
    end = end_of_quiet(clock.now(), preferences_of(message), message.recipient.time_zone)
    if end is None or end + MARGIN >= first_expiry(message):
        return None
    return end


def first_expiry(message: OutboxMessage) -> datetime:
    """When a message expires; for a summary, when the first of its messages does."""
    if message.kind != kinds.DIGEST:
        return message.expires_at
    inside = message.digested.filter(state=MessageState.DIGESTED)
    first: datetime | None = inside.aggregate(first=Min("expires_at"))["first"]
    return first or message.expires_at


def preferences_of(message: OutboxMessage) -> MessagePreferences:
    """The recipient's, or the defaults (not stored)."""
    found: MessagePreferences | None = getattr(message.recipient, "message_preferences", None)
    return found or defaults()


def defaults() -> MessagePreferences:
    """The preferences of somebody who has never opened the page."""
    return MessagePreferences(quiet=settings.QUIET_HOURS)


def end_of_quiet(moment: datetime, wish: MessagePreferences, zone: str) -> datetime | None:
    """When the quiet time around `moment` ends (UTC); None when the moment is not quiet.

    A night and a weekend that touch are one quiet time. An end that does not exist (spring) moves
    forward, one that happens twice (autumn) means the first, or the second when the first has
    passed.
    """
    if not wish.quiet:
        return None
    end = moment
    for _part in range(MOST_PARTS):
        part_ends = _end_of_part(to_wall(end, zone), wish, zone)
        if part_ends is None:
            break
        end = part_ends
    return end if end > moment else None


def _end_of_part(local: datetime, wish: MessagePreferences, zone: str) -> datetime | None:
    """When the night or the day of the weekend at this moment ends; None when it is neither."""
    if wish.quiet_weekends and local.weekday() >= SATURDAY:
        return _next(local, MIDNIGHT, zone, days=1)
    if not is_night(local.time(), wish):
        return None
    over_midnight = wish.quiet_from > wish.quiet_until
    ends_tomorrow = over_midnight and local.time() >= wish.quiet_from
    return _next(local, wish.quiet_until, zone, days=int(ends_tomorrow))


def is_night(wall: time, wish: MessagePreferences) -> bool:
    """Whether a wall-clock time lies in the daily quiet hours; from and until alike means that
    there are none.
    """
    start, end = wish.quiet_from, wish.quiet_until
    if start <= end:
        return start <= wall < end
    return wall >= start or wall < end


def _next(local: datetime, wall: time, zone: str, *, days: int) -> datetime:
    """The moment at which clocks show `wall`, `days` after the day of `local`, and later than
    `local`.
    """
    now = local.astimezone(UTC)
    day = local.date() + timedelta(days=days)
    found = to_utc(day, wall, zone)
    if found <= now:  # the hour that happens twice, for the second time
        second = datetime.combine(day, wall, tzinfo=ZoneInfo(zone)).replace(fold=1)
        found = second.astimezone(UTC)
    return found if found > now else now + timedelta(hours=1)
