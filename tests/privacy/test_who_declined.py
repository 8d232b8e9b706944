"""Who declined, paused or ended is read off nowhere: not from a page, and not from the difference
of two days.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import PairBlock
from common import clock
from common.models import AuditEntry
from matching.domain import rematching
from meetings.domain import pausing
from notifications.models import OutboxMessage
from pairings.domain import offers
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import ProgramState
from tests.factories import (
    PairingFactory,
    ProgramStaffFactory,
    UserFactory,
)
from tests.matching.matching_data import Pool, pool
from tests.meetings.session_data import book, make_program
from tests.support.pages import text_of, without_random
from tests.support.types import AsUser, At

pytestmark = [pytest.mark.broad, pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


def test_the_trail_is_the_same_whoever_said_no() -> None:
    trails = []
    for mentor_says_yes in (False, True):
        pairing = PairingFactory(
            state=PairingState.OFFERED,
            offer_expires_at=clock.now() + timedelta(days=7),
            mentor_accepted_at=None,
            mentee_accepted_at=None,
            activated_at=None,
        )
        if mentor_says_yes:
            offers.accept(actor=pairing.mentor, pairing=pairing)
        pairing.refresh_from_db()
        offers.decline(actor=pairing.mentee if mentor_says_yes else pairing.mentor, pairing=pairing)
        rows = AuditEntry.objects.filter(scope=pairing.program.public_id)
        trails.append(list(rows.values_list("verb", "actor_id", "detail")))
    assert trails[0] == trails[1] == [("pairing.void", None, {})]


def seen_after(stopped_by: str, stop: Any, as_user: AsUser) -> dict[tuple[str, str], str]:
    """{(reader, address): page} after one of a pair has stopped it; then it is undone."""
    found = {}
    with transaction.atomic():
        pairing = Pairing.objects.get()
        book(pairing)
        stop(actor=getattr(pairing, stopped_by), pairing=pairing)
        coordinator = ProgramStaffFactory(
            program=pairing.program, person=UserFactory(name="Cora", email="cora@example.com")
        ).person
        session = reverse("meetings:session_detail", args=[pairing.sessions.get().public_id])
        inside = [
            reverse(f"{name}", args=[pairing.public_id])
            for name in ("meetings:pairing_pause", "mentoring:pair_home")
        ]
        own = [
            *inside,
            session,
            reverse("mentoring:home"),
            reverse("notifications:inbox"),
            reverse("mentoring:my_pairs"),
        ]
        names = (
            "meetings:pairing_list",
            "meetings:session_list",
            "mentoring:program_overview",
            "meetings:session_export",
        )
        managed = [reverse(name, args=[pairing.program.public_id]) for name in names]
        readers = {
            "mentor": (pairing.mentor, own),
            "mentee": (pairing.mentee, own),
            "coordinator": (coordinator, managed),
        }
        for role, (person, addresses) in readers.items():
            client = as_user(person)
            for number, address in enumerate(addresses):
                answer = client.get(address)
                found[role, f"{number} {answer.status_code}"] = without_random(text_of(answer))
        for message in OutboxMessage.objects.order_by("recipient", "kind"):
            found[f"mail to {message.recipient_id} {message.kind}", message.state] = (
                message.subject + message.text
            )
        for row in AuditEntry.objects.filter(target_type="pairings.pairing"):
            found[row.verb, str(row.actor_id)] = str(row.detail)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_all_that_anybody_sees_of_a_stopped_pair_is_the_same_whoever_stopped_it(
    as_user: AsUser, at: At, state: str
) -> None:
    at(datetime(2027, 2, 1, 9, tzinfo=UTC))
    program = make_program()
    PairingFactory(program=program)
    stop = pausing.pause if state == "paused" else pausing.end
    one, other = (seen_after(side, stop, as_user) for side in ("mentor", "mentee"))
    assert one.keys() == other.keys()
    assert len(one) > 16
    for key, page in one.items():
        assert page == other[key], key


# who is free: a page that knows no past


def how_it_ended(outcome: str, some: Pool) -> None:
    """The first mentor and the first mentee come to have nobody, and are not available to each
    other, in this way.
    """
    mentor, mentee = some.mentors[0], some.mentees[0]
    if outcome == "never asked":
        first, second = sorted([mentor.person, mentee.person], key=lambda person: person.pk)
        PairBlock.objects.create(first=first, second=second)
        return
    pairing = rematching.offer(actor=some.hr, program=some.program, mentor=mentor, mentee=mentee)
    if "mentee" in outcome:
        offers.accept(actor=pairing.mentor, pairing=pairing)
    if "declines" in outcome:
        offers.decline(
            actor=mentor.person if "mentor" in outcome else mentee.person, pairing=pairing
        )
    elif "directory" in outcome:
        pausing.pause_for_directory(pairing=pairing, why="reporting_line")
    else:
        Pairing.objects.filter(pk=pairing.pk).update(offer_expires_at=clock.now())
        assert offers.expire_offers() == 1


OUTCOMES = [
    "never asked",
    "the mentor declines",
    "the mentee declines",
    "the mentor does not answer",
    "the mentee does not answer",
    "the directory, before the mentor answers",
    "the directory, while the mentee is asked",
]


@pytest.mark.parametrize("others", [0, 1])
def test_the_page_of_who_is_free_is_the_same_whatever_happened(
    others: int, as_user: AsUser
) -> None:
    some = pool(1 + others, 1 + others, state=ProgramState.RUNNING)
    client = as_user(some.coordinator)
    url, offer = (
        reverse(f"matching:free_{name}", args=[some.program.public_id])
        for name in ("again", "offer")
    )
    sides = {"mentor": some.mentors[0].public_id, "mentee": some.mentees[0].public_id}
    seen = set()
    for outcome in OUTCOMES:
        with transaction.atomic():
            how_it_ended(outcome, some)
            pages = [
                client.get(url + query).content.decode()
                for query in ("", "?sort=role", "?role=mentee", "?q=junior")
            ]
            pages.append(
                client.post(offer, sides, follow=True).content.decode()
            )  # the very same pair once more
            transaction.set_rollback(True)
        seen.add(without_random("".join(pages)))
        assert "Junior A" in pages[0]
        assert "Senior A" in pages[0]
    assert len(seen) == 1
    text = seen.pop().lower()
    for word in ("declin", "expired", "no answer", "asked before"):
        assert word not in text


def test_two_whose_offer_was_not_accepted_are_free_at_the_same_time() -> None:
    """Were one there before the other, the page would tell whose answer it was."""
    some = pool(1, 1, state=ProgramState.RUNNING)
    both = {some.mentors[0].pk, some.mentees[0].pk}
    for outcome in OUTCOMES[1:]:
        with transaction.atomic():
            pairing = rematching.offer(
                actor=some.hr, program=some.program, mentor=some.mentors[0], mentee=some.mentees[0]
            )
            assert rematching.free_pool(some.program).alone == frozenset()
            offers.accept(actor=pairing.mentor, pairing=pairing)
            assert rematching.free_pool(some.program).alone == frozenset()
            transaction.set_rollback(True)
        with transaction.atomic():
            how_it_ended(outcome, some)
            assert rematching.free_pool(some.program).alone == both
            transaction.set_rollback(True)
