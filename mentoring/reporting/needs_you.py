"""What waits for the people who run a program because reminders have not settled it. States and dates only, never a text.

Nothing in here may tell who of a pair declined, paused, cancelled, or has not signed: a pair is named, never one of the two.
Offers that wait are not in it, as their stage would tell who has answered; they expire by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from mentoring.reporting.queries import FIRST_SESSION_DAYS
from notifications import suppression
from pairings.domain.agreement_nudges import ESCALATE_AFTER, unsigned
from pairings.domain.cancellations import waiting_for_a_word
from pairings.domain.reminders import LOG_AFTER
from pairings.enums import PairingState, SessionState
from pairings.models import MentoringSession, Pairing
from programs.domain.invitations import MAX_NUDGES
from programs.enums import EnrolmentState, ProgramState
from programs.models import Enrolment, Program

LOG_GRACE = timedelta(days=2)  # after the second reminder
ANSWER_GRACE = timedelta(days=3)
LOOK_BACK = timedelta(days=30)
MOST = 50  # of each kind: whoever has more has another problem than a list


@dataclass(frozen=True)
class Need:
    """One thing: what, about whom, since when it is yours, and where to do something about it."""

    kind: str
    title: str
    about: str
    since: datetime
    url: str
    person: User | None = None


def needs_of(program: Program) -> list[Need]:
    """All that needs somebody, the longest waiting first; a constant number of queries.

    By the day: the minute at which a mail came back would tell which mail it was.
    """
    found = [need for find in FINDERS for need in find(program)]
    return sorted(found, key=lambda need: (need.since.date(), need.about))


def _names(pairing: Pairing) -> str:
    return _("%(mentor)s and %(mentee)s") % {"mentor": pairing.mentor.name, "mentee": pairing.mentee.name}


def _pairs_url(program: Program, **query: str) -> str:
    url = reverse("pairings:pairing_list", args=[program.public_id])
    return url + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def _unsigned(program: Program) -> Iterator[Need]:
    rows: Any = unsigned().filter(pairing__program=program, asked_at__lte=clock.now() - ESCALATE_AFTER)
    for row in rows[:MOST]:
        yield Need(
            kind="unsigned",
            title=_("The agreement is not signed"),
            about=_names(row.pairing),
            since=row.asked_at + ESCALATE_AFTER,
            url=_pairs_url(program, need="signatures"),
        )


def _pairs(program: Program, state: str) -> Any:
    return Pairing.objects.filter(program=program, state=state).select_related("mentor", "mentee")


def _not_met(program: Program) -> Iterator[Need]:
    late = timedelta(days=FIRST_SESSION_DAYS)
    held = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.HELD)
    rows = _pairs(program, PairingState.ACTIVE).filter(~Exists(held), activated_at__lte=clock.now() - late)
    for row in rows.order_by("activated_at")[:MOST]:
        yield Need(
            kind="not_met",
            title=_("No first session after %(days)d days") % {"days": FIRST_SESSION_DAYS},
            about=_names(row),
            since=row.activated_at + late,
            url=_pairs_url(program, need="first_session"),
        )


def _paused(program: Program) -> Iterator[Need]:
    for row in _pairs(program, PairingState.PAUSED).filter(paused_at__isnull=False).order_by("paused_at")[:MOST]:
        yield Need(
            kind="paused",
            title=_("The pair is paused"),
            about=_names(row),
            since=row.paused_at,
            url=_pairs_url(program, state="paused"),
        )


def _called_off(program: Program) -> Iterator[Need]:
    off = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.CANCELLED).order_by("-timed_at")
    rows = waiting_for_a_word(Pairing.objects.filter(program=program)).annotate(off_at=Subquery(off.values("timed_at")[:1]))
    for row in rows.select_related("mentor", "mentee").order_by("off_at")[:MOST]:
        yield Need(
            kind="called_off",
            title=_("Sessions keep being called off"),
            about=_names(row),
            since=row.off_at,
            url=_pairs_url(program, need="called_off"),
        )


def _sessions(program: Program) -> Any:
    rows = MentoringSession.objects.filter(pairing__program=program, ends_at__gt=clock.now() - LOOK_BACK)
    return rows.select_related("pairing__mentor", "pairing__mentee").order_by("ends_at")


def _unlogged(program: Program) -> Iterator[Need]:
    after = LOG_AFTER[-1] + LOG_GRACE
    rows = _sessions(program).filter(
        state=SessionState.SCHEDULED, pairing__state=PairingState.ACTIVE, ends_at__lte=clock.now() - after
    )
    for row in rows[:MOST]:
        yield Need(
            kind="unlogged",
            title=_("Nobody has said whether the session took place"),
            about=_names(row.pairing),
            since=row.ends_at + after,
            url=reverse("pairings:session_list", args=[program.public_id]) + "?state=scheduled",
        )


def _disagreements(program: Program) -> Iterator[Need]:
    for row in _sessions(program).with_disagreement().filter(disagreement=True)[:MOST]:
        yield Need(
            kind="disagreement",
            title=_("The two disagree about whether they met"),
            about=_names(row.pairing),
            since=row.ends_at,
            url=reverse("pairings:session_list", args=[program.public_id]) + "?state=disagreement",
        )


def _unanswered(program: Program) -> Iterator[Need]:
    if program.state != ProgramState.ENROLLING:
        return
    waiting = Q(state__in=[EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING], nudges__gte=MAX_NUDGES)
    rows = Enrolment.objects.filter(waiting, program=program, person__is_active=True, nudged_at__lte=clock.now() - ANSWER_GRACE)
    for row in rows.select_related("person").order_by("nudged_at")[:MOST]:
        assert row.nudged_at is not None
        yield Need(
            kind="unanswered",
            title=_("No answer to the invitation after two reminders"),
            about=row.person.name,
            since=row.nudged_at + ANSWER_GRACE,
            url=reverse("programs:enrolment_detail", args=[row.public_id]),
        )


def _bounced(program: Program) -> Iterator[Need]:
    """Addresses of people in the program that a mail server does not know."""
    gone = [EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED]
    people = User.objects.filter(is_active=True, pk__in=program.enrolments.exclude(state__in=gone).values("person"))
    since = suppression.since_by_address()
    for person in people.filter(email__in=since).order_by("sort_key", "pk")[:MOST]:
        yield Need(
            kind="bounced",
            title=_("Mail does not arrive"),
            about=f"{person.name} ({person.email})",
            since=since[person.email],
            url="",
            person=person,
        )


FINDERS: tuple[Callable[[Program], Iterator[Need]], ...] = (
    _bounced,
    _unanswered,
    _unsigned,
    _not_met,
    _called_off,
    _paused,
    _unlogged,
    _disagreements,
)
