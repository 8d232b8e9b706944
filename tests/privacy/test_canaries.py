"""A marked word in every place that is somebody's own; then every role opens every page, and reads
what is meant for it alone.

The matrix of routes says who gets in; this says what they find there. The table is that of
docs/safety.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import clock
from concerns.domain import listening
from feedback.enums import Label, RoundState
from feedback.mail import make_token
from feedback.models import Response, SurveyRound
from goals.domain import goals
from meetings.domain import commitments, notes
from meetings.models import Commitment, MentoringSession
from pairings.domain import agreements
from programs.domain import avoidances
from programs.models import PrepAnswer
from tests.concerns.concern_data import write_to
from tests.factories import UserFactory
from tests.feedback.factories import WORDS, ParticipationFactory
from tests.goals.factories import make_goal
from tests.support.pages import text_of, url_of
from tests.url_matrix import core
from tests.url_matrix.core import MANAGERS, PAIR
from tests.url_matrix.world import World, scheduled_session

pytestmark = [pytest.mark.broad, pytest.mark.django_db]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOBODY: frozenset[str] = frozenset()
OFFERED = "offered_mentee"  # the other of the offer that the mentor has not answered yet

MAY_READ: dict[str, frozenset[str]] = {
    "canarynotementor": frozenset({"mentor"}),
    "canaryprepanswer": frozenset({"mentor"}),
    "canarynotementee": frozenset({"mentee"}),
    "canarytakeaway": PAIR,
    "canaryquestion": PAIR,
    "canarycommitment": PAIR,
    "canarychanged": PAIR,
    "canarytaught": PAIR,
    "canaryagreement": PAIR,
    "canarygoal": PAIR,
    "canarycheckin": PAIR,
    "canaryreflection": PAIR,
    "canaryprivategoal": frozenset({"mentee"}),
    "canarylimits": PAIR,
    "canaryavoided": frozenset(
        {"mentor", "hr_admin"}
    ),  # a name: HR has it on the list of people, and nowhere else
    "canaryplace": PAIR | {"delegate"},
    "canaryconfidential": frozenset({"named_reader"}),
    "canarydraft": frozenset({"mentor"}),
    "canaryconcern": frozenset({"safe_contact"}),
    "canaryadvice": frozenset({"safe_contact"}),
    "canarylistened": frozenset({"safe_contact"}),
    "canarywhatfor": MANAGERS | PAIR,
    "canaryinreturn": MANAGERS | PAIR,
    "canaryofferedwhatfor": MANAGERS | {"mentor", OFFERED},
}


def plant(world: World) -> list[str]:
    """Mark everything; the addresses of the pages that the matrix has no rows for without a set-up
    of their own.
    """
    mentor = world.people["mentor"]
    world.people[OFFERED] = world.offer.mentee
    avoided = UserFactory(name="Canaryavoided", search_text="canaryavoided")
    avoidances.replace(person=mentor, people=[avoided])
    added = agreements.Additions(boundaries="canaryagreement")
    agreements.propose_version(actor=mentor, pairing=world.pairing, base_number=1, additions=added)
    return [
        *plant_goals(world),
        *plant_survey(world),
        *plant_sessions(world),
        *plant_enrolments(world),
        plant_concern(world),
        reverse("meetings:note_export"),
        reverse("accounts:people_list") + "?q=canary&who=all",
    ]


def plant_goals(world: World) -> list[str]:
    shared = make_goal(world.pairing, statement="canarygoal")
    goals.check_in(actor=world.people["mentor"], goal=shared, note="canarycheckin")
    private = make_goal(world.pairing, statement="canaryprivategoal", private=True)
    closed = make_goal(world.pairing)
    goals.close_goal(actor=closed.owner, goal=closed, outcome="met", reflection="canaryreflection")
    names = ("goals:goal_detail", "goals:goal_edit", "goals:goal_close", "goals:check_in_new")
    return [url_of(name, goal) for name in names for goal in (shared, private, closed)]


def plant_survey(world: World) -> list[str]:
    """A closed round with one confidential answer."""
    now = clock.now()
    confidential = SurveyRound.objects.create(
        program=world.program,
        number=7,
        kind="pulse",
        title="Pulse",
        label=Label.CONFIDENTIAL,
        audience="all",
        k=5,
        questions=[{**WORDS, "id": "q"}],
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
    )
    confidential.readers.add(world.people["named_reader"])
    answers = {"q": "canaryconfidential"}
    Response.objects.create(round=confidential, person=world.people["mentor"], answers=answers)
    SurveyRound.objects.filter(pk=confidential.pk).update(
        state=RoundState.CLOSED, closed_at=now, answered=1
    )
    names = ("round_detail", "round_answers", "round_heard")
    return [*(url_of(f"feedback:{name}", confidential) for name in names), *plant_draft(world)]


def plant_draft(world: World) -> list[str]:
    """Answers of an open round that its author has saved for later; by whose link all look."""
    draft = ParticipationFactory(
        round__program=world.program,
        round__label=Label.CONFIDENTIAL,
        round__number=8,
        person=world.people["mentor"],
        draft={"q-words": "canarydraft"},
    )
    draft.round.readers.add(world.people["named_reader"])
    names = ("round_detail", "round_answers", "survey_open")
    link = reverse("feedback:survey_answer", args=[make_token(draft)])
    return [*(url_of(f"feedback:{name}", draft.round) for name in names), link]


def plant_concern(world: World) -> str:
    """A thread with an answer and a note, whose deputy may not read it yet."""
    contact, deputy = world.people["safe_contact"], world.people["named_reader"]
    concern = write_to(contact, deputy=deputy, text="canaryconcern")
    listening.answer(actor=contact, concern=concern, text="canaryadvice")
    listening.note(actor=contact, concern=concern, text="canarylistened")
    return reverse("concerns:thread_detail", args=[concern.pk])


def plant_sessions(world: World) -> list[str]:
    """A session to come with a question and notes, and one that was held."""
    mentor, mentee = world.people["mentor"], world.people["mentee"]
    MentoringSession.objects.filter(pk=world.session.pk).update(
        question="canaryquestion", place="canaryplace"
    )
    held = scheduled_session(world.pairing, day_offset=-7, number=2)
    said = {
        "takeaway": "canarytakeaway",
        "mentor_taught": "canarytaught",
        "mentee_taught": "canarytaught",
    }
    MentoringSession.objects.filter(pk=held.pk).update(
        state="held", logged_at=clock.now(), logged_by=mentee, **said
    )
    notes.save_note(actor=mentor, session=world.session, body="canarynotementor")
    notes.save_note(actor=mentee, session=world.session, body="canarynotementee")
    names = ("session_detail", "session_log", "session_calendar")
    return [*(url_of(f"meetings:{name}", held) for name in names), *promise(held)]


def plant_enrolments(world: World) -> list[str]:
    offered = world.offer.mentee_enrolment
    marked = (
        (world.enrolment, {"off_limits": "canarylimits", "in_return": "canaryinreturn"}),
        (world.mentee_enrolment, {"off_limits": "canarylimits", "what_for": "canarywhatfor"}),
        (offered, {"off_limits": "canarynobody", "what_for": "canaryofferedwhatfor"}),
    )
    for enrolment, fields in marked:
        for name, value in fields.items():
            setattr(enrolment, name, value)
        enrolment.save()
    PrepAnswer.objects.create(
        enrolment=world.enrolment, step=world.prep_step, text="canaryprepanswer"
    )
    return [
        url_of("programs:prep", world.enrolment),
        url_of("programs:enrolment", world.mentee_enrolment),
        url_of("programs:enrolment_detail", world.mentee_enrolment),
        url_of("programs:enrolment_detail", offered),
        reverse("programs:enrol", args=[world.enrolment.public_id, "boundaries"]),
        reverse("programs:enrol", args=[world.enrolment.public_id, "check"]),
    ]


def promise(held: MentoringSession) -> list[str]:
    """What the mentee has done differently after a session; the addresses of its pages."""
    day = clock.now().date() + timedelta(days=3)
    kept = Commitment.objects.create(
        pairing=held.pairing, session=held, text="canarycommitment", due_on=day
    )
    commitments.mark_done(actor=held.pairing.mentee, commitment=kept, what_changed="canarychanged")
    names = ("commitment_done", "commitment_drop")
    return [
        *(reverse(f"meetings:{name}", args=[kept.public_id]) for name in names),
        reverse("meetings:commitment_edit", args=[held.public_id]),
    ]


@dataclass(frozen=True)
class Marked:
    """The company with the words in it, and the addresses of all its pages."""

    world: World
    addresses: tuple[str, ...]


@pytest.fixture(scope="module")
def marked(shared_world: World, django_db_blocker: Any) -> Marked:
    """Marked once: opening pages leaves no trace."""
    with django_db_blocker.unblock():
        addresses = plant(shared_world)
    for row in core.all_rows():
        if row.method == "get" and row.setup is None and not row.name.startswith("account_"):
            addresses.append(row.url(shared_world))
    return Marked(shared_world, tuple(dict.fromkeys(addresses)))


def pages(marked: Marked, role: str) -> dict[str, Any]:
    """{address: answer} of every page that can be opened, for somebody in this role; lists as htmx
    asks for them, too.
    """
    found, client = {}, Client()
    client.force_login(User.objects.get(pk=marked.world.people[role].pk), backend=BACKEND)
    signed_in = client.cookies.copy()
    for address in marked.addresses:
        client.cookies = signed_in.copy()
        with transaction.atomic():
            answer = client.get(address)
            found[address] = answer, text_of(answer).lower()
            if 'id="rows"' in found[address][1]:
                answer = client.get(address, headers={"HX-Request": "true", "HX-Target": "rows"})
                found[f"{address} (rows)"] = answer, text_of(answer).lower()
            transaction.set_rollback(True)
    return found


ALL_ROLES = [*sorted(set(core.ROLES) - {"anonymous", "deactivated", "survey_holder"}), OFFERED]
SHOWN_TO_BOTH = {word for word, roles in MAY_READ.items() if roles == PAIR}
MUST_READ = {
    "mentor": SHOWN_TO_BOTH | {"canarynotementor", "canaryprepanswer"},
    "mentee": SHOWN_TO_BOTH | {"canarynotementee", "canaryprivategoal"},
    "delegate": {"canaryplace"},
    "named_reader": {"canaryconfidential"},
    "safe_contact": {"canaryconcern", "canaryadvice", "canarylistened"},
    "coordinator": {"canaryofferedwhatfor"},
}


@pytest.mark.usefixtures("short_error_pages")
@pytest.mark.parametrize("role", ALL_ROLES)
def test_every_page_shows_a_role_what_is_meant_for_it_and_nothing_else(
    marked: Marked, role: str
) -> None:
    found = pages(marked, role)
    seen: dict[str, list[str]] = {}
    for address, (answer, text) in found.items():
        assert answer.status_code < 500, address
        for word in [*MAY_READ, "canarynobody"]:
            if word in text and not address.startswith("/people/?q=canary"):
                seen.setdefault(word, []).append(address)
        if answer.status_code == 200:
            # what a calendar subscribes to is kept by that calendar, and by nobody on the way
            kept = "private" if address.startswith("/calendar/") else "no-store"
            assert kept in answer.headers["Cache-Control"], address
            assert "unsafe-inline" not in answer.headers["Content-Security-Policy"], address
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], address
    wrong = {word: at for word, at in seen.items() if role not in MAY_READ.get(word, NOBODY)}
    assert wrong == {}
    assert MUST_READ.get(role, set()) <= seen.keys()  # else nothing is held here
    if role == OFFERED:
        knows_nothing_of_the_offer(marked.world, found)


def knows_nothing_of_the_offer(world: World, found: dict[str, Any]) -> None:
    """The mentee learns of an offer once its mentor has accepted it, and not before."""
    for address, (_answer, text) in found.items():
        assert world.offer.mentor.name.lower() not in text, address
        assert "match for you" not in text, address
