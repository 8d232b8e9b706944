"""For the home page: a person's pairs and when they meet, and the pairs whose times they handle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from common import clock
from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.enums import BEGUN_STATES, RUNNING_STATES, PairingState
from pairings.models import AgreementVersion, Pairing

SOON = timedelta(hours=1)  # this long before a session, joining it comes first


@dataclass(frozen=True)
class NextSession:
    """The session that a pair has ahead, or is in; `link` and `place` may be empty."""

    starts_at: datetime
    url: str
    link: str
    place: str
    soon: bool


@dataclass(frozen=True)
class PairCard:
    """One of a person's pairs: its next session, or where to book one (`book_url`)."""

    partner: str
    program: str
    url: str
    paused: bool
    completed: bool
    next: NextSession | None
    book_url: str


@dataclass(frozen=True)
class CalendarCard:
    """A pair whose times this person handles for the mentee, and when it meets next, if ever."""

    mentee: str
    mentor: str
    next_session_at: datetime | None


def calendars_for_others(person: User) -> list[CalendarCard]:
    """The pairs whose times this person handles; one query."""
    ahead = Q(sessions__state=SessionState.SCHEDULED, sessions__ends_at__gt=clock.now())
    pairs: Any = Pairing.objects.of_delegate(person).annotate(
        next_at=Min("sessions__starts_at", filter=ahead)
    )
    by_name = pairs.order_by("mentee__sort_key", "mentor__sort_key", "pk")
    return [
        CalendarCard(pair.mentee.name, pair.mentor.name, pair.next_at)
        for pair in by_name.select_related("mentor", "mentee")
    ]


def pairs_of(person: User) -> list[Any]:
    """The person's pairs that have begun, also those that are over, the newest first; one query.

    Each has `held`: how many sessions were held, `to_sign`: whether the person has an agreement to
    sign, `unlogged`: the public id of the oldest session to log, and `next_public_id`,
    `next_starts_at`, `next_link` and `next_place` of the session ahead.
    """
    unsigned = AgreementVersion.objects.unsigned().not_signed_by(person)
    pairs = Pairing.objects.of_pair(person).filter(state__in=BEGUN_STATES)
    annotated = pairs.annotate(
        held=Count("sessions", filter=Q(sessions__state=SessionState.HELD)),
        to_sign=Exists(unsigned.filter(pairing=OuterRef("pk"))),
        **_session_annotations(),
    )
    related = annotated.select_related("program", "mentor", "mentee")
    return list(related.order_by("-activated_at", "-pk"))


def _session_annotations() -> dict[str, Subquery]:
    """The oldest session that is over and not logged, and the session ahead."""
    now = clock.now()
    scheduled = MentoringSession.objects.filter(
        pairing=OuterRef("pk"), state=SessionState.SCHEDULED
    ).order_by("starts_at", "pk")
    over = scheduled.filter(ends_at__lte=now)
    ahead = scheduled.filter(ends_at__gt=now)

    annotations = {"unlogged": _of_first(over, "public_id")}
    for field in ("public_id", "starts_at", "link", "place"):
        annotations[f"next_{field}"] = _of_first(ahead, field)
    return annotations


def _of_first(sessions: QuerySet[MentoringSession], field: str) -> Subquery:
    return Subquery(sessions.values(field)[:1])


def pair_cards(person: User, pairs: list[Any]) -> list[PairCard]:
    """The cards of `pairs_of`; no query."""
    return [_pair_card(person, pair) for pair in pairs]


def _pair_card(person: User, pair: Any) -> PairCard:
    return PairCard(
        partner=pair.partner_of(person).name,
        program=pair.program.name,
        url=reverse("mentoring:pair_home", args=[pair.public_id]),
        paused=pair.state == PairingState.PAUSED,
        completed=pair.state == PairingState.COMPLETED,
        next=_next_session(pair),
        book_url=_book_url(pair),
    )


def _next_session(pair: Any) -> NextSession | None:
    if not pair.next_public_id:
        return None
    return NextSession(
        starts_at=pair.next_starts_at,
        url=reverse("meetings:session_detail", args=[pair.next_public_id]),
        link=pair.next_link,
        place=pair.next_place,
        soon=pair.next_starts_at - clock.now() <= SOON,
    )


def _book_url(pair: Any) -> str:
    """Where to book all sessions at once, or the next one; "" when there is nothing to book."""
    if pair.state not in RUNNING_STATES or pair.next_public_id:
        return ""
    if pair.held >= pair.program.planned_sessions:
        return ""
    page = "meetings:session_new" if pair.held else "meetings:session_series"
    return reverse(page, args=[pair.public_id])
