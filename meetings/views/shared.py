"""What the views of sessions have in common: finding a pair or session, and where to go next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.http import redirect_htmx, require
from meetings.domain import times
from meetings.models import Commitment, MentoringSession
from pairings.models import Pairing

PEOPLE = ("program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment")
WITH_PAIR = tuple(f"pairing__{name}" for name in PEOPLE)
DOERS = ("scheduled_by", "moved_by", "cancelled_by", "logged_by")


def pairing_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    """A pair of the reader's own that has begun."""
    pairings = Pairing.objects.of_pair(request.user).select_related(*PEOPLE)
    return get_object_or_404(pairings, public_id=public_id)


def session_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> MentoringSession:
    """A session of a pair of the reader's own, with its DOERS."""
    sessions = MentoringSession.objects.of_pair(request.user).select_related(
        *WITH_PAIR, "guide", "topic"
    )
    session = get_object_or_404(sessions, public_id=public_id)
    _add_doers(session)
    return session


def session_for(
    request: AuthenticatedHttpRequest, public_id: UUID, permission: str
) -> MentoringSession:
    """The same, if the reader has the permission for it; 403 if not."""
    session = session_or_404(request, public_id)
    require(request.user, permission, session)
    return session


def commitment_of(session: MentoringSession, reader: User) -> Commitment | None:
    """The commitment of the session, if the reader may see it."""
    commitment: Commitment | None = (
        Commitment.objects.visible_to(reader).filter(session=session).first()
    )
    return commitment


def session_context(session: MentoringSession, reader: User) -> dict[str, Any]:
    """What every page about a session shows."""
    pairing = session.pairing
    return {"session": session, "pairing": pairing, "partner": pairing.partner_of(reader)}


def _add_doers(session: MentoringSession) -> None:
    """Set the DOERS of a session."""
    ids = {name: getattr(session, f"{name}_id") for name in DOERS}
    people = _people_by_id(session.pairing, set(ids.values()) - {None})
    for name, person in ids.items():
        setattr(session, name, people.get(person))


def _people_by_id(pairing: Pairing, ids: set[int]) -> dict[int, User]:
    """{id: person}. Mostly they are the pair, and no query is needed.

    Four joins would take Postgres longer to plan than the whole query.
    """
    people = {person.pk: person for person in pairing.people}
    others = ids - people.keys()
    if others:
        people |= User.objects.in_bulk(others)
    return people


def say_remarks(request: AuthenticatedHttpRequest, session: MentoringSession) -> None:
    """What is unusual about a time that was booked by hand."""
    for words in times.remarks(session, session.pairing):
        messages.warning(request, words)


def to_session(request: AuthenticatedHttpRequest, session: MentoringSession) -> HttpResponse:
    """On to the page of the session."""
    return redirect_htmx(request, "meetings:session_detail", session.public_id)


def to_pair(request: AuthenticatedHttpRequest, pairing: Pairing, part: str = "") -> HttpResponse:
    """On to the page of the pair, or a part of it ("#commitments")."""
    return redirect_htmx(request, reverse("mentoring:pair_home", args=[pairing.public_id]) + part)


def to_log(request: AuthenticatedHttpRequest, session: MentoringSession) -> HttpResponse:
    """On to the log of a session that is over."""
    messages.info(request, _("This session is over: say in the log what happened."))
    return redirect_htmx(request, "meetings:session_log", session.public_id)
