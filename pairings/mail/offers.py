"""What pairings says by mail: offers, agreements, pauses. (Sessions: mail_sessions.py.)

Assistants read their seniors' mail, so a message says what to do and links; nothing that somebody
wrote stands in it. Every function runs inside the transaction of the deed that it tells of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.http import absolute
from notifications import outbox
from notifications.kinds import registry
from notifications.mail.rendering import Letter, compose
from notifications.mail.series import compose_many
from notifications.outbox.store import Draft
from pairings.enums import LIVE_PAIRING_STATES, PairingState
from pairings.models import Pairing
from programs.domain.staff import people_who_run
from programs.models import Program


@dataclass(frozen=True)
class When:
    """When a message is due and when it has lost its point (both may be open)."""

    due_at: datetime | None = None
    expires_at: datetime | None = None


AT_ONCE = When()


def send(
    *, recipient: User, kind: str, key: str, pairing: Pairing, context: dict[str, Any] | None = None
) -> None:
    """Store one message about a pair; nothing for somebody who has left.

    `key` is unique below the pair.
    """
    if recipient.is_active:
        letter = _letter(recipient, kind, pairing, context or {})
        outbox.enqueue(**_draft(recipient, kind, key, pairing, letter))


def _letter(recipient: User, kind: str, pairing: Pairing, context: dict[str, Any]) -> Letter:
    given = {"program": pairing.program, "pairing": pairing, "person": recipient, **context}
    return compose(recipient=recipient, template=f"pairings/{kind}", context=given)


def _draft(
    recipient: User, kind: str, key: str, pairing: Pairing, letter: Letter, *, when: When = AT_ONCE
) -> Draft:
    return Draft(
        recipient=recipient,
        kind=f"pairings.{kind}",
        dedupe_key=f"pairing:{pairing.public_id}:{key}",
        scope=pairing.program.public_id,
        data={"pairing": str(pairing.public_id)},
        due_at=when.due_at,
        expires_at=when.expires_at,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
    )


def ask_mentors(pairings: Iterable[Pairing], nudges: list[datetime]) -> None:
    """The mentors are asked, and reminded at `nudges` while the offers wait for them.

    The offers are of one program.
    """
    _ask([(pairing, pairing.mentor) for pairing in pairings], "mentor", nudges)


def ask_mentee(pairing: Pairing, nudges: list[datetime]) -> None:
    """The mentee is asked, and reminded at `nudges` while the offer waits for them."""
    _ask([(pairing, pairing.mentee)], "mentee", nudges)


def question_sample(*, program: Program, reader: User, until: datetime) -> Letter:
    """What a mentor is asked, as if the reader were one."""
    return compose(
        recipient=reader,
        template="pairings/offer_mentor",
        context=_asked(program, until) | {"person": reader},
    )


def _asked(program: Program, until: datetime | None) -> dict[str, Any]:
    return {"program": program, "until": until}


def _ask(asked: list[tuple[Pairing, User]], side: str, nudges: list[datetime]) -> None:
    """The question to each, pointless once the offer has expired, and its reminders."""
    by_moment: dict[datetime | None, list[tuple[Pairing, User]]] = defaultdict(list)
    for pairing, person in asked:
        if person.is_active:
            by_moment[pairing.offer_expires_at].append((pairing, person))
    outbox.enqueue_many(
        draft
        for until, some in by_moment.items()
        for draft in _questions(some, side, until, nudges)
    )


def _questions(
    asked: list[tuple[Pairing, User]], side: str, until: datetime | None, nudges: list[datetime]
) -> Iterator[Draft]:
    context = _asked(asked[0][0].program, until)
    people = [person for _, person in asked]
    question, reminder = f"offer_{side}", f"offer_{side}_reminder"
    questions = compose_many(recipients=people, template=f"pairings/{question}", context=context)
    reminders = compose_many(recipients=people, template=f"pairings/{reminder}", context=context)
    for (pairing, person), first, again in zip(asked, questions, reminders, strict=True):
        yield _draft(person, question, f"offer:{side}", pairing, first, when=When(expires_at=until))
        for number, moment in enumerate(nudges, 1):
            when = When(due_at=moment, expires_at=until)
            yield _draft(person, reminder, f"offer:{side}:{number}", pairing, again, when=when)


def cancel_offer(pairing: Pairing) -> None:
    """What still asks or reminds about an answered offer is not sent."""
    outbox.cancel(key_prefix=f"pairing:{pairing.public_id}:offer:", reason="answered")


def tell_active(pairing: Pairing) -> None:
    """Both have accepted: each learns that it begins, and with whom."""
    for person, other in ((pairing.mentor, pairing.mentee), (pairing.mentee, pairing.mentor)):
        send(
            recipient=person,
            kind="match_active",
            key=f"active:{person.pk}",
            pairing=pairing,
            context={"other": other},
        )


def tell_not_come_about(pairing: Pairing) -> None:
    """The one neutral line, the same to everyone who knew of the offer, whatever happened."""
    knew = [pairing.mentor, *([pairing.mentee] if pairing.mentor_accepted_at else [])]
    for person in knew:
        send(recipient=person, kind="match_void", key=f"void:{person.pk}", pairing=pairing)


def tell_changed(pairing: Pairing, change: str, moment: datetime, *, waiting: int = 0) -> None:
    """`change` is paused, resumed or ended.

    Both read the same, so that nobody can tell who did it or why.

    `waiting` sessions went with the pause and could be put back.
    """
    for person, other in ((pairing.mentor, pairing.mentee), (pairing.mentee, pairing.mentor)):
        send(
            recipient=person,
            kind=f"pairing_{change}",
            key=f"{change}:{moment:%Y%m%d%H%M%S}:{person.pk}",
            pairing=pairing,
            context={"other": other, "waiting": waiting},
        )


def tell_ready(pairing: Pairing, recipient: User) -> None:
    """The pair can go on once both say so; told to the one who has not, once a pause."""
    paused = pairing.paused_at or pairing.created_at
    send(
        recipient=recipient,
        kind="pairing_ready",
        key=f"ready:{paused:%Y%m%d%H%M%S}:{recipient.pk}",
        pairing=pairing,
    )


def tell_managers_paused(pairing: Pairing, why: str, moment: datetime) -> None:
    """Coordinators (HR admins where there are none) learn that the directory has paused a pair."""
    for person in people_who_run(pairing.program):
        send(
            recipient=person,
            kind="paused_by_directory",
            key=f"directory:{moment:%Y%m%d%H%M%S}:{person.pk}",
            pairing=pairing,
            context={"why": why},
        )


def tell_agreement_changed(pairing: Pairing, number: int, recipient: User) -> None:
    """There is a version to read and sign. Its text is on the page alone."""
    send(
        recipient=recipient,
        kind="agreement_changed",
        key=f"agreement:{number}:{recipient.pk}",
        pairing=pairing,
    )


# what the delivery asks when a message's moment has come


def _pairing(message: Any) -> Pairing | None:
    return Pairing.objects.filter(public_id=message.data.get("pairing")).first()


def _asks_mentor(message: Any) -> bool:
    pairing = _pairing(message)
    return (
        pairing is not None
        and pairing.state == PairingState.OFFERED
        and pairing.mentor_accepted_at is None
    )


def _asks_mentee(message: Any) -> bool:
    pairing = _pairing(message)
    return (
        pairing is not None
        and pairing.state == PairingState.OFFERED
        and pairing.mentor_accepted_at is not None
    )


def _lives(message: Any) -> bool:
    pairing = _pairing(message)
    return pairing is not None and pairing.state in LIVE_PAIRING_STATES


def _is_paused(message: Any) -> bool:
    pairing = _pairing(message)
    return pairing is not None and pairing.state == PairingState.PAUSED


def _link(name: str) -> Any:
    def link(message: Any) -> str:
        return absolute(reverse(name, args=[message.data["pairing"]]))

    return link


def _home(message: Any) -> str:
    return absolute(reverse("mentoring:home"))


def _list(message: Any) -> str:
    pairing = Pairing.objects.select_related("program").get(public_id=message.data["pairing"])
    return absolute(reverse("meetings:pairing_list", args=[pairing.program.public_id]))


def register() -> None:
    """Tell the delivery about these kinds. Called once, when the application starts."""
    offer, inside, pause = (
        _link("pairings:offer_detail"),
        _link("mentoring:pair_home"),
        _link("meetings:pairing_pause"),
    )
    add = registry.register
    add("pairings.offer_mentor", label=_("A match to look at"), still_due=_asks_mentor, link=offer)
    add("pairings.offer_mentee", label=_("A match to look at"), still_due=_asks_mentee, link=offer)
    add(
        "pairings.offer_mentor_reminder",
        label=_("A match waits for an answer"),
        still_due=_asks_mentor,
        link=offer,
        is_nudge=True,
    )
    add(
        "pairings.offer_mentee_reminder",
        label=_("A match waits for an answer"),
        still_due=_asks_mentee,
        link=offer,
        is_nudge=True,
    )
    add("pairings.match_active", label=_("A pair begins"), still_due=_lives, link=inside)
    add("pairings.match_void", label=_("A match did not come about"), link=_home)
    add("pairings.pairing_paused", label=_("A pair is paused"), still_due=_is_paused, link=pause)
    add("pairings.pairing_resumed", label=_("A pair goes on"), still_due=_lives, link=inside)
    add("pairings.pairing_ended", label=_("A pair has ended"), link=_home)
    add("pairings.pairing_ready", label=_("A pair can go on"), still_due=_is_paused, link=pause)
    add(
        "pairings.paused_by_directory",
        label=_("The directory has paused a pair"),
        still_due=_is_paused,
        link=_list,
    )
    add(
        "pairings.agreement_changed",
        label=_("An agreement to sign"),
        still_due=_lives,
        link=_link("pairings:agreement"),
    )
