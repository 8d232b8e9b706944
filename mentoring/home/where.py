"""For the home page: where a person stands in each of their programs; one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.prepared import prepared
from common.timezones import moment_in_words
from mentoring.home import standing_words as words
from mentoring.home.standing import Facts, Key, Offer, Pair, standing
from pairings.domain.offers import OFFER_DAYS
from pairings.enums import PairingState
from programs.domain.answers import TAKING_PART, last_day, may_apply
from programs.enums import ProgramState
from programs.labels import side_label
from programs.models import Enrolment, PrepStep, PrepTick, Program

OVER_SHOWN = timedelta(days=60)  # so long after its last day a program that is over is named
OVER: set[Key] = {"closed", "cancelled"}
TOO_LATE: set[Key] = {*OVER, "closing"}  # to get ready
BEFORE_MATCHING: set[Key] = {"applied", "waitlisted", "approved"}
BEFORE_PAIRS: set[Key] = {"approved", "matching"}


@dataclass(frozen=True)
class Place:
    """Where a person stands in one program: as what, how, and the page that says more."""

    key: Key
    program: str
    label: str
    title: str
    text: str
    url: str
    prep_url: str
    prep_done: int
    prep_total: int
    has_met: bool

    @property
    def prep_left(self) -> bool:
        """Whether there is something to read before the first session."""
        return bool(self.prep_url) and self.prep_done < self.prep_total and not self.has_met


def enrolments_of(person: User) -> list[Any]:
    """The person's enrolments with their programs, the newest first; one query.

    Each has `prep_total` and `prep_done`: the steps of its prep pack, and those that are read.
    """
    return _enrolments_of(person.pk)


@prepared
def _enrolments_of(person_id: int) -> QuerySet[Any]:
    steps = PrepStep.objects.filter(program=OuterRef("program"), role=OuterRef("role"))
    ticks = PrepTick.objects.filter(enrolment=OuterRef("pk"))
    enrolments = Enrolment.objects.filter(person=person_id, program__archived_at__isnull=True)
    counted = enrolments.annotate(
        prep_total=_count(steps, "role"), prep_done=_count(ticks, "enrolment")
    )
    return counted.select_related("program").order_by("-program__starts_on", "-pk")


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many rows, as a subquery; `by` is the column by which they all belong together."""
    numbers = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)


def places_of(person: User, enrolments: list[Any], pairs: list[Any]) -> list[Place]:
    """Where the person stands; `pairs` come from `own_pairs.pairs_of`. No query."""
    found = []
    for enrolment in enrolments:
        own = [pair for pair in pairs if _belongs_to(pair, enrolment)]
        facts = _facts(person, enrolment, own)
        key = standing(facts)
        if key and not _is_long_over(key, enrolment.program):
            found.append(_place(key, person, enrolment, own))
    return found


def _belongs_to(pair: Any, enrolment: Enrolment) -> bool:
    return enrolment.pk in (pair.mentor_enrolment_id, pair.mentee_enrolment_id)


def _facts(person: User, enrolment: Enrolment, pairs: list[Any]) -> Facts:
    return Facts(
        program=enrolment.program.state,
        enrolment=enrolment.state,
        can_enrol=may_apply(enrolment),
        pair=_pair(pairs),
        offer=_offer(person, pairs),
    )


def _pair(pairs: list[Any]) -> Pair:
    """The pair that goes on, an active one first; else whether one is over."""
    states = {pair.state for pair in pairs}
    if PairingState.ACTIVE in states:
        return "active"
    if PairingState.PAUSED in states:
        return "paused"
    return "over" if states & {PairingState.COMPLETED, PairingState.ENDED} else "none"


def _offer(person: User, pairs: list[Any]) -> Offer:
    """The offer that is open, one to answer first; else whether the newest one came to nothing."""
    open_offers = [pair for pair in pairs if pair.state == PairingState.OFFERED]
    if any(is_asked(person, pair) for pair in open_offers):
        return "to_answer"
    if open_offers:
        return "answered"
    newest = max(pairs, key=lambda pair: pair.pk, default=None)
    return "void" if newest and newest.state == PairingState.VOID else "none"


def is_asked(person: User, pair: Any) -> bool:
    """The mentor is asked first, and the mentee once the mentor has said yes."""
    if pair.state != PairingState.OFFERED:
        return False
    has_mentor_accepted = pair.mentor_accepted_at is not None
    return bool(has_mentor_accepted == (pair.mentee_id == person.pk))


def _is_long_over(key: Key, program: Program) -> bool:
    """Nobody needs to read for ever that a program has ended."""
    if key not in OVER or program.ends_on is None:
        return False
    return program.ends_on + OVER_SHOWN < clock.today(program.time_zone)


def _place(key: Key, person: User, enrolment: Any, pairs: list[Any]) -> Place:
    program = enrolment.program
    title, text = words.WORDS[key]
    values = _values(person, program, pairs)
    has_prep = enrolment.state in TAKING_PART and enrolment.prep_total and key not in TOO_LATE
    return Place(
        key=key,
        program=program.name,
        label=side_label(program, enrolment.role),
        title=str(title),
        text=" ".join([str(text) % values, *_dates(key, person, enrolment, pairs)]),
        url=reverse("programs:enrolment", args=[enrolment.public_id]),
        prep_url=reverse("programs:prep", args=[enrolment.public_id]) if has_prep else "",
        prep_done=enrolment.prep_done,
        prep_total=enrolment.prep_total,
        has_met=any(pair.held for pair in pairs),
    )


def _values(person: User, program: Program, pairs: list[Any]) -> dict[str, Any]:
    """What the words may name: who is asked about a match, and what the program plans."""
    asked = [pair for pair in pairs if pair.state == PairingState.OFFERED]
    return {
        "name": asked[0].partner_of(person).short_name if asked else "",
        "planned": program.planned_sessions,
        "minutes": program.session_minutes,
    }


def _dates(key: Key, person: User, enrolment: Enrolment, pairs: list[Any]) -> list[str]:
    """Sentences about what happens when, as far as it is known."""
    program = enrolment.program
    if key == "invited":
        return _on(words.ANSWER_BY, last_day(enrolment))
    if key == "match_answered":
        return _answer_until(person, pairs)
    if key == "active":
        return _on(words.ENDS, program.ends_on)
    found = []
    if key in BEFORE_MATCHING and program.state == ProgramState.ENROLLING:
        found += _ahead(words.MATCHING_BEGINS, _day_after(program.enrolment_deadline), program)
    if key in BEFORE_PAIRS:
        found += _ahead(words.BEGINS, program.starts_on, program)
    return found


def _on(sentence: Promise, day: date | None) -> list[str]:
    if day is None:
        return []
    return [str(sentence) % {"day": formats.date_format(day, _("D j M Y"))}]


def _ahead(sentence: Promise, day: date | None, program: Program) -> list[str]:
    """The sentence, unless its day is over."""
    if day is None or day < clock.today(program.time_zone):
        return []
    return _on(sentence, day)


def _day_after(day: date | None) -> date | None:
    return day and day + timedelta(days=1)


def _answer_until(person: User, pairs: list[Any]) -> list[str]:
    """Until when the other can answer.

    Somebody who is away gets more time. That would tell when they are back, so it is not said.
    """
    for pair in pairs:
        if pair.state != PairingState.OFFERED:
            continue
        usual = pair.mentor_accepted_at + timedelta(days=OFFER_DAYS)
        if pair.offer_expires_at and pair.offer_expires_at <= usual:
            moment = moment_in_words(pair.offer_expires_at, person.time_zone)
            name = pair.partner_of(person).short_name
            return [str(words.ANSWER_UNTIL) % {"name": name, "moment": moment}]
        return []
    return []
