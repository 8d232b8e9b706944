"""A queue with entries in it, and what a browser sends from the page where one writes about an
entry.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import User
from meetings.domain import pausing, sessions
from meetings.models import MentoringSession, SessionStatement
from mentoring.needs.past_mails import KIND
from mentoring.needs.queue import needs_of
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from pairings.domain import agreements
from pairings.models import Pairing
from tests.factories import EnrolmentFactory, ProgramStaffFactory, UserFactory
from tests.meetings.session_data import book, make_pair, make_program, sign
from tests.support.types import At

MONDAY = datetime(2027, 2, 1, 9, tzinfo=UTC)  # 10:00 in Berlin
DAY = timedelta(days=1)


def fresh_pair() -> Pairing:
    """Mara and Henrik, with nothing to complain about."""
    people = [
        UserFactory(name=name, email=f"{name.split()[0].lower()}@example.com")
        for name in ("Mara Lind", "Henrik Vogt")
    ]
    program = make_program(time_zone="Europe/Berlin", name="Digital fluency")
    mentor, mentee = (
        EnrolmentFactory(program=program, person=person, role=role)
        for person, role in zip(people, ("mentor", "mentee"), strict=True)
    )
    made = make_pair(
        activated_at=MONDAY, program=program, mentor_enrolment=mentor, mentee_enrolment=mentee
    )
    sign(made)
    return made


def coordinator_of(pair: Pairing) -> User:
    """Cora."""
    person: User = UserFactory(name="Cora Brandt", email="cora@example.com")
    ProgramStaffFactory(program=pair.program, person=person)
    return person


def url_of(program: Any, number: int = 0) -> str:
    need = needs_of(program)[number]
    return reverse("mentoring:need_write", args=[program.public_id, need.kind, need.about_id])


def form_of(client: Any, url: str, **changes: Any) -> dict[str, Any]:
    """What the browser would send."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields} | changes


def paused(pair: Pairing, actor: User | None = None) -> Pairing:
    pausing.pause(actor=actor or pair.mentor, pairing=pair)
    OutboxMessage.objects.all().delete()
    return pair


def personal_mails() -> Any:
    return OutboxMessage.objects.filter(kind=KIND)


def entries(pair: Pairing, at: At) -> None:
    """One of each kind in the pair's program, at that moment."""
    program, later = pair.program, MONDAY + 60 * DAY
    suppression.suppress(
        EnrolmentFactory(program=program, person=UserFactory(name="Bo Unreached")).person.email,
        "550",
    )
    two = [make_pair(program=program, activated_at=MONDAY) for _number in range(4)]
    MentoringSession.objects.filter(pk=book(two[3], day=(MONDAY + 3 * DAY).date()).pk).update(
        state="held"
    )
    pausing.pause(actor=two[1].mentor, pairing=two[1])
    agreements.write_first_version(two[0])
    for number in (1, 2):
        session = book(two[2], day=(MONDAY + number * DAY).date())
        sessions.cancel(actor=two[2].mentee, session=session)
    for number in (45, 46):
        book(pair, day=(MONDAY + number * DAY).date())
    at(later)
    suppression.suppress(User.objects.get(name="Bo Unreached").email, "550")
    unclear = pair.sessions.last()
    for person, outcome in ((pair.mentor, "held"), (pair.mentee, "missed")):
        SessionStatement.objects.create(session=unclear, person=person, outcome=outcome, at=later)
    MentoringSession.objects.filter(pk=unclear.pk).update(state="held")
    OutboxMessage.objects.all().delete()
