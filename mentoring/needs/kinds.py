"""The kinds of entries in *Needs you today*: which rows need somebody, and what an entry says.

States and dates only, never a text. Nothing in here may tell who of a pair declined, paused,
cancelled, or has not signed: a pair is named, never one of the two. Offers that wait are not in it,
as their stage would tell who has answered; they expire without a coordinator.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import (
    DateTimeField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from meetings.domain.cancellations import waiting_for_a_word
from meetings.due import booking as booking_due
from meetings.due.sessions import LOG_AFTER
from meetings.enums import SessionState
from meetings.models import MentoringSession, SessionStatement
from mentoring.needs.past_mails import PastMail
from notifications.models import SuppressedAddress
from pairings.due.agreements import ESCALATE_AFTER
from pairings.enums import PairingState
from pairings.models import AgreementVersion, Pairing
from programs.domain.invitations import MAX_NUDGES
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program

FIRST_SESSION_DAYS = 21  # by this day a pair should have met
BEGUN = Greatest("activated_at", "resumed_at")  # the days are counted again after a pause
NOT_TAKING_PART = [EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED]


UNLOGGED_AFTER = LOG_AFTER[-1] + timedelta(days=2)  # two days after the second reminder
UNANSWERED_AFTER = timedelta(days=3)  # after the last reminder
FIRST_SESSION_BY = timedelta(days=FIRST_SESSION_DAYS)
SESSIONS_OF_LAST = timedelta(days=30)


@dataclass(frozen=True)
class Need:
    """One entry: what, about whom, since when, and where to do something about it.

    `about_id` is the public id of the pair, session, enrolment or person that it is about. `people`
    are all whom it concerns, each with their role; of a pair always both. `person` has an address
    that does not work. `day` is that of the session, where it is about one.
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
    last_mail: PastMail | None = None

    @property
    def snoozed(self) -> bool:
        """Somebody has written about it recently, and nothing has happened since."""
        mail = self._mail_since()
        return mail is not None and mail.snoozed_until > clock.now()

    @property
    def news_at(self) -> datetime:
        """When the entry appeared, or came back after a mail that changed nothing."""
        mail = self._mail_since()
        return self.since if mail is None else mail.snoozed_until

    @property
    def key(self) -> tuple[str, str]:
        """The kind of the entry and what it is about, which together no other entry has."""
        return self.kind, str(self.about_id)

    def _mail_since(self) -> PastMail | None:
        """The last mail, if nothing new has happened after it."""
        if self.last_mail is None or self.last_mail.at < self.since:
            return None
        return self.last_mail


class NeedKind(ABC):
    """One kind of entry.

    `key` names it in addresses and in stored messages. `program` and `about` are the lookups from
    a row to its program and to the public id of what the entry is about; `names` lead to the one or
    two names of those whom it concerns.
    """

    key: ClassVar[str]
    title: ClassVar[Promise]
    program: ClassVar[str] = "program"
    about: ClassVar[str] = "public_id"
    names: ClassVar[tuple[str, ...]] = ("person__name",)

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """The rows of all programs that need somebody, with `since`: when it became a need."""

    @abstractmethod
    def need(self, row: Any) -> Need:
        """The entry about one of these rows."""

    def rows_of(self, program: Program) -> QuerySet[Any]:
        """The rows of one program, the longest waiting first."""
        return self.rows().filter(**{self.program: program}).order_by("since", "pk")

    def full_title(self) -> str:
        """The title with its numbers."""
        return str(self.title)


class Bounced(NeedKind):
    """Somebody in a program whose address a mail server does not know."""

    key = "bounced"
    title = gettext_lazy("Mail does not arrive")
    about = "person__public_id"

    def rows(self) -> QuerySet[Any]:
        taking_part = Enrolment.objects.exclude(state__in=NOT_TAKING_PART)
        active = taking_part.filter(person__is_active=True).select_related("program", "person")
        refused = SuppressedAddress.objects.filter(until__gt=clock.now())
        theirs = refused.filter(email=OuterRef("person__email"))
        bounced = active.filter(person__email__in=refused.values("email"))
        return _with_since(bounced, Subquery(theirs.values("since")[:1]))

    def need(self, row: Any) -> Need:
        return Need(
            kind=self.key,
            title=str(self.title),
            about=f"{row.person.name} ({row.person.email})",
            about_id=row.person.public_id,
            since=row.since,
            url="",
            people=((row.role, row.person),),
            person=row.person,
        )


class Unanswered(NeedKind):
    """An invitation that two reminders have left without an answer."""

    key = "unanswered"
    title = gettext_lazy("No answer to the invitation after two reminders")

    def rows(self) -> QuerySet[Any]:
        unanswered = Enrolment.objects.filter(
            state__in=[EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING],
            nudges__gte=MAX_NUDGES,
            nudged_at__lte=clock.now() - UNANSWERED_AFTER,
            program__state=ProgramState.ENROLLING,
            person__is_active=True,
        ).select_related("program", "person")
        return _with_since(unanswered, _later("nudged_at", UNANSWERED_AFTER))

    def need(self, row: Any) -> Need:
        return Need(
            kind=self.key,
            title=str(self.title),
            about=row.person.name,
            about_id=row.public_id,
            since=row.since,
            url=reverse("programs:enrolment_detail", args=[row.public_id]),
            people=((row.role, row.person),),
        )


class PairKind(NeedKind):
    """An entry about a pair: it names both, the mentor first, and leads to a list of the program.

    `list_filter` is what the list is filtered by, so that it shows the pair.
    """

    names = ("mentor__name", "mentee__name")
    list_page: ClassVar[str] = "meetings:pairing_list"
    list_filter: ClassVar[dict[str, str]]

    def need(self, row: Any) -> Need:
        pairing = self.pairing_of(row)
        return Need(
            kind=self.key,
            title=self.full_title(),
            about=_names_of(pairing),
            about_id=pairing.public_id,
            since=row.since,
            url=self.list_url(pairing.program),
            people=_both(pairing),
        )

    def pairing_of(self, row: Any) -> Pairing:
        """The row is the pair itself, unless a kind says otherwise."""
        pairing: Pairing = row
        return pairing

    def list_url(self, program: Program) -> str:
        """The address of the filtered list."""
        page = reverse(self.list_page, args=[program.public_id])
        return f"{page}?{urlencode(self.list_filter)}"


class Unsigned(PairKind):
    """An agreement that reminders have left without both signatures."""

    key = "unsigned"
    title = gettext_lazy("The agreement is not signed")
    program = "pairing__program"
    about = "pairing__public_id"
    names = ("pairing__mentor__name", "pairing__mentee__name")
    list_filter = {"need": "signatures"}

    def rows(self) -> QuerySet[Any]:
        unsigned: QuerySet[Any] = AgreementVersion.objects.unsigned()
        late = unsigned.filter(asked_at__lte=clock.now() - ESCALATE_AFTER)
        return _with_since(late, _later("asked_at", ESCALATE_AFTER))

    def pairing_of(self, row: Any) -> Pairing:
        pairing: Pairing = row.pairing
        return pairing


class NotMet(PairKind):
    """An active pair that has not had its first session in time."""

    key = "not_met"
    title = gettext_lazy("No first session after %(days)d days")
    list_filter = {"need": "first_session"}

    def rows(self) -> QuerySet[Any]:
        held = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.HELD)
        not_met = _pairs(PairingState.ACTIVE).filter(~Exists(held)).annotate(begun=BEGUN)
        rows = _with_since(not_met, _later("begun", FIRST_SESSION_BY))
        return rows.filter(since__lte=clock.now())

    def full_title(self) -> str:
        return str(self.title) % {"days": FIRST_SESSION_DAYS}


class NoDate(PairKind):
    """A pair that has met before and has no session booked."""

    key = "no_date"
    title = gettext_lazy("No session is booked")
    list_filter = {"need": "no_date"}

    def rows(self) -> QuerySet[Any]:
        return booking_due.for_coordinator()


class CalledOff(PairKind):
    """A pair whose sessions were called off again and again."""

    key = "called_off"
    title = gettext_lazy("Sessions were called off repeatedly")
    list_filter = {"need": "called_off"}

    def rows(self) -> QuerySet[Any]:
        pairs = waiting_for_a_word(Pairing.objects.all())
        return _with_since(pairs.select_related("program", "mentor", "mentee"), F("last_off_at"))


class Paused(PairKind):
    """A pair that is paused, from the first day on."""

    key = "paused"
    title = gettext_lazy("The pair is paused")
    list_filter = {"state": "paused"}

    def rows(self) -> QuerySet[Any]:
        paused = _pairs(PairingState.PAUSED).filter(paused_at__isnull=False)
        return _with_since(paused, F("paused_at"))


class SessionKind(PairKind):
    """An entry about a session of a pair; it leads to the program's list of sessions."""

    program = "pairing__program"
    names = ("pairing__mentor__name", "pairing__mentee__name")
    list_page = "meetings:session_list"

    def need(self, row: Any) -> Need:
        return replace(super().need(row), about_id=row.public_id, day=row.wall_date)

    def pairing_of(self, row: Any) -> Pairing:
        pairing: Pairing = row.pairing
        return pairing


class Unlogged(SessionKind):
    """A session that is over and that nobody has logged in spite of the reminders."""

    key = "unlogged"
    title = gettext_lazy("Nobody has said whether the session took place")
    list_filter = {"state": "scheduled"}

    def rows(self) -> QuerySet[Any]:
        sessions = _recent_sessions().filter(
            state=SessionState.SCHEDULED,
            pairing__state=PairingState.ACTIVE,
            ends_at__lte=clock.now() - UNLOGGED_AFTER,
        )
        return _with_since(sessions, _later("ends_at", UNLOGGED_AFTER))


class Disagreement(SessionKind):
    """A session about which the two say different things."""

    key = "disagreement"
    title = gettext_lazy("The two disagree about whether they met")
    list_filter = {"state": "disagreement"}

    def rows(self) -> QuerySet[Any]:
        statements = SessionStatement.objects.filter(session=OuterRef("pk")).order_by("-at")
        last_statement_at = Subquery(statements.values("at")[:1])
        sessions = _recent_sessions().with_disagreement().filter(disagreement=True)
        return _with_since(sessions, Greatest("ends_at", last_statement_at))


KINDS: tuple[NeedKind, ...] = (
    Bounced(),
    Unanswered(),
    Unsigned(),
    NotMet(),
    NoDate(),
    CalledOff(),
    Paused(),
    Unlogged(),
    Disagreement(),
)


def _pairs(state: PairingState) -> QuerySet[Any]:
    return Pairing.objects.filter(state=state).select_related("program", "mentor", "mentee")


def _recent_sessions() -> Any:
    recent = MentoringSession.objects.filter(ends_at__gt=clock.now() - SESSIONS_OF_LAST)
    return recent.select_related("pairing__program", "pairing__mentor", "pairing__mentee")


def _names_of(pairing: Pairing) -> str:
    return both_names(pairing.mentor.name, pairing.mentee.name)


def both_names(mentor: str, mentee: str) -> str:
    """The two of a pair in words."""
    return _("%(mentor)s and %(mentee)s") % {"mentor": mentor, "mentee": mentee}


def _both(pairing: Pairing) -> tuple[tuple[str, User], ...]:
    return ((PairRole.MENTOR, pairing.mentor), (PairRole.MENTEE, pairing.mentee))


def _with_since(rows: QuerySet[Any], since: Combinable) -> QuerySet[Any]:
    """The rows with `since`: when each became a need."""
    annotated: QuerySet[Any] = rows.annotate(since=since)
    return annotated


def _later(moment: str, delay: timedelta) -> Expression:
    """The moment in this field, and so much later."""
    return ExpressionWrapper(F(moment) + Value(delay), output_field=DateTimeField())
