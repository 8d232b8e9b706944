"""For the home page: what waits for a person, the most urgent first, each with one button."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from common.prepared import prepared
from feedback.mail import minutes_of
from feedback.models import SurveyRound
from mentoring.home.listening import waits_for_listener
from mentoring.home.next_step import Step, steps
from mentoring.home.own_pairs import facts_of_pair
from mentoring.home.step_words import step_card
from mentoring.home.where import Place
from mentoring.home.where import is_asked as is_offer_open
from pairings.enums import PairingState
from programs.domain.answers import NOT_YET_APPLIED, may_apply
from programs.domain.self_assessment import is_asked, standings
from programs.enums import PairRole, ProgramState
from programs.models import Enrolment

# Steps that a mail may have asked for: each is here for as long as it holds. The others are only
# here while nothing else waits in their pair.
BOOKING = {"schedule_first", "schedule_next"}
ASKED_BY_MAIL = {"sign", "log", *BOOKING, "question", "commitment", "prepare", "partner_goal"}
ORDER = [
    "sign",
    "log",
    "schedule_first",
    "schedule_next",
    "question",
    "commitment",
    "prepare",
    "partner_goal",
    "goal",
    "check_in",
]


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, why, until when (None: no date), and the button that begins it.

    `about` is the pair and the program, where the title does not name them.
    """

    title: str
    text: str
    url: str
    button: str
    until: datetime | None = None
    about: str = ""


def todos_of(
    person: User, pairs: list[Any], enrolments: list[Any], places: list[Place]
) -> list[Todo]:
    """What the person's mails have asked for, and what comes next; two queries, and some more for
    each program that is closing.

    `pairs` come from `own_pairs.pairs_of`, the others from `where`. A log comes before a survey:
    after some days nobody remembers, and the partner may be waiting for it.
    """
    steps_asked, steps_ahead = _steps(person, pairs)
    return [
        *_threads_and_roles(person),
        *_offers(person, pairs),
        *steps_asked,
        *_enrolments(enrolments),
        *_surveys(person),
        *_where_one_stands(enrolments),
        *steps_ahead,
        *_prep_packs(places),
        *_paused(person, pairs),
    ]


def _threads_and_roles(person: User) -> Iterator[Todo]:
    """Somebody has written to a safe contact; somebody is named as one and has not answered."""
    [waits] = waits_for_listener(person.pk)
    if waits["threads"]:
        yield Todo(
            title=_("Somebody has written to you"),
            text=_("In confidence. Beside it stands until when you read and answer it."),
            url=reverse("concerns:thread_list"),
            button=_("Read it"),
        )
    for role in waits["roles"]:
        yield Todo(
            title=_("You are asked to be a safe contact"),
            text=_("Read what it asks, then accept or decline. Until then nobody reads your name."),
            url=reverse("programs:safe_contact", args=[role["id"]]),
            button=_("Look at it"),
            about=role["program"] or "",
        )


def _offers(person: User, pairs: list[Any]) -> Iterator[Todo]:
    """Offers that this person has not answered, the first to expire first."""
    asked = [pair for pair in pairs if is_offer_open(person, pair)]
    for offer in sorted(asked, key=_end_of_offer):
        yield Todo(
            title=_offer_title(person, offer),
            text=_("See why the two of you, then say yes or ask for someone else."),
            url=reverse("pairings:offer_detail", args=[offer.public_id]),
            button=_("Look at it"),
            until=offer.offer_expires_at,
            about=offer.program.name,
        )


def _offer_title(person: User, offer: Any) -> str:
    """With the partner's name; a mentee reads it once they have given their pledge."""
    if offer.mentee_id == person.pk and offer.pledged_at is None:
        return _("We have found a match for you")
    name = offer.partner_of(person).name
    return _("We have found a match for you: %(name)s") % {"name": name}


def _end_of_offer(offer: Any) -> tuple[bool, float, int]:
    """Offers without an end come last."""
    end = offer.offer_expires_at
    return end is None, end.timestamp() if end else 0, offer.pk


def _steps(person: User, pairs: list[Any]) -> tuple[list[Todo], list[Todo]]:
    """The steps of all active pairs: what mails have asked for, and what nobody waits for.

    What is late in any of the pairs comes first.
    """
    found = [
        (step, pair)
        for pair in pairs
        if pair.state == PairingState.ACTIVE
        for step in _shown(person, pair)
    ]
    found.sort(key=lambda one: ORDER.index(one[0].key))
    asked = [_step(person, pair, step) for step, pair in found if step.key in ASKED_BY_MAIL]
    ahead = [_step(person, pair, step) for step, pair in found if step.key not in ASKED_BY_MAIL]
    return asked, ahead


def _shown(person: User, pair: Any) -> list[Step]:
    """What a mail has asked for; where there is none, what comes next."""
    found = steps(facts_of_pair(person, pair))
    if not _proposes_times(person, pair):
        found = [step for step in found if step.key not in BOOKING]
    asked = [step for step in found if step.key in ASKED_BY_MAIL]
    return asked or found[:1]


def _proposes_times(person: User, pair: Any) -> bool:
    own_role = PairRole.MENTEE if pair.mentee_id == person.pk else PairRole.MENTOR
    return bool(pair.program.driver == own_role)


def _step(person: User, pair: Any, step: Step) -> Todo:
    partner = pair.partner_of(person)
    card = step_card(step, partner)
    names = {"name": partner.name, "program": pair.program.name}
    return Todo(
        title=card.title,
        text=card.text,
        url=card.url,
        button=card.label,
        about=_("You and %(name)s · %(program)s") % names,
    )


def _paused(person: User, pairs: list[Any]) -> Iterator[Todo]:
    """Paused pairs that go on as soon as this person says that they are ready."""
    for pair in pairs:
        if pair.state == PairingState.PAUSED and _waits_for(person, pair):
            names = {"name": pair.partner_of(person).name, "program": pair.program.name}
            yield Todo(
                title=_("Your pair can go on"),
                text=_("It goes on as soon as you say that you are ready. There is no hurry."),
                url=reverse("meetings:pairing_pause", args=[pair.public_id]),
                button=_("Look at the pause"),
                about=_("You and %(name)s · %(program)s") % names,
            )


def _waits_for(person: User, pair: Any) -> bool:
    """The other of the two has said that they are ready, and this person has not."""
    own, other = pair.mentor_ready_at, pair.mentee_ready_at
    if person.pk == pair.mentee_id:
        own, other = other, own
    return other is not None and own is None


def _enrolments(enrolments: list[Any]) -> Iterator[Todo]:
    """Invitations that are still open."""
    for enrolment in enrolments:
        if enrolment.state in NOT_YET_APPLIED and may_apply(enrolment):
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
    for survey_round in _unanswered_surveys(person.pk):
        yield Todo(
            title=survey_round.title,
            text=text % {"minutes": minutes_of(survey_round)},
            url=reverse("feedback:survey_open", args=[survey_round.public_id]),
            button=pgettext("a button", "Answer"),
            until=survey_round.closes_at,
        )


@prepared
def _unanswered_surveys(person_id: int) -> QuerySet[SurveyRound]:
    rounds: QuerySet[SurveyRound] = SurveyRound.objects.waiting_for(User(pk=person_id))
    return rounds.order_by("closes_at", "pk")


def _where_one_stands(enrolments: list[Any]) -> Iterator[Todo]:
    """While a program closes: where one stands now, until one has said it."""
    for enrolment in enrolments:
        if enrolment.program.state != ProgramState.CLOSING or not is_asked(enrolment):
            continue
        topics = standings(enrolment)
        if topics and not any(standing.now for standing in topics):
            yield Todo(
                title=_("Where do you stand now?"),
                text=_("Rate the same topics again, and see both times side by side."),
                url=reverse("programs:self_assessment", args=[enrolment.public_id]),
                button=_("Begin"),
                about=enrolment.program.name,
            )


def _prep_packs(places: list[Place]) -> Iterator[Todo]:
    """Prep packs that are not read to the end, before the first session."""
    for place in places:
        if place.prep_left:
            yield Todo(
                title=_("Get ready"),
                text=_("Prep pack: %(done)s of %(total)s read.")
                % {"done": place.prep_done, "total": place.prep_total},
                url=place.prep_url,
                button=_("Go on") if place.prep_done else _("Begin"),
                about=place.program,
            )
