"""Offers: published once, mentor first, then mentee; every other outcome is one neutral line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from common import clock
from common.errors import DomainError
from matching.domain import publishing, runs
from notifications.enums import MessageState
from notifications.kinds import get as kind_of
from notifications.models import OutboxMessage
from pairings.domain import offers
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.models import Program
from tests import factories as make
from tests.matching.matching_data import Pool, kinds, pool
from tests.support.types import AsUser


def offer() -> tuple[Pool, Pairing]:
    """One published offer."""
    some = pool(1, 1)
    [pairing] = some.published()
    return some, pairing


def address(pairing: Pairing) -> str:
    return reverse("pairings:offer_detail", args=[pairing.public_id])


# the mentor first


@pytest.mark.django_db
def test_mentor_sees_why_and_what_for(as_user: AsUser) -> None:
    _, pairing = offer()
    page = as_user(pairing.mentor).get(address(pairing)).content.decode()
    assert "You know what they want to learn: AI tools" in page
    assert "How the next generation buys." in page
    assert "What stays confidential" in page
    assert "Ask for someone else" in page
    assert str(pairing.score) not in page, "the score is for those who manage the program"


@pytest.mark.django_db
def test_offer_before_the_mentor_accepted_is_404_for_the_mentee(as_user: AsUser) -> None:
    _, pairing = offer()
    client = as_user(pairing.mentee)
    assert client.get(address(pairing)).status_code == 404
    assert client.post(address(pairing), {"answer": "accept"}).status_code == 404
    assert client.post(address(pairing), {"answer": "decline"}).status_code == 404
    pairing.refresh_from_db()
    assert pairing.state == PairingState.OFFERED
    with pytest.raises(DomainError):
        offers.accept(actor=pairing.mentee, pairing=pairing)
    with pytest.raises(DomainError):
        offers.decline(actor=pairing.mentee, pairing=pairing)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["hr", "coordinator", "stranger"])
def test_offer_page_of_somebody_else_is_404(who: str, as_user: AsUser) -> None:
    some, pairing = offer()
    person = {"hr": some.hr, "coordinator": some.coordinator, "stranger": make.UserFactory()}[who]
    assert as_user(person).get(address(pairing)).status_code == 404


@pytest.mark.django_db
def test_opening_an_offer_changes_nothing(as_user: AsUser) -> None:
    _, pairing = offer()
    as_user(pairing.mentor).get(address(pairing))
    assert Pairing.objects.get(pk=pairing.pk).mentor_accepted_at is None


@pytest.mark.broad
@pytest.mark.django_db
def test_both_say_yes_and_a_pair_begins(as_user: AsUser) -> None:
    _, pairing = offer()
    response = as_user(pairing.mentor).post(address(pairing), {"answer": "accept"})
    assert response.status_code == 303
    assert kinds(pairing.mentor) == []
    assert "pairings.offer_mentee" in kinds(pairing.mentee)
    assert "Now Senior is asked" in as_user(pairing.mentor).get(address(pairing)).content.decode()
    after = (
        as_user(pairing.mentor)
        .post(address(pairing), {"answer": "decline"}, follow=True)
        .content.decode()
    )
    assert "You have already said yes to this match" in after
    page = as_user(pairing.mentee).get(address(pairing)).content.decode()
    assert "Junior A" in page
    assert "Knows what you want to learn: AI tools" in page
    offers.accept(actor=pairing.mentee, pairing=pairing)
    pairing.refresh_from_db()
    assert pairing.state == PairingState.ACTIVE
    assert kinds(pairing.mentor) == kinds(pairing.mentee) == ["pairings.match_active"]
    assert pairing.agreement_versions.get().text == pairing.program.agreement_text


@pytest.mark.django_db
def test_saying_yes_twice_changes_nothing() -> None:
    _, pairing = offer()
    for person in (pairing.mentor, pairing.mentor, pairing.mentee, pairing.mentee):
        offers.accept(actor=person, pairing=pairing)
    assert kinds(pairing.mentor) == ["pairings.match_active"]
    assert pairing.agreement_versions.count() == 1


@pytest.mark.broad
@pytest.mark.django_db
def test_mentors_no_reaches_the_mentor_alone(as_user: AsUser) -> None:
    _, pairing = offer()
    as_user(pairing.mentor).post(address(pairing), {"answer": "decline"})
    pairing.refresh_from_db()
    assert pairing.state == PairingState.VOID
    assert kinds(pairing.mentor) == ["pairings.match_void"]
    assert kinds(pairing.mentee) == [], "the mentee never knew"
    assert as_user(pairing.mentee).get(address(pairing)).status_code == 404
    assert "did not come about" in as_user(pairing.mentor).get(address(pairing)).content.decode()
    offers.decline(actor=pairing.mentor, pairing=pairing)
    assert len(kinds(pairing.mentor)) == 1


def texts(person: User) -> tuple[str, str, str]:
    """The one message about the end of an offer, without the person's name."""
    message = OutboxMessage.objects.get(recipient=person, kind="pairings.match_void")
    return (
        message.subject,
        message.text.replace(person.short_name, "X"),
        message.html.replace(person.short_name, "X"),
    )


@pytest.mark.broad
@pytest.mark.django_db
def test_every_outcome_reads_the_same_to_both(at: Callable[..., None], as_user: AsUser) -> None:
    heard = set()
    pages = set()
    for outcome in ("mentee declines", "nobody answers", "a place is lost"):
        _, pairing = offer()
        offers.accept(actor=pairing.mentor, pairing=pairing)
        if outcome == "mentee declines":
            offers.decline(actor=pairing.mentee, pairing=pairing)
        elif outcome == "nobody answers":
            Pairing.objects.filter(pk=pairing.pk).update(offer_expires_at=clock.now())
            assert offers.expire_offers() == 1
        else:
            pairing.mentor_enrolment.capacity = 0
            pairing.mentor_enrolment.save()
            assert offers.accept(actor=pairing.mentee, pairing=pairing).state == PairingState.VOID
        for person in (pairing.mentor, pairing.mentee):
            heard.add(texts(person))
            page = as_user(person).get(address(pairing)).content.decode()
            pages.add(page[page.index('id="main"') : page.index("</main>")])
    assert len(heard) == 1
    assert len(pages) == 1


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize(
    "outcome", ["mentor", "mentee", "expired at the mentor", "expired at the mentee"]
)
def test_managers_cannot_see_who_declined(outcome: str, as_user: AsUser) -> None:
    some = pool(1, 1)
    run = some.run()
    [pairing] = publishing.publish_run(actor=some.hr, run=run)
    if outcome in ("mentee", "expired at the mentee"):
        offers.accept(actor=pairing.mentor, pairing=pairing)
    if outcome in ("mentor", "mentee"):
        offers.decline(actor=getattr(pairing, outcome), pairing=pairing)
    else:
        Pairing.objects.filter(pk=pairing.pk).update(offer_expires_at=clock.now())
        offers.expire_offers()
    client = as_user(some.coordinator)
    pages = [
        client.get(reverse("meetings:pairing_list", args=[some.program.public_id])),
        client.get(reverse("matching:match_run_detail", args=[run.public_id])),
        client.get(reverse("matching:proposal_detail", args=[run.proposals.get().public_id])),
    ]
    assert "Did not come about" in pages[0].content.decode()
    for response in pages:
        text = response.content.decode().lower()
        for word in ("declin", "expired", "someone else", "refused by", "no answer", "s’ side"):
            assert word not in text, word


@pytest.mark.django_db
def test_offers_expire_once_and_only_when_due(at: Callable[..., None]) -> None:
    _, pairing = offer()
    assert offers.expire_offers() == 0
    assert pairing.offer_expires_at is not None
    at(pairing.offer_expires_at + timedelta(seconds=1))
    assert offers.expire_offers() == 1
    assert offers.expire_offers() == 0
    pairing.refresh_from_db()
    assert pairing.state == PairingState.VOID


@pytest.mark.django_db
def test_one_offer_that_fails_keeps_no_other_from_expiring(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = pool(2, 2).published()
    Pairing.objects.update(offer_expires_at=clock.now())
    lock = offers.lock_pairing

    def broken(pairing: Pairing) -> Pairing:
        if pairing.pk == pairs[0].pk:
            raise RuntimeError("broken")
        return lock(pairing)

    monkeypatch.setattr(offers, "lock_pairing", broken)
    assert offers.expire_offers() == 1
    assert Pairing.objects.get(state=PairingState.VOID).pk == pairs[1].pk


@pytest.mark.django_db
def test_yes_after_the_deadline_comes_too_late(at: Callable[..., None]) -> None:
    _, pairing = offer()
    assert pairing.offer_expires_at is not None
    at(pairing.offer_expires_at + timedelta(seconds=1))
    assert offers.accept(actor=pairing.mentor, pairing=pairing).state == PairingState.VOID


@pytest.mark.django_db
def test_two_nudges_at_most_and_only_while_they_make_sense() -> None:
    _, pairing = offer()
    nudges = OutboxMessage.objects.filter(kind="pairings.offer_mentor_reminder")
    days = sorted((message.due_at - pairing.created_at).days for message in nudges)
    assert days == [3, 6]
    still_due = kind_of("pairings.offer_mentor_reminder").still_due
    assert still_due is not None
    assert all(still_due(message) for message in nudges)
    offers.accept(actor=pairing.mentor, pairing=pairing)
    assert not any(still_due(message) for message in nudges)
    assert set(nudges.values_list("state", flat=True)) == {MessageState.CANCELLED}


@pytest.mark.django_db
def test_people_are_free_again_and_meet_somebody_else() -> None:
    some = pool(2, 1)
    [pairing] = some.published()
    offers.decline(actor=pairing.mentor, pairing=pairing)
    [second] = some.published()
    assert second.mentee == pairing.mentee
    assert second.mentor != pairing.mentor


@pytest.mark.django_db
def test_answer_must_be_one_of_two(as_user: AsUser) -> None:
    _, pairing = offer()
    as_user(pairing.mentor).post(address(pairing), {"answer": "maybe"})
    pairing.refresh_from_db()
    assert (pairing.state, pairing.mentor_accepted_at) == (PairingState.OFFERED, None)


@pytest.mark.django_db
def test_links_of_the_messages_lead_somewhere() -> None:
    _, pairing = offer()
    offers.accept(actor=pairing.mentor, pairing=pairing)
    offers.decline(actor=pairing.mentee, pairing=pairing)
    for message in OutboxMessage.objects.all():
        link = kind_of(message.kind).link
        assert link is not None
        assert link(message).startswith("http")


# two at a time, on two real connections


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_mentees_want_a_mentors_last_place_at_once() -> None:
    """Both accept at the same moment: one gets the place, the other reads the neutral line."""
    from threading import Barrier, Thread

    from django.db import connections

    some = pool(1, 2)
    pairs = [
        make.PairingFactory(
            program=some.program,
            mentor_enrolment=some.mentors[0],
            mentee_enrolment=mentee,
            state=PairingState.OFFERED,
            mentee_accepted_at=None,
            activated_at=None,
        )
        for mentee in some.mentees
    ]
    together = Barrier(2)
    problems: list[Any] = []

    def accept(pairing: Pairing) -> None:
        try:
            together.wait(5)
            offers.accept(actor=pairing.mentee, pairing=pairing)
        except Exception as error:  # noqa: BLE001 - reported below
            problems.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=accept, args=[pairing]) for pairing in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert problems == []
    states = sorted(Pairing.objects.values_list("state", flat=True))
    assert states == [PairingState.ACTIVE, PairingState.VOID]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_store_one_result() -> None:
    from threading import Barrier, Thread

    from django.db import connections

    some = pool(3, 3)
    run = runs.start_run(actor=some.hr, program=some.program)
    together = Barrier(2)
    finished: list[bool] = []

    def work() -> None:
        try:
            together.wait(5)
            finished.append(runs.execute_run(run.pk))
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(finished) == [False, True]
    assert run.proposals.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "words"),
    [("running", "considered again"), ("closing", "No more pairs are made in this program")],
)
def test_who_declines_is_promised_another_only_where_there_may_be_one(
    state: str, words: str, as_user: AsUser
) -> None:
    _pool, pairing = offer()
    Program.objects.update(state=state)
    client = as_user(pairing.mentor)
    assert words in client.get(address(pairing)).text, "before"
    answered = client.post(address(pairing), {"answer": "decline"}, follow=True)
    assert words in answered.text, "after"
