"""Who is free, whom they could meet, and the offer of one such pair: the mentor is asked first, as
when a run is published.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from accounts.models import Absence, PairBlock, User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from matching.domain import rematching
from matching.domain.refusal import PairRefusedError
from matching.enums import RuleKind
from matching.models import PairRule
from matching.wording.by_hand import offer_refused
from meetings.domain import pausing
from notifications.models import OutboxMessage
from pairings.domain import offers
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Avoidance, Enrolment
from tests.matching.matching_data import Pool, add, kinds, pool
from tests.support.types import AsUser


def running(mentors: int = 2, mentees: int = 2, **program: Any) -> Pool:
    """A running program of free people."""
    return pool(mentors, mentees, state=ProgramState.RUNNING, **program)


def page_of(some: Pool, as_user: AsUser, query: str = "") -> str:
    url = reverse("matching:free_again", args=[some.program.public_id])
    return as_user(some.coordinator).get(url + query).content.decode()


def suggested(some: Pool, enrolment: Enrolment) -> list[str]:
    """The names of the partners suggested for somebody."""
    compared = rematching.free_pool(some.program).compared
    assert compared is not None
    found = compared.suggestions(enrolment)
    return [
        (pair.mentor if enrolment.role == PairRole.MENTEE else pair.mentee).person.name
        for pair in found
    ]


def names(some: Pool) -> set[str]:
    """Who is listed."""
    alone = rematching.free_pool(some.program).alone
    return set(Enrolment.objects.filter(pk__in=alone).values_list("person__name", flat=True))


# who is there


@pytest.mark.broad
@pytest.mark.django_db
def test_everybody_without_anybody_is_there_however_it_came_about() -> None:
    some = pool(4, 4)
    pairs = some.published()
    offers.decline(actor=pairs[0].mentor, pairing=pairs[0])
    offers.accept(actor=pairs[1].mentor, pairing=pairs[1])
    active = offers.accept(actor=pairs[1].mentee, pairing=pairs[1])
    pausing.end(actor=active.mentor, pairing=active)
    late = add(some, PairRole.MENTEE, "Senior Late")
    free = {person.name for pair in pairs[:2] for person in (pair.mentor, pair.mentee)} | {
        late.person.name
    }
    assert names(some) == free


@pytest.mark.django_db
@pytest.mark.parametrize(
    "why", ["offered", "active", "not approved", "left", "away", "no place to give"]
)
def test_who_is_not_there(why: str) -> None:
    some = running(1, 1)
    mentor = some.mentors[0]
    if why in ("offered", "active"):
        pairing = rematching.offer(
            actor=some.hr, program=some.program, mentor=mentor, mentee=some.mentees[0]
        )
        if why == "active":
            offers.accept(actor=pairing.mentor, pairing=pairing)
            offers.accept(actor=pairing.mentee, pairing=pairing)
    elif why == "not approved":
        Enrolment.objects.filter(pk=mentor.pk).update(state=EnrolmentState.WAITLISTED)
    elif why == "left":
        User.objects.filter(pk=mentor.person_id).update(is_active=False)
    elif why == "away":
        today = clock.today(mentor.person.time_zone)
        Absence.objects.create(person=mentor.person, starts_on=today, ends_on=today)
    else:
        Enrolment.objects.filter(pk=mentor.pk).update(capacity=0)
    assert mentor.person.name not in names(some)


@pytest.mark.django_db
def test_a_mentor_with_room_is_suggested_but_not_listed() -> None:
    some = running(1, 2)
    Enrolment.objects.filter(pk=some.mentors[0].pk).update(capacity=2)
    rematching.offer(
        actor=some.hr, program=some.program, mentor=some.mentors[0], mentee=some.mentees[0]
    )
    assert names(some) == {"Senior B"}
    assert suggested(some, some.mentees[1]) == ["Junior A"]


@pytest.mark.django_db
def test_three_best_for_both_roles_best_first() -> None:
    some = running(5, 2)
    assert suggested(some, some.mentees[0]) == [
        "Junior C",
        "Junior D",
        "Junior E",
    ]  # who know most; ties by key
    assert len(suggested(some, some.mentors[0])) == 2


@pytest.mark.django_db
def test_pins_are_for_runs_and_stand_in_the_way_of_nothing() -> None:
    some = running(1, 1)
    PairRule.objects.create(
        program=some.program, mentor=some.mentors[0], mentee=some.mentees[0], kind=RuleKind.PIN
    )
    assert suggested(some, some.mentees[0]) == ["Junior A"]


def keep_apart(some: Pool, why: str) -> None:
    mentor, mentee = some.mentors[0], some.mentees[0]
    if why == "void":
        pairing = rematching.offer(
            actor=some.hr, program=some.program, mentor=mentor, mentee=mentee
        )
        offers.decline(actor=pairing.mentor, pairing=pairing)
    elif why == "avoided":
        Avoidance.objects.create(person=mentee.person, people=[str(mentor.person.public_id)])
    elif why == "blocked":
        first, second = sorted([mentor.person, mentee.person], key=lambda person: person.pk)
        PairBlock.objects.create(first=first, second=second)
    elif why == "busy":
        Enrolment.objects.filter(pk=mentor.pk).update(availability=[[6, 0, 60]])


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("why", ["void", "avoided", "blocked", "busy"])
def test_what_may_not_be_is_neither_suggested_nor_offered_and_all_reads_alike(
    why: str, as_user: AsUser
) -> None:
    some = running(1, 1)
    keep_apart(some, why)
    client, url = (
        as_user(some.coordinator),
        reverse("matching:free_offer", args=[some.program.public_id]),
    )
    sides = {"mentor": some.mentors[0].public_id, "mentee": some.mentees[0].public_id}
    page = page_of(some, as_user)
    assert page.count("Nobody with a free place fits at the moment.") == 2
    live = Pairing.objects.live().count()
    after = client.post(url, sides, follow=True).content.decode()
    assert (
        "Junior A and Senior A cannot be offered to each other now: not available. Nothing was "
        "sent." in after
    )
    assert Pairing.objects.live().count() == live == 0


# the offer


@pytest.mark.django_db
def test_offering_asks_the_mentor_and_nobody_else(as_user: AsUser) -> None:
    some = running(1, 1)
    url = reverse("matching:free_offer", args=[some.program.public_id])
    sides = {"mentor": some.mentors[0].public_id, "mentee": some.mentees[0].public_id}
    page = as_user(some.coordinator).post(url, sides, follow=True).content.decode()
    assert "Junior A is being asked about Senior A" in page
    pairing = Pairing.objects.get()
    assert (pairing.state, hasattr(pairing, "proposal"), pairing.mentor_accepted_at) == (
        PairingState.OFFERED,
        False,
        None,
    )
    assert pairing.score > 0
    assert pairing.reasons[0]["key"] == "topics"
    assert pairing.offer_expires_at == pytest.approx(
        clock.now() + timedelta(days=7), abs=timedelta(minutes=1)
    )
    assert kinds(pairing.mentor) == [
        "pairings.offer_mentor",
        *["pairings.offer_mentor_reminder"] * 2,
    ]
    assert kinds(pairing.mentee) == []
    entry = AuditEntry.objects.get(verb="pairing.offered")
    assert (entry.actor_id, entry.scope) == (some.coordinator.pk, some.program.public_id)


@pytest.mark.django_db
def test_offering_twice_asks_once() -> None:
    some = running(1, 1)
    first, second = (
        rematching.offer(
            actor=actor, program=some.program, mentor=some.mentors[0], mentee=some.mentees[0]
        )
        for actor in (some.hr, some.coordinator)
    )
    assert first.pk == second.pk
    assert OutboxMessage.objects.count() == 3
    assert AuditEntry.objects.filter(verb="pairing.offered").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("taken", "no place left"),
        ("withdrawn", "no longer taking part"),
        ("left", "no longer taking part"),
        ("reporting line", "in one reporting line"),
        ("never", "excluded by you"),
        ("language", "no common language"),
    ],
)
def test_what_has_changed_since_the_page_was_opened_is_refused(what: str, words: str) -> None:
    some = running(1, 2)
    mentor, mentee = some.mentors[0], some.mentees[0]
    if what == "taken":
        rematching.offer(actor=some.hr, program=some.program, mentor=mentor, mentee=some.mentees[1])
    elif what == "withdrawn":
        Enrolment.objects.filter(pk=mentor.pk).update(state=EnrolmentState.WITHDRAWN)
    elif what == "left":
        User.objects.filter(pk=mentor.person_id).update(is_active=False)
    elif what == "reporting line":
        User.objects.filter(pk=mentor.person_id).update(manager=mentee.person)
    elif what == "never":
        PairRule.objects.create(
            program=some.program, mentor=mentor, mentee=mentee, kind=RuleKind.FORBID
        )
    else:
        Enrolment.objects.filter(pk=mentor.pk).update(languages=["fi"])
        Enrolment.objects.filter(pk=mentee.pk).update(languages=["pt"])
    before = Pairing.objects.count(), OutboxMessage.objects.count()
    with pytest.raises(PairRefusedError) as refused:
        rematching.offer(actor=some.coordinator, program=some.program, mentor=mentor, mentee=mentee)
    assert words in offer_refused(refused.value)
    assert (Pairing.objects.count(), OutboxMessage.objects.count()) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", [ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.CLOSING]
)
def test_single_pairs_are_offered_while_the_program_runs(state: str) -> None:
    some = pool(1, 1, state=state)
    with pytest.raises(DomainError, match="while the program runs"):
        rematching.offer(
            actor=some.hr, program=some.program, mentor=some.mentors[0], mentee=some.mentees[0]
        )


@pytest.mark.django_db
def test_people_of_another_program_are_not_found(as_user: AsUser) -> None:
    some, other = running(1, 1), running(1, 1)
    url = reverse("matching:free_offer", args=[some.program.public_id])
    client = as_user(some.coordinator)
    sides = {"mentor": some.mentors[0].public_id, "mentee": other.mentees[0].public_id}
    assert client.post(url, sides).status_code == 404
    with pytest.raises(DomainError):
        rematching.offer(
            actor=some.hr, program=some.program, mentor=some.mentors[0], mentee=other.mentees[0]
        )
    swapped = {"mentor": some.mentees[0].public_id, "mentee": some.mentors[0].public_id}
    assert "Choose a mentor and a mentee" in client.post(url, swapped, follow=True).content.decode()
    assert not Pairing.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False])
def test_two_coordinators_at_once(same: bool) -> None:
    """The same pair is offered once; of two pairs with one person, one is offered and the other
    refused.
    """
    some = running(1, 2)
    together = Barrier(2)
    made: list[int] = []
    refused: list[str] = []

    def offer(actor: User, mentee: Enrolment) -> None:
        try:
            together.wait(5)
            made.append(
                rematching.offer(
                    actor=actor, program=some.program, mentor=some.mentors[0], mentee=mentee
                ).pk
            )
        except DomainError as error:
            refused.append(str(error.code))
        finally:
            connections.close_all()

    wanted = [(some.hr, some.mentees[0]), (some.coordinator, some.mentees[0 if same else 1])]
    threads = [Thread(target=offer, args=pair) for pair in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(made)) == Pairing.objects.count() == 1
    assert (len(made), refused) == ((2, []) if same else (1, ["refused"]))
    assert OutboxMessage.objects.filter(kind="pairings.offer_mentor").count() == 1


# the page


@pytest.mark.django_db
def test_page_has_names_reasons_and_the_button(as_user: AsUser) -> None:
    page = page_of(running(2, 1), as_user)
    assert "Senior A" in page
    assert "Wanted and offered: AI tools" in page
    assert page.count("Offer this pair") == 4  # each pair stands with both of its people


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [("?role=mentee", "senior a", "junior a</h2>"), ("?q=junior", "junior a", "senior a</h2>")],
)
def test_search_and_filter(query: str, seen: str, unseen: str, as_user: AsUser) -> None:
    page = page_of(running(1, 1), as_user, query).lower()
    assert f"{seen}</h2>" in page
    assert unseen not in page


@pytest.mark.django_db
def test_after_the_program_one_reads_and_cannot_offer(as_user: AsUser) -> None:
    page = page_of(pool(1, 1, state=ProgramState.CLOSING), as_user)
    assert "Junior A" in page
    assert "Offer this pair" not in page


@pytest.mark.django_db
def test_too_many_are_listed_without_comparing(
    as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rematching, "MOST_COMPARED", 3)
    page = page_of(running(2, 2), as_user)
    assert "a run of matching places them better" in page
    assert "Junior A" in page
    assert "Offer this pair" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_queries_do_not_grow(
    people: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = running(people, people)
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(24):
        assert (
            client.get(reverse("matching:free_again", args=[some.program.public_id])).status_code
            == 200
        )
