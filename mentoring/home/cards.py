"""For the home page: a person's pairs and when they meet, and the pairs whose times they handle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from meetings.enums import SessionState
from pairings.enums import RUNNING_STATES, PairingState
from pairings.models import Pairing
from programs.enums import PairRole
from programs.labels import side_label

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
    role: str  # "Kim is your mentor", in the program's words
    program: str
    url: str
    paused: bool
    completed: bool
    held: int
    planned: int
    next: NextSession | None
    book_url: str
    outcome_url: str  # where to say how one's own goal ended, once the pair is complete


@dataclass(frozen=True)
class CalendarCard:
    """A pair whose times this person handles for the mentee, and when it meets next, if ever."""

    mentee: str
    mentee_zone: str
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
        CalendarCard(pair.mentee.name, pair.mentee.time_zone, pair.mentor.name, pair.next_at)
        for pair in by_name.select_related("mentor", "mentee")
    ]


def pair_cards(person: User, pairs: list[Any]) -> list[PairCard]:
    """The cards of some of `own_pairs.pairs_of`; no query."""
    return [_pair_card(person, pair) for pair in pairs]


def _pair_card(person: User, pair: Any) -> PairCard:
    return PairCard(
        partner=pair.partner_of(person).name,
        role=_role_of_partner(person, pair),
        held=pair.held,
        planned=pair.program.planned_sessions,
        program=pair.program.name,
        url=reverse("mentoring:pair_home", args=[pair.public_id]),
        paused=pair.state == PairingState.PAUSED,
        completed=pair.state == PairingState.COMPLETED,
        next=_next_session(pair),
        book_url=_book_url(pair),
        outcome_url=_outcome_url(pair),
    )


def _role_of_partner(person: User, pair: Any) -> str:
    partner = pair.partner_of(person)
    role = PairRole.MENTOR if partner.pk == pair.mentor_id else PairRole.MENTEE
    names = {"name": partner.short_name, "label": side_label(pair.program, role)}
    return _("%(name)s is your %(label)s") % names


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


def _outcome_url(pair: Any) -> str:
    if pair.state != PairingState.COMPLETED or not pair.goal:
        return ""
    return reverse("goals:goal_close", args=[pair.goal])
