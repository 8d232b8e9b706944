"""For the home page: what waits for a person, the most pressing first, each with one thing to
press; and when they meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from common import clock
from feedback.mail import minutes_of
from feedback.models import SurveyRound
from meetings.enums import SessionState
from meetings.models import MentoringSession
from mentoring.home.next_step_words import WORDS
from pairings.enums import PairingState
from pairings.models import AgreementVersion, Pairing
from programs.domain.answers import is_open
from programs.enums import EnrolmentState, PairRole
from programs.models import Enrolment

SOON = timedelta(hours=1)  # before a session: then joining it is the one thing to do


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, why, until when (None: no date), and the button that begins it."""

    title: str
    text: str
    url: str
    button: str
    until: datetime | None = None


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
    """One of a person's pairs, with its next session if one is booked, or where to book one if one
    is still to come.
    """

    partner: str
    program: str
    url: str
    paused: bool
    next: NextSession | None
    book_url: str


@dataclass(frozen=True)
class CalendarCard:
    """A mentee whose times this person handles, with one mentor: when the next session is, if one
    is booked.
    """

    mentee: str
    mentor: str
    next_session_at: datetime | None


def calendars_for_others(person: User) -> list[CalendarCard]:
    """Of each pair whose times this person handles, names and the next time; one query."""
    ahead = Q(sessions__state=SessionState.SCHEDULED, sessions__ends_at__gt=clock.now())
    rows = Pairing.objects.of_delegate(person).select_related("mentor", "mentee")
    rows = rows.annotate(next_at=Min("sessions__starts_at", filter=ahead))
    rows = rows.order_by("mentee__sort_key", "mentor__sort_key", "pk")
    return [CalendarCard(row.mentee.name, row.mentor.name, row.next_at) for row in rows]


def todos_of(person: User, pairs: list[Any]) -> list[Todo]:
    """Offers to answer, agreements to sign and sessions to log (of `pairs_of`), enrolments,
    surveys; three queries.

    A log comes before a survey: after some days nobody remembers, and the other one may be waiting
    for it.
    """
    return [
        *_offers(person),
        *_signatures(person, pairs),
        *_logs(person, pairs),
        *_enrolments(person),
        *_surveys(person),
    ]


def _offers(person: User) -> Iterator[Todo]:
    asked = Q(mentor=person, mentor_accepted_at__isnull=True) | Q(
        mentee=person, mentor_accepted_at__isnull=False
    )
    offers = Pairing.objects.of(person).filter(
        asked, state=PairingState.OFFERED, mentee_accepted_at__isnull=True
    )
    for offer in offers.select_related("mentor", "mentee", "program").order_by(
        "offer_expires_at", "pk"
    ):
        partner = offer.partner_of(person)
        yield Todo(
            title=_("We have found a match for you: %(name)s") % {"name": partner.name},
            text=_("See why the two of you, then say yes or ask for someone else."),
            url=reverse("pairings:offer_detail", args=[offer.public_id]),
            button=_("Look at it"),
            until=offer.offer_expires_at,
        )


def _signatures(person: User, pairs: list[Any]) -> Iterator[Todo]:
    """The agreement of each active pair that this person has not signed as it stands now."""
    for pair in pairs:
        if pair.to_sign:
            yield Todo(
                title=_("Sign your agreement with %(name)s")
                % {"name": pair.partner_of(person).name},
                text=str(WORDS["sign"][1]),
                url=reverse("pairings:agreement", args=[pair.public_id]),
                button=str(WORDS["sign"][3]),
            )


def _logs(person: User, pairs: list[Any]) -> Iterator[Todo]:
    """The oldest session of each active pair that is over and that nobody has logged."""
    for pair in pairs:
        if pair.unlogged and pair.state == PairingState.ACTIVE:
            yield Todo(
                title=_("Log your last session with %(name)s")
                % {"name": pair.partner_of(person).name},
                text=str(WORDS["log"][1]),
                url=reverse("meetings:session_log", args=[pair.unlogged]),
                button=str(WORDS["log"][3]),
            )


def _enrolments(person: User) -> Iterator[Todo]:
    waiting = [EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING]
    rows = (
        Enrolment.objects.filter(person=person, state__in=waiting)
        .select_related("program")
        .order_by("pk")
    )
    for row in rows:
        if is_open(row.program):
            mentor = row.role == PairRole.MENTOR
            yield Todo(
                title=_("Take part in “%(program)s”") % {"program": row.program.name},
                text=_("You are the expert: say what you can teach and when you have time.")
                if mentor
                else _(
                    "Three minutes: what you want to understand, where you stand, when you have "
                    "time."
                ),
                url=reverse("programs:enrolment", args=[row.public_id]),
                button=_("Go on") if row.step else _("Begin"),
            )


def _surveys(person: User) -> Iterator[Todo]:
    for survey_round in SurveyRound.objects.waiting_for(person).order_by("closes_at", "pk"):
        yield Todo(
            title=survey_round.title,
            text=_("A survey of about %(minutes)s min. Its first page says who will see what.")
            % {"minutes": minutes_of(survey_round)},
            url=reverse("feedback:survey_open", args=[survey_round.public_id]),
            button=pgettext("a button", "Answer"),
            until=survey_round.closes_at,
        )


def pairs_of(person: User) -> list[Any]:
    """The person's live pairs, the newest first, with what is ahead, held, not logged and not
    signed by them; one query.
    """
    now = clock.now()
    scheduled = MentoringSession.objects.filter(
        pairing=OuterRef("pk"), state=SessionState.SCHEDULED
    ).order_by("starts_at", "pk")
    ahead = scheduled.filter(ends_at__gt=now)
    to_sign = AgreementVersion.objects.unsigned().not_signed_by(person)
    return list(
        Pairing.objects.of_pair(person)
        .filter(state__in=[PairingState.ACTIVE, PairingState.PAUSED])
        .select_related("program", "mentor", "mentee")
        .annotate(
            held=Count("sessions", filter=Q(sessions__state=SessionState.HELD)),
            to_sign=Exists(to_sign.filter(pairing=OuterRef("pk"))),
            unlogged=Subquery(scheduled.filter(ends_at__lte=now).values("public_id")[:1]),
            **{
                f"next_{name}": Subquery(ahead.values(name)[:1])
                for name in ("public_id", "starts_at", "link", "place")
            },
        )
        .order_by("-activated_at", "-pk")
    )


def pair_cards(person: User, pairs: list[Any]) -> list[PairCard]:
    """What the home page says of `pairs_of`; no query."""
    return [
        PairCard(
            partner=pair.partner_of(person).name,
            program=pair.program.name,
            url=reverse("mentoring:pair_home", args=[pair.public_id]),
            paused=pair.state == PairingState.PAUSED,
            next=_next(pair),
            book_url=_book_url(pair),
        )
        for pair in pairs
    ]


def _next(pair: Any) -> NextSession | None:
    if not pair.next_public_id:
        return None
    url = reverse("meetings:session_detail", args=[pair.next_public_id])
    soon = pair.next_starts_at - clock.now() <= SOON
    return NextSession(
        starts_at=pair.next_starts_at,
        url=url,
        link=pair.next_link,
        place=pair.next_place,
        soon=soon,
    )


def _book_url(pair: Any) -> str:
    """All in one go before the first session, one at a time later, nothing once as many were held
    as are planned.
    """
    if pair.next_public_id or pair.held >= pair.program.planned_sessions:
        return ""
    return reverse(f"meetings:session_{'new' if pair.held else 'series'}", args=[pair.public_id])
