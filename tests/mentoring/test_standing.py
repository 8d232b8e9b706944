"""Where one stands, over all states of enrolment, offer, pair and program."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any, get_args

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from mentoring.home import standing_words
from mentoring.home.standing import Facts, Key, Offer, Pair, standing
from pairings.domain import offers
from pairings.enums import PairingState
from programs.enums import EnrolmentState, ProgramState
from programs.models import PrepStep, PrepTick
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory, UserFactory
from tests.support.types import AsUser, At

ANY = "any"
BEFORE_THE_END = {"enrolling", "matching", "running", "closing"}

# enrolment, offer, pair → what is said in each state of the program, in this order:
STATES = ("draft", "enrolling", "matching", "running", "closing", "closed", "cancelled")
TABLE: dict[tuple[str, str, str], tuple[str | None, ...]] = {
    ("invited", ANY, ANY): (
        "not_open_yet", "too_late", "too_late", None, None, None, "cancelled",
    ),
    ("volunteering", ANY, ANY): (
        "not_open_yet", "too_late", "too_late", None, None, None, "cancelled",
    ),
    ("applied", ANY, ANY): (
        "applied", "applied", "applied", "applied", "closing", ANY, "cancelled",
    ),
    ("waitlisted", ANY, ANY): (
        "waitlisted", "waitlisted", "waitlisted", "waitlisted", "closing", ANY, "cancelled",
    ),
    ("declined", ANY, ANY): (None, "declined", "declined", None, None, None, None),
    ("withdrawn", ANY, ANY): (None, None, None, None, None, None, None),
    ("approved", "to_answer", ANY): (
        *("match_to_answer",) * 5, ANY, "cancelled",
    ),
    ("approved", "answered", ANY): (
        *("match_answered",) * 5, ANY, "cancelled",
    ),
    ("approved", "none", "active"): (*("active",) * 5, None, "cancelled"),
    ("approved", "none", "paused"): (*("paused",) * 5, None, "cancelled"),
    ("approved", "void", "active"): (*("active",) * 5, None, "cancelled"),
    ("approved", "void", "paused"): (*("paused",) * 5, None, "cancelled"),
    ("approved", "none", "over"): (*("pair_over",) * 4, "closing", None, "cancelled"),
    ("approved", "void", "over"): (*("match_void",) * 4, "closing", None, "cancelled"),
    ("approved", "void", "none"): (*("match_void",) * 4, "closing", "closed", "cancelled"),
    ("approved", "none", "none"): (
        "approved", "approved", "matching", "no_partner_yet", "closing", "closed", "cancelled",
    ),
}  # fmt: skip


def expected(enrolment: str, offer: str, pair: str, program: str) -> str | None:
    for row in ((enrolment, offer, pair), (enrolment, offer, ANY), (enrolment, ANY, ANY)):
        if row in TABLE:
            return TABLE[row][STATES.index(program)]
    raise AssertionError(f"no row for {(enrolment, offer, pair)}")


def test_table_knows_every_state() -> None:
    assert set(STATES) == set(ProgramState.values)
    assert {row[0] for row in TABLE} == set(EnrolmentState.values)


@pytest.mark.parametrize("program", STATES)
@pytest.mark.parametrize("enrolment", EnrolmentState.values)
def test_standing_in_every_state(enrolment: str, program: str) -> None:
    for offer, pair in product(get_args(Offer), get_args(Pair)):
        key = standing(Facts(program, enrolment, can_enrol=False, offer=offer, pair=pair))
        wanted = expected(enrolment, offer, pair, program)
        if wanted == ANY:
            wanted = None if pair != "none" else "closed"
        assert key == wanted, (offer, pair)


@pytest.mark.parametrize(
    ("enrolment", "wanted"),
    [("invited", "invited"), ("volunteering", "invited"), ("withdrawn", "may_rejoin")],
)
def test_standing_while_one_can_enrol(enrolment: str, wanted: str) -> None:
    assert standing(Facts("enrolling", enrolment, can_enrol=True)) == wanted


def test_whoever_takes_part_is_told_something_until_the_program_is_over() -> None:
    waits = {"applied", "waitlisted", "approved"}
    for enrolment, program, offer, pair in product(
        waits, BEFORE_THE_END, get_args(Offer), get_args(Pair)
    ):
        assert standing(Facts(program, enrolment, can_enrol=False, offer=offer, pair=pair))


def test_every_place_has_words() -> None:
    assert set(standing_words.WORDS) == set(get_args(Key))


# --- on the page ----------------------------------------------------------------------------------


def home(client: Client) -> Any:
    return client.get(reverse("mentoring:home"))


def keys(client: Client) -> list[str]:
    return [place.key for place in home(client).context["places"]]


def offer_of(program: Any, **more: Any) -> Any:
    none = {"mentor_accepted_at": None, "mentee_accepted_at": None, "activated_at": None}
    fields = {"state": "offered", "offer_expires_at": offers.offers_end(), **none, **more}
    return PairingFactory(program=program, **fields)


@pytest.mark.django_db
@pytest.mark.parametrize("mentor_says", ["nothing", "no"])
def test_mentee_does_not_learn_that_a_mentor_was_asked_or_declined(
    as_user: AsUser, still_clock: None, mentor_says: str
) -> None:
    program = ProgramFactory()
    offer = offer_of(program)
    other = EnrolmentFactory(program=program, role="mentee")
    if mentor_says == "no":
        offers.decline(actor=offer.mentor, pairing=offer)
    assert keys(as_user(offer.mentee)) == keys(as_user(other.person)) == ["no_partner_yet"]
    assert offer.mentor.name not in home(as_user(offer.mentee)).text


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["mentor", "mentee", "nobody"])
def test_match_that_did_not_come_about_reads_the_same_whoever_said_no(
    as_user: AsUser, who: str
) -> None:
    offer = offer_of(ProgramFactory())
    offers.accept(actor=offer.mentor, pairing=offer)
    if who == "mentee":
        offers.decline(actor=offer.mentee, pairing=offer)
    else:
        offer.refresh_from_db()
        offers.void(pairing=offer)
    for person in (offer.mentor, offer.mentee):
        client = as_user(person)
        assert keys(client) == ["match_void"]
        assert "declined" not in home(client).text


@pytest.mark.django_db
def test_mentor_reads_who_is_asked_until_when_but_not_when_they_are_back(as_user: AsUser) -> None:
    offer = offer_of(ProgramFactory())
    client = as_user(offer.mentor)
    assert keys(client) == ["match_to_answer"]
    offers.accept(actor=offer.mentor, pairing=offer)
    [place] = home(client).context["places"]
    assert place.key == "match_answered"
    assert f"Now {offer.mentee.short_name} is asked" in place.text
    assert f"{offer.mentee.short_name} can answer until" in place.text
    assert keys(as_user(offer.mentee)) == ["match_to_answer"]

    type(offer).objects.update(offer_expires_at=clock.now() + timedelta(days=30))
    [place] = home(as_user(offer.mentor)).context["places"]
    assert "can answer until" not in place.text, "it would tell until when somebody is away"


@pytest.mark.django_db
@pytest.mark.parametrize("state", [PairingState.COMPLETED, PairingState.ENDED])
def test_whose_pair_is_over_reads_what_comes_next(as_user: AsUser, state: str) -> None:
    pairing = PairingFactory(state=state)
    assert keys(as_user(pairing.mentee)) == ["pair_over"]
    assert "considered again" in home(as_user(pairing.mentee)).text


@pytest.mark.django_db
def test_applied_reads_that_somebody_decides_and_when_matching_begins(as_user: AsUser) -> None:
    today = clock.today("Europe/Berlin")
    enrolment = EnrolmentFactory(
        state="applied",
        program__state="enrolling",
        program__starts_on=today + timedelta(days=20),
        program__enrolment_deadline=today + timedelta(days=5),
    )
    page = home(as_user(enrolment.person)).text
    assert "You hear from us either way." in page
    assert "Matching begins about" in page
    assert "Nothing waits for you" not in page


@pytest.mark.django_db
def test_prep_pack_says_how_much_is_read_until_it_is_read_or_the_pair_has_met(
    as_user: AsUser, at: At
) -> None:
    pairing = PairingFactory()
    steps = [
        PrepStep.objects.create(
            program=pairing.program, role="mentor", position=number, title="Silence", body="Wait."
        )
        for number in range(1, 6)
    ]
    client = as_user(pairing.mentor)
    url = reverse("programs:prep", args=[pairing.mentor_enrolment.public_id])
    for step in steps[:2]:
        PrepTick.objects.create(enrolment=pairing.mentor_enrolment, step=step)
    assert "Prep pack: 2 of 5 read" in home(client).text
    assert url in [todo.url for todo in home(client).context["todos"]]
    assert "Prep pack" not in home(as_user(pairing.mentee)).text, "there is none for this side"
    for step in steps[2:]:
        PrepTick.objects.create(enrolment=pairing.mentor_enrolment, step=step)
    assert url not in [todo.url for todo in home(as_user(pairing.mentor)).context["todos"]]


@pytest.mark.django_db
def test_two_roles_say_which_is_where(as_user: AsUser) -> None:
    person = UserFactory()
    as_mentor = EnrolmentFactory(
        person=person, program=ProgramFactory(name="Digital", mentor_label="guide")
    )
    as_mentee = EnrolmentFactory(
        person=person, role="mentee", program=ProgramFactory(name="Climate")
    )
    PairingFactory(program=as_mentor.program, mentor_enrolment=as_mentor)
    PairingFactory(program=as_mentee.program, mentee_enrolment=as_mentee)
    context = home(as_user(person)).context
    assert {(place.program, place.label) for place in context["places"]} == {
        ("Digital", "guide"),
        ("Climate", "mentee"),
    }
    roles = {card.program: card.role for card in context["pairs"]}
    assert roles["Digital"].endswith("is your mentee")
    assert roles["Climate"].endswith("is your mentor")


@pytest.mark.django_db
def test_program_that_ended_long_ago_is_not_named(as_user: AsUser) -> None:
    today = clock.today("Europe/Berlin")
    dates = {"program__starts_on": today - timedelta(days=300)}
    for days, wanted in ((59, ["closed"]), (61, [])):
        enrolment = EnrolmentFactory(
            program__state="closed", program__ends_on=today - timedelta(days=days), **dates
        )
        assert keys(as_user(enrolment.person)) == wanted
