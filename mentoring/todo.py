"""What waits for a person, for the home page: the most pressing first, each with the one thing to press."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from common import clock
from feedback.mail import minutes_of
from feedback.models import SurveyRound
from pairings.enums import PairingState, SessionState
from pairings.models import Pairing
from programs.domain.answers import is_open
from programs.enums import EnrolmentState, PairRole
from programs.models import Enrolment


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, why, until when (None: no date), and the button that begins it."""

    title: str
    text: str
    url: str
    button: str
    until: datetime | None = None


@dataclass(frozen=True)
class PairCard:
    """One of a person's pairs, with its next session if one is booked."""

    partner: str
    program: str
    url: str
    paused: bool
    next_session_at: datetime | None


@dataclass(frozen=True)
class CalendarCard:
    """A mentee whose times this person handles, with one mentor: when the next session is, if one is booked."""

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


def todos_of(person: User) -> list[Todo]:
    """Offers to answer, enrolments to finish, surveys to answer; three queries."""
    return [*_offers(person), *_enrolments(person), *_surveys(person)]


def _offers(person: User) -> Iterator[Todo]:
    asked = Q(mentor=person, mentor_accepted_at__isnull=True) | Q(mentee=person, mentor_accepted_at__isnull=False)
    offers = Pairing.objects.of(person).filter(asked, state=PairingState.OFFERED, mentee_accepted_at__isnull=True)
    for offer in offers.select_related("mentor", "mentee", "program").order_by("offer_expires_at", "pk"):
        partner = offer.mentee if offer.mentor_id == person.pk else offer.mentor
        yield Todo(
            title=_("We have found a match for you: %(name)s") % {"name": partner.name},
            text=_("See why the two of you, then say yes or ask for someone else."),
            url=reverse("pairings:offer_detail", args=[offer.public_id]),
            button=_("Look at it"),
            until=offer.offer_expires_at,
        )


def _enrolments(person: User) -> Iterator[Todo]:
    waiting = [EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING]
    rows = Enrolment.objects.filter(person=person, state__in=waiting).select_related("program").order_by("pk")
    for row in rows:
        if is_open(row.program):
            mentor = row.role == PairRole.MENTOR
            yield Todo(
                title=_("Take part in “%(program)s”") % {"program": row.program.name},
                text=_("You are the expert: say what you can teach and when you have time.")
                if mentor
                else _("Three minutes: what you want to understand, where you stand, when you have time."),
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


def pair_cards(person: User) -> list[PairCard]:
    """The person's live pairs, the newest first; one query."""
    ahead = Q(sessions__state=SessionState.SCHEDULED, sessions__ends_at__gt=clock.now())
    pairs: Any = (
        Pairing.objects.of_pair(person)
        .filter(state__in=[PairingState.ACTIVE, PairingState.PAUSED])
        .select_related("mentor", "mentee", "program")
        .annotate(next_session_at=Min("sessions__starts_at", filter=ahead))
        .order_by("-activated_at", "-pk")
    )
    return [
        PairCard(
            partner=(pair.mentee if pair.mentor_id == person.pk else pair.mentor).name,
            program=pair.program.name,
            url=reverse("mentoring:pair_home", args=[pair.public_id]),
            paused=pair.state == PairingState.PAUSED,
            next_session_at=pair.next_session_at,
        )
        for pair in pairs
    ]
