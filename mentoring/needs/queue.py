"""What waits for the people who run a program because reminders have not settled it.

States and dates only, never a text.

Nothing in here may tell who of a pair declined, paused, cancelled, or has not signed: a pair is
named, never one of the two. Offers that wait are not in it, as their stage would tell who has
answered; they expire by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models import DateTimeField as Moment
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from meetings.domain.cancellations import waiting_for_a_word
from meetings.due import booking as booking_due
from meetings.due.sessions import LOG_AFTER
from meetings.enums import SessionState
from meetings.models import MentoringSession, SessionStatement
from mentoring.needs.written import Word, asleep, words_of
from mentoring.reporting.queries import BEGUN, FIRST_SESSION_DAYS
from notifications.models import SuppressedAddress
from pairings.due.agreements import ESCALATE_AFTER
from pairings.enums import PairingState
from pairings.models import AgreementVersion, Pairing
from programs.domain.invitations import MAX_NUDGES
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program

LOG_GRACE = timedelta(days=2)  # after the second reminder
ANSWER_GRACE = timedelta(days=3)
LOOK_BACK = timedelta(days=30)
FIRST_SESSION_BY = timedelta(days=FIRST_SESSION_DAYS)
MOST = 50  # of each kind: whoever has more has another problem than a list


@dataclass(frozen=True)
class Need:
    """One thing: what, about whom, since when it is yours, and where to do something about it.

    `about_id` is the public id of the pair, session, enrolment or person that it is about. `people`
    are all whom it concerns, each with their role; of a pair always both. `day` is that of the
    session, where it is about one.
    """

    kind: str
    title: str
    about: str
    about_id: UUID
    since: datetime
    url: str
    people: tuple[tuple[str, User], ...]
    person: User | None = None
    day: date | None = None
    word: Word | None = None

    @property
    def asleep(self) -> bool:
        """Somebody has written about it of late, and nothing has happened since."""
        return (
            self.word is not None
            and self.word.at >= self.since
            and self.word.waits_until > clock.now()
        )

    @property
    def news_at(self) -> datetime:
        """When it became theirs, or theirs again because what was written has changed nothing."""
        answered = self.word is not None and self.word.at >= self.since
        return self.word.waits_until if self.word is not None and answered else self.since


@dataclass(frozen=True)
class Finder:
    """One kind of entry: the rows behind it with `since` on each, and the ways from a row to its
    program and public id.
    """

    kind: str
    rows: Callable[[], QuerySet[Any]]
    program: str
    about: str
    need: Callable[[Any], dict[str, Any]]

    def of(self, program: Program) -> QuerySet[Any]:
        """The rows of one program, the longest waiting first."""
        return self.rows().filter(**{self.program: program}).order_by("since", "pk")


def needs_of(program: Program) -> list[Need]:
    """All that needs somebody, the longest waiting first; a constant number of queries.

    By the day: the minute at which a mail came back would tell which mail it was.
    """
    words = words_of(program)
    found: dict[tuple[str, str], Need] = {}
    for finder in FINDERS:
        for row in finder.of(program)[:MOST]:
            fields = finder.need(row)
            key = (finder.kind, str(fields["about_id"]))
            if known := found.get(key):  # the same person, in the program's other role
                fields["people"] = (*known.people, *fields["people"])
            found[key] = Need(kind=finder.kind, since=row.since, word=words.get(key), **fields)
    return sorted(found.values(), key=lambda need: (need.since.date(), need.about))


def need_of(program: Program, kind: str, about_id: UUID) -> Need | None:
    """One entry, if it still is one."""
    finder = next((finder for finder in FINDERS if finder.kind == kind), None)
    row = finder.of(program).filter(**{finder.about: about_id}).first() if finder else None
    if finder is None or row is None:
        return None
    word = words_of(program).get((kind, str(about_id)))
    return Need(kind=kind, since=row.since, word=word, **finder.need(row))


def count_by_program(programs: QuerySet[Program]) -> list[tuple[UUID, str, int]]:
    """(public id, name, entries that nobody has written about of late) of each of these programs
    that has any.

    One query.
    """
    parts = [_counts(finder, programs) for finder in FINDERS]
    totals: dict[UUID, tuple[str, int]] = {}
    for public_id, name, number in parts[0].union(*parts[1:], all=True):
        totals[public_id] = (name, totals.get(public_id, (name, 0))[1] + number)
    found = [(public_id, name, number) for public_id, (name, number) in totals.items()]
    return sorted(found, key=lambda row: row[1])


def count_of(program: Program) -> int:
    """The same number of one program. One query."""
    return sum(
        number for _id, _name, number in count_by_program(Program.objects.filter(pk=program.pk))
    )


def _counts(finder: Finder, programs: QuerySet[Program]) -> QuerySet[Any]:
    rows = finder.rows().filter(**{f"{finder.program}__in": programs})
    rows = rows.exclude(
        Exists(asleep(need=finder.kind, program=finder.program, about=finder.about))
    )
    names = (f"{finder.program}__public_id", f"{finder.program}__name")
    return (
        rows.order_by()
        .values(*names)
        .annotate(number=Count(finder.about, distinct=True))
        .values_list(*names, "number")
    )


def _pairs_url(program: Program, **query: str) -> str:
    url = reverse("meetings:pairing_list", args=[program.public_id])
    return url + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def _after(moment: str, delay: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(F(moment) + Value(delay), output_field=Moment())


def _of_pair(pairing: Pairing, title: str, **query: str) -> dict[str, Any]:
    """What an entry about a pair says: always both, the mentor first."""
    return {
        "title": title,
        "about": _("%(mentor)s and %(mentee)s")
        % {"mentor": pairing.mentor.name, "mentee": pairing.mentee.name},
        "about_id": pairing.public_id,
        "url": _pairs_url(pairing.program, **query),
        "people": ((PairRole.MENTOR, pairing.mentor), (PairRole.MENTEE, pairing.mentee)),
    }


def _of_session(session: MentoringSession, title: str, state: str) -> dict[str, Any]:
    url = (
        reverse("meetings:session_list", args=[session.pairing.program.public_id])
        + f"?state={state}"
    )
    about = {"about_id": session.public_id, "url": url, "day": session.wall_date}
    return _of_pair(session.pairing, title) | about


def _unsigned_rows() -> QuerySet[Any]:
    unsigned: Any = AgreementVersion.objects.unsigned()
    rows = unsigned.filter(asked_at__lte=clock.now() - ESCALATE_AFTER)
    return rows.annotate(since=_after("asked_at", ESCALATE_AFTER))  # type: ignore[no-any-return]


def _pairs(state: str) -> QuerySet[Any]:
    return Pairing.objects.filter(state=state).select_related("program", "mentor", "mentee")


def _not_met_rows() -> QuerySet[Any]:
    held = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.HELD)
    rows = _pairs(PairingState.ACTIVE).filter(~Exists(held)).annotate(begun=BEGUN)
    return rows.annotate(since=_after("begun", FIRST_SESSION_BY)).filter(since__lte=clock.now())


def _paused_rows() -> QuerySet[Any]:
    return (
        _pairs(PairingState.PAUSED).filter(paused_at__isnull=False).annotate(since=F("paused_at"))
    )


def _called_off_rows() -> QuerySet[Any]:
    return (
        waiting_for_a_word(Pairing.objects.all())
        .annotate(since=F("last_off_at"))
        .select_related("program", "mentor", "mentee")
    )


def _sessions() -> QuerySet[Any]:
    rows = MentoringSession.objects.filter(ends_at__gt=clock.now() - LOOK_BACK)
    return rows.select_related("pairing__program", "pairing__mentor", "pairing__mentee")


def _unlogged_rows() -> QuerySet[Any]:
    after = LOG_AFTER[-1] + LOG_GRACE
    waiting = Q(
        state=SessionState.SCHEDULED,
        pairing__state=PairingState.ACTIVE,
        ends_at__lte=clock.now() - after,
    )
    return _sessions().filter(waiting).annotate(since=_after("ends_at", after))


def _disagreement_rows() -> QuerySet[Any]:
    rows: Any = _sessions()
    said = SessionStatement.objects.filter(session=OuterRef("pk")).order_by("-at").values("at")[:1]
    rows = rows.with_disagreement().filter(disagreement=True)
    return rows.annotate(since=Greatest("ends_at", Subquery(said)))  # type: ignore[no-any-return]


def _unanswered_rows() -> QuerySet[Any]:
    waiting = Q(
        state__in=[EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING], nudges__gte=MAX_NUDGES
    )
    rows = Enrolment.objects.filter(
        waiting,
        program__state=ProgramState.ENROLLING,
        person__is_active=True,
        nudged_at__lte=clock.now() - ANSWER_GRACE,
    )
    return rows.select_related("program", "person").annotate(
        since=_after("nudged_at", ANSWER_GRACE)
    )


def _bounced_rows() -> QuerySet[Any]:
    """People in a program whose address a mail server does not know."""
    refused = SuppressedAddress.objects.filter(
        email=OuterRef("person__email"), until__gt=clock.now()
    )
    rows = Enrolment.objects.exclude(state__in=[EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED])
    rows = rows.filter(person__is_active=True).annotate(since=Subquery(refused.values("since")[:1]))
    return rows.filter(since__isnull=False).select_related("program", "person")


def _unanswered(row: Enrolment) -> dict[str, Any]:
    return {
        "title": _("No answer to the invitation after two reminders"),
        "about": row.person.name,
        "about_id": row.public_id,
        "url": reverse("programs:enrolment_detail", args=[row.public_id]),
        "people": ((row.role, row.person),),
    }


def _bounced(row: Enrolment) -> dict[str, Any]:
    return {
        "title": _("Mail does not arrive"),
        "about": f"{row.person.name} ({row.person.email})",
        "about_id": row.person.public_id,
        "url": "",
        "people": ((row.role, row.person),),
        "person": row.person,
    }


def _not_met(row: Pairing) -> dict[str, Any]:
    return _of_pair(
        row,
        _("No first session after %(days)d days") % {"days": FIRST_SESSION_DAYS},
        need="first_session",
    )


FINDERS: tuple[Finder, ...] = (
    Finder("bounced", _bounced_rows, "program", "person__public_id", _bounced),
    Finder("unanswered", _unanswered_rows, "program", "public_id", _unanswered),
    Finder(
        "unsigned",
        _unsigned_rows,
        "pairing__program",
        "pairing__public_id",
        lambda row: _of_pair(row.pairing, _("The agreement is not signed"), need="signatures"),
    ),
    Finder("not_met", _not_met_rows, "program", "public_id", _not_met),
    Finder(
        "no_date",
        booking_due.for_coordinator,
        "program",
        "public_id",
        lambda row: _of_pair(row, _("No session is booked"), need="no_date"),
    ),
    Finder(
        "called_off",
        _called_off_rows,
        "program",
        "public_id",
        lambda row: _of_pair(row, _("Sessions keep being called off"), need="called_off"),
    ),
    Finder(
        "paused",
        _paused_rows,
        "program",
        "public_id",
        lambda row: _of_pair(row, _("The pair is paused"), state="paused"),
    ),
    Finder(
        "unlogged",
        _unlogged_rows,
        "pairing__program",
        "public_id",
        lambda row: _of_session(
            row, _("Nobody has said whether the session took place"), "scheduled"
        ),
    ),
    Finder(
        "disagreement",
        _disagreement_rows,
        "pairing__program",
        "public_id",
        lambda row: _of_session(row, _("The two disagree about whether they met"), "disagreement"),
    ),
)
