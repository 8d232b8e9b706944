"""The coordinator's pages about messages look the same whoever said no, cancelled, or has not signed or answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from notifications import sender
from pairings.domain import agreement_nudges, agreements, offers, pausing, sessions
from pairings.models import Pairing
from tests.factories import PairingFactory, ProgramStaffFactory, UserFactory
from tests.pairings.matching_data import pool
from tests.pairings.session_data import book, make_program

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 2, 9, tzinfo=UTC)


def pages(program: Any, as_user: Any, when: datetime) -> dict[str, str]:
    """All that a coordinator can read about messages, without what differs in every page."""
    coordinator = ProgramStaffFactory(program=program, person=UserFactory(name="Cora", email="cora@example.com")).person
    client, found = as_user(coordinator), {}
    addresses = [reverse(f"mentoring:{name}", args=[program.public_id]) for name in ("program_messages", "needs_you")]
    addresses += [f"{addresses[0]}?state={state}" for state in ("cancelled", "sent", "queued", "trouble")]
    for number, address in enumerate(addresses):
        text = client.get(address).content.decode()
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "ID", text)
        text = re.sub(r"<time.*?</time>", "TIME", text)
        found[str(number)] = re.sub(r"[A-Za-z0-9]{64}", "TOKEN", text)
    return found


def after(deed: Any, as_user: Any, at: Any, *, pairing: Pairing) -> dict[str, str]:
    """The pages after a deed and a round of sending; then all of it is undone."""
    found: dict[str, str] = {}
    with transaction.atomic():
        deed(pairing)
        sender.send_due()
        at(NOW + timedelta(days=12))
        agreement_nudges.nudge_unsigned()
        sender.send_due()
        found = pages(pairing.program, as_user, NOW)
        transaction.set_rollback(True)
    at(NOW)
    return found


def declined_by(side: str) -> Any:
    def deed(pairing: Pairing) -> None:
        if side == "mentee":
            offers.accept(actor=pairing.mentor, pairing=pairing)
            sender.send_due()
        offers.decline(actor=getattr(pairing, side), pairing=pairing)

    return deed


def test_declined_offer(as_user: Any, at: Any) -> None:
    at(NOW)
    some = pool(1, 1)
    [pairing] = some.published()
    one, other = (after(declined_by(side), as_user, at, pairing=pairing) for side in ("mentor", "mentee"))
    assert one == other


def test_offer_that_one_or_nobody_has_answered(as_user: Any, at: Any) -> None:
    at(NOW)
    some = pool(1, 1)
    [pairing] = some.published()
    yes = after(lambda p: offers.accept(actor=p.mentor, pairing=p), as_user, at, pairing=pairing)
    assert yes == after(lambda p: None, as_user, at, pairing=pairing)


@pytest.fixture
def pair(at: Any) -> Pairing:
    at(NOW)
    made: Pairing = PairingFactory(program=make_program(), activated_at=NOW)
    return made


def by_both(pair: Pairing, as_user: Any, at: Any, deed: Any) -> None:
    one, other = (
        after(lambda p, side=side: deed(getattr(p, side), p), as_user, at, pairing=pair) for side in ("mentor", "mentee")
    )
    assert one == other


def test_cancelled_session(pair: Pairing, as_user: Any, at: Any) -> None:
    session = book(pair, day=(NOW + timedelta(days=30)).date())
    by_both(pair, as_user, at, lambda actor, p: sessions.cancel(actor=actor, session=session))


@pytest.mark.parametrize("verb", ["pause", "end", "ready"])
def test_paused_ended_resumed_pair(pair: Pairing, as_user: Any, at: Any, verb: str) -> None:
    def deed(actor: Any, p: Pairing) -> None:
        if verb == "ready":
            pausing.pause(actor=p.mentor, pairing=p)
            pausing.resume(actor=actor, pairing=p)
        else:
            getattr(pausing, verb)(actor=actor, pairing=p)

    by_both(pair, as_user, at, deed)


def test_agreement_that_one_has_signed(pair: Pairing, as_user: Any, at: Any) -> None:
    agreements.write_first_version(pair)
    by_both(pair, as_user, at, lambda actor, p: agreements.sign(actor=actor, pairing=p, number=1))


def test_agreement_that_one_has_changed(pair: Pairing, as_user: Any, at: Any) -> None:
    agreements.write_first_version(pair)
    additions = agreements.Additions(boundaries="Not after eight.")
    by_both(
        pair,
        as_user,
        at,
        lambda actor, p: agreements.propose_version(actor=actor, pairing=p, base_number=1, additions=additions, sign_it=True),
    )
