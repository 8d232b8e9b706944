"""Wrong turns of an offer: a second press, two tabs, an answer that comes too late, a place that is
gone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from notifications.models import OutboxMessage
from pairings.domain import offers
from pairings.enums import PairingState
from pairings.models import Pairing
from tests.pairings.test_offers import AsUser, address, offer


def answer(as_user: AsUser, person: User, pairing: Pairing, *answers: str) -> str:
    """Press these buttons one after the other, on pages that were opened before any of them; the
    last page.
    """
    client = as_user(person)
    for word in answers:
        response = client.post(address(pairing), {"answer": word}, follow=True)
        assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (["accept", "accept"], "You have said yes. Now"),
        (["accept", "decline"], "You have already said yes to this match"),
        (["decline", "decline"], "This match did not come about."),
        (["decline", "accept"], "This match can no longer be answered."),
    ],
)
def test_mentors_second_answer_shows_how_things_stand(
    answers: list[str], words: str, as_user: AsUser
) -> None:
    _, pairing = offer()
    page = answer(as_user, pairing.mentor, pairing, *answers)
    assert words in page
    pairing.refresh_from_db()
    assert pairing.state == (PairingState.OFFERED if answers[0] == "accept" else PairingState.VOID)
    assert (
        OutboxMessage.objects.filter(
            kind__in=["pairings.offer_mentee", "pairings.match_void"]
        ).count()
        == 1
    )


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (["accept", "accept"], "You have both said yes."),
        (["accept", "decline"], "You have already said yes to this match"),
        (["decline", "decline"], "This match did not come about."),
        (["decline", "accept"], "This match can no longer be answered."),
    ],
)
def test_mentees_second_answer_shows_how_things_stand(
    answers: list[str], words: str, as_user: AsUser
) -> None:
    _, pairing = offer()
    offers.accept(actor=pairing.mentor, pairing=pairing)
    assert words in answer(as_user, pairing.mentee, pairing, *answers)
    pairing.refresh_from_db()
    assert pairing.state == (PairingState.ACTIVE if answers[0] == "accept" else PairingState.VOID)


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("side", ["mentor", "mentee"])
@pytest.mark.parametrize("word", ["accept", "decline"])
def test_a_late_answer_reads_the_neutral_line(
    side: str, word: str, as_user: AsUser, at: Callable[..., None]
) -> None:
    _, pairing = offer()
    if side == "mentee":
        pairing = offers.accept(actor=pairing.mentor, pairing=pairing)
    assert pairing.offer_expires_at is not None
    at(pairing.offer_expires_at + timedelta(seconds=1))
    person = getattr(pairing, side)
    opened = as_user(person).get(address(pairing)).content.decode()
    assert "This match did not come about." in opened
    assert "Please answer by" not in opened
    assert "This match did not come about." in answer(as_user, person, pairing, word)
    pairing.refresh_from_db()
    assert pairing.state == PairingState.VOID


@pytest.mark.django_db
def test_a_place_that_is_gone_meanwhile_reads_the_neutral_line(as_user: AsUser) -> None:
    _, pairing = offer()
    offers.accept(actor=pairing.mentor, pairing=pairing)
    pairing.mentor_enrolment.capacity = 0
    pairing.mentor_enrolment.save()
    page = answer(as_user, pairing.mentee, pairing, "accept")
    assert "This match did not come about." in page
    assert pairing.mentor.name not in page
