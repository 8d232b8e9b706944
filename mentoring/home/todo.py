"""For the home page: what waits for a person, the most urgent first, each with one button."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from feedback.mail import minutes_of
from feedback.models import SurveyRound
from mentoring.home.step_words import WORDS
from pairings.enums import PairingState
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


def todos_of(person: User, pairs: list[Any]) -> list[Todo]:
    """Offers, agreements to sign, sessions to log, enrolments and surveys; three queries.

    `pairs` come from `mentoring.home.cards.pairs_of`. A log comes before a survey: after some days
    nobody remembers, and the partner may be waiting for it.
    """
    return [
        *_offers(person),
        *_signatures(person, pairs),
        *_logs(person, pairs),
        *_enrolments(person),
        *_surveys(person),
    ]


def _offers(person: User) -> Iterator[Todo]:
    """Offers that this person has not answered."""
    for offer in _unanswered_offers(person):
        name = offer.partner_of(person).name
        yield Todo(
            title=_("We have found a match for you: %(name)s") % {"name": name},
            text=_("See why the two of you, then say yes or ask for someone else."),
            url=reverse("pairings:offer_detail", args=[offer.public_id]),
            button=_("Look at it"),
            until=offer.offer_expires_at,
        )


def _unanswered_offers(person: User) -> QuerySet[Pairing]:
    """The mentor is asked first, and the mentee once the mentor has said yes."""
    is_asked = Q(mentor=person, mentor_accepted_at__isnull=True) | Q(
        mentee=person, mentor_accepted_at__isnull=False
    )
    open_offers = Pairing.objects.of(person).filter(
        is_asked, state=PairingState.OFFERED, mentee_accepted_at__isnull=True
    )
    related = open_offers.select_related("mentor", "mentee", "program")
    return related.order_by("offer_expires_at", "pk")


def _signatures(person: User, pairs: list[Any]) -> Iterator[Todo]:
    """Agreements that this person has not signed as they are now."""
    for pair in pairs:
        if pair.to_sign:
            title = _("Sign your agreement with %(name)s")
            yield _step("sign", title, pair.partner_of(person), pair.public_id)


def _logs(person: User, pairs: list[Any]) -> Iterator[Todo]:
    """The oldest session of each active pair that is over and that nobody has logged."""
    for pair in pairs:
        if pair.unlogged and pair.state == PairingState.ACTIVE:
            title = _("Log your last session with %(name)s")
            yield _step("log", title, pair.partner_of(person), pair.unlogged)


def _step(key: str, title: str, partner: User, target: UUID) -> Todo:
    """A step as on the home of the pair, with a title that names the partner."""
    words = WORDS[key]
    return Todo(
        title=title % {"name": partner.name},
        text=str(words.text),
        url=reverse(words.page, args=[target]),
        button=str(words.button),
    )


def _enrolments(person: User) -> Iterator[Todo]:
    """Invitations that are still open."""
    waiting = [EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING]
    enrolments = Enrolment.objects.filter(person=person, state__in=waiting)
    for enrolment in enrolments.select_related("program").order_by("pk"):
        if is_open(enrolment.program):
            yield _enrolment(enrolment)


def _enrolment(enrolment: Enrolment) -> Todo:
    if enrolment.role == PairRole.MENTOR:
        text = _("You are the expert: say what you can teach and when you have time.")
    else:
        text = _("Three minutes: what you want to understand, where you stand, when you have time.")
    return Todo(
        title=_("Take part in “%(program)s”") % {"program": enrolment.program.name},
        text=text,
        url=reverse("programs:enrolment", args=[enrolment.public_id]),
        button=_("Go on") if enrolment.step else _("Begin"),
    )


def _surveys(person: User) -> Iterator[Todo]:
    """Surveys that this person is asked to answer."""
    text = _("A survey of about %(minutes)s min. Its first page says who will see what.")
    for survey_round in SurveyRound.objects.waiting_for(person).order_by("closes_at", "pk"):
        yield Todo(
            title=survey_round.title,
            text=text % {"minutes": minutes_of(survey_round)},
            url=reverse("feedback:survey_open", args=[survey_round.public_id]),
            button=pgettext("a button", "Answer"),
            until=survey_round.closes_at,
        )
