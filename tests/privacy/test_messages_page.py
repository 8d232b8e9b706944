"""The coordinator's pages about messages look the same whoever said no, cancelled, or has not
signed or answered.

Whether mail arrives, is refused, or finds no server.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Absence
from common import clock
from meetings.domain import pausing, sessions
from meetings.due import sessions as sessions_due
from notifications.delivery import outcomes, sender
from notifications.enums import MessageState
from notifications.models import MessagePreferences
from pairings.domain import agreements, offers
from pairings.due import agreements as agreements_due
from pairings.models import Pairing
from tests.factories import PairingFactory, ProgramStaffFactory, UserFactory
from tests.matching.matching_data import pool
from tests.meetings.session_data import book, make_program
from tests.support.pages import text_of, without_random
from tests.support.types import AsUser, At

pytestmark = [pytest.mark.broad, pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]
NOW = datetime(2027, 2, 2, 9, tzinfo=UTC)
STATES = ("cancelled", "sent", "queued", "trouble", "on_its_way")


@pytest.fixture(autouse=True, params=["arrives", "refused", "away"])
def mail(request: Any, monkeypatch: Any) -> str:
    """What becomes of every mail."""
    ends = {
        "refused": lambda message, _send: outcomes.finish(
            message, MessageState.FAILED, "554 5.7.1 no"
        ),
        "away": lambda message, _send: outcomes.put_off(message, "no answer"),
    }
    if request.param in ends:
        monkeypatch.setattr(sender, "hand_over", ends[request.param])
    return str(request.param)


def all_pages(program: Any, as_user: AsUser, at: At) -> dict[str, str]:
    """What a coordinator and HR see, on the same day and on the next."""
    staff = {
        "coordinator": ProgramStaffFactory(
            program=program, person=UserFactory(name="Cora", email="cora@example.com")
        ).person
    }
    staff["HR"] = UserFactory(name="Hanna", email="hanna@example.com", is_hr_admin=True)
    found: dict[str, str] = {}
    found |= pages("HR", program, as_user(staff["HR"]), states=(), hr=True)
    client = as_user(staff["coordinator"])
    found |= pages("same day", program, client)
    at(clock.now() + timedelta(days=1))
    sender.send_due()
    return found | pages("next day", program, client)


def pages(
    when: str, program: Any, client: Any, *, states: tuple[str, ...] = STATES, hr: bool = False
) -> dict[str, str]:
    """All that those who run a program can read about messages."""
    found = {}
    addresses = [
        reverse(f"mentoring:{name}", args=[program.public_id])
        for name in ("program_messages", "needs_you")
    ]
    addresses += [f"{addresses[0]}?state={state}" for state in states]
    addresses += [reverse("mentoring:all_messages")] if hr else []
    for number, address in enumerate(addresses):
        found[f"{when} {number}"] = without_random(text_of(client.get(address)))
    return found


def after(deed: Any, as_user: AsUser, at: At, *, pairing: Pairing) -> dict[str, str]:
    """The pages after a deed and a round of sending; then all of it is undone."""
    found: dict[str, str] = {}
    with transaction.atomic():
        deed(pairing)
        sender.send_due()
        at(NOW + timedelta(days=12))
        agreements_due.nudge_unsigned()
        sender.send_due()
        found = all_pages(pairing.program, as_user, at)
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


def test_declined_offer(as_user: AsUser, at: At) -> None:
    at(NOW)
    some = pool(1, 1)
    [pairing] = some.published()
    one, other = (
        after(declined_by(side), as_user, at, pairing=pairing) for side in ("mentor", "mentee")
    )
    assert one == other


def test_offer_that_one_or_nobody_has_answered(as_user: AsUser, at: At) -> None:
    at(NOW)
    some = pool(1, 1)
    [pairing] = some.published()
    yes = after(lambda p: offers.accept(actor=p.mentor, pairing=p), as_user, at, pairing=pairing)
    assert yes == after(lambda p: None, as_user, at, pairing=pairing)


@pytest.fixture
def pair(at: At) -> Pairing:
    at(NOW)
    made: Pairing = PairingFactory(program=make_program(), activated_at=NOW)
    return made


def by_both(pair: Pairing, as_user: AsUser, at: At, deed: Any) -> None:
    one, other = (
        after(lambda p, side=side: deed(getattr(p, side), p), as_user, at, pairing=pair)
        for side in ("mentor", "mentee")
    )
    assert one == other


def test_cancelled_session(pair: Pairing, as_user: AsUser, at: At) -> None:
    session = book(pair, day=(NOW + timedelta(days=30)).date())
    by_both(pair, as_user, at, lambda actor, p: sessions.cancel(actor=actor, session=session))


@pytest.mark.parametrize("verb", ["pause", "end", "ready"])
def test_paused_ended_resumed_pair(pair: Pairing, as_user: AsUser, at: At, verb: str) -> None:
    def deed(actor: Any, p: Pairing) -> None:
        if verb == "ready":
            pausing.pause(actor=p.mentor, pairing=p)
            pausing.resume(actor=actor, pairing=p)
        else:
            getattr(pausing, verb)(actor=actor, pairing=p)

    by_both(pair, as_user, at, deed)


def test_agreement_that_one_has_signed(pair: Pairing, as_user: AsUser, at: At) -> None:
    agreements.write_first_version(pair)
    by_both(pair, as_user, at, lambda actor, p: agreements.sign(actor=actor, pairing=p, number=1))


def test_agreement_that_one_has_changed(pair: Pairing, as_user: AsUser, at: At) -> None:
    agreements.write_first_version(pair)
    additions = agreements.Additions(boundaries="Not after eight.")
    by_both(
        pair,
        as_user,
        at,
        lambda actor, p: agreements.propose_version(
            actor=actor, pairing=p, base_number=1, additions=additions, sign_it=True
        ),
    )


@pytest.mark.parametrize("mail", ["refused"], indirect=True)
def test_many_offers_declined_on_one_side_or_the_other(as_user: AsUser, at: At, mail: str) -> None:
    """Twice as many people hear of it when the mentees were asked too; as many pairs."""
    at(NOW)
    made = pool(5, 5).published()
    assert len(made) == 5

    def all_by(side: str) -> Any:
        def deed(_pairing: Pairing) -> None:
            for one in made:
                declined_by(side)(Pairing.objects.get(pk=one.pk))

        return deed

    one, other = (
        after(all_by(side), as_user, at, pairing=made[0]) for side in ("mentor", "mentee")
    )
    assert one == other


@pytest.mark.parametrize("mail", ["arrives"], indirect=True)  # what is refused had been wanted
def test_reminders_that_somebody_has_turned_off(
    pair: Pairing, as_user: AsUser, at: At, mail: str
) -> None:
    """Who wants no reminders, or is away, has rows that look like those of who gets them."""
    session = book(pair, day=(NOW + timedelta(days=11)).date())

    def off(person: Any, how: str) -> Any:
        def deed(_pairing: Pairing) -> None:
            if how == "off":
                MessagePreferences.objects.create(person=person, off=["sessions", "logs"])
            elif how == "away":
                Absence.objects.create(
                    person=person, starts_on=NOW, ends_on=NOW + timedelta(days=20)
                )
            for hours in (-24, -1, 2, 24 * 3):
                at(session.starts_at + timedelta(hours=hours, minutes=1))
                sessions_due.enqueue_due_reminders()
                sender.send_due()

        return deed

    usual = after(off(pair.mentee, "neither"), as_user, at, pairing=pair)
    assert usual == after(off(pair.mentee, "off"), as_user, at, pairing=pair)
    assert usual == after(off(pair.mentee, "away"), as_user, at, pairing=pair)
