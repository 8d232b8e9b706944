"""What did not arrive of the messages that no page lists: a line that is the same for few and for
none.

The messages themselves would tell who was asked, who said no, who cancelled, who has not signed or
answered. So
- pairs are counted, not messages: the same whichever of the two something was for, and however much
  of it there was;
- and of these no more than there are different people on either side, so that one mailbox that is
  broken is one;
- fewer than the program's smallest group of people reads like none;
- by whole days, and not at all on a day on which somebody pressed "send again": neither the minute
  at which the line changes nor what the button does to it can be held against what happened then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Subquery, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from common import clock
from common.timezones import to_utc
from meetings.models import Commitment, MentoringSession
from notifications.delivery import resending
from notifications.enums import MessageState
from notifications.models import OutboxQuerySet
from pairings.enums import LIVE_PAIRING_STATES
from pairings.models import Pairing
from programs.models import Program

DAYS = 14
SMALLEST = 5  # pairs, if no program asks for more


@dataclass(frozen=True)
class Unlisted:
    """`many`: `smallest` pairs or more did not get something; None on a day on which it was sent
    again.
    """

    many: bool | None
    smallest: int
    days: int = DAYS


def unlisted_of(program: Program | None) -> Unlisted:
    """Of a program; of all of them and of what belongs to none, for HR admins (None).

    A constant number of queries.
    """
    smallest = program.anonymity_k if program else _strictest()
    scope, zone = (program.public_id, program.time_zone) if program else (None, "UTC")
    today = to_utc(clock.today(zone), time(), zone)
    if resending.asked_since(today, scope=scope):
        return Unlisted(None, smallest)
    return Unlisted(_concerned(scope, today) >= smallest, smallest)


def _strictest() -> int:
    return Program.objects.aggregate(most=Max("anonymity_k"))["most"] or SMALLEST


def _concerned(scope: UUID | None, today: datetime) -> int:
    """How many pairs with different people, and people to whom it was about their own enrolment or
    access.
    """
    lost = Q(state__in=[MessageState.FAILED, MessageState.MISSED]) | Q(
        state=MessageState.UNKNOWN, resend_allowed=False
    )
    rows = resending.unlisted().filter(
        lost, try_at__gte=today - timedelta(days=DAYS), try_at__lt=today
    )
    if scope is not None:
        rows = rows.filter(scope=scope)
    sides = _pairs(rows).aggregate(
        mentors=Count("mentor", distinct=True), mentees=Count("mentee", distinct=True)
    )
    without = Q(scope__isnull=True) | Q(
        data__has_key="enrolment"
    )  # about one person, and what those who run it see anyway
    alone = rows.filter(without).aggregate(people=Count("recipient", distinct=True))["people"]
    return int(min(sides["mentors"], sides["mentees"]) + alone)


def _pairs(rows: OutboxQuerySet) -> QuerySet[Pairing]:
    """The pairs that these are about; of what is about one person in a program, their pairs
    there.
    """
    sessions = MentoringSession.objects.filter(public_id__in=_ids(rows, "session"))
    commitments = Commitment.objects.filter(public_id__in=_ids(rows, "commitment"))
    about_one = rows.exclude(
        data__has_any_keys=["pairing", "session", "commitment", "enrolment"]
    ).order_by()
    people = Subquery(about_one.values("recipient"))
    theirs = Q(
        program__public_id__in=Subquery(about_one.values("scope")), state__in=LIVE_PAIRING_STATES
    )
    return Pairing.objects.filter(
        Q(public_id__in=_ids(rows, "pairing"))
        | Q(pk__in=sessions.values("pairing"))
        | Q(pk__in=commitments.values("pairing"))
        | theirs & (Q(mentor__in=people) | Q(mentee__in=people))
    )


def _ids(rows: OutboxQuerySet, key: str) -> Subquery:
    about = (
        rows.filter(data__has_key=key)
        .order_by()
        .annotate(about=Cast(KeyTextTransform(key, "data"), UUIDField()))
    )
    return Subquery(about.values("about"))
