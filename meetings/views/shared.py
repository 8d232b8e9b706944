"""What the views of sessions have in common: finding a pair or session, and where to go next."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.http import redirect_htmx
from meetings.models import MentoringSession
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
    sessions = MentoringSession.objects.of_pair(request.user).select_related(*WITH_PAIR, "guide")
    session = get_object_or_404(sessions, public_id=public_id)
    _add_doers(session)
    return session


def _add_doers(session: MentoringSession) -> None:
    """Set the DOERS of a session.

    Mostly they are the pair. Four joins would take Postgres longer to plan than the whole query.
    """
    pairing = session.pairing
    people = {pairing.mentor_id: pairing.mentor, pairing.mentee_id: pairing.mentee}
    ids = {name: getattr(session, f"{name}_id") for name in DOERS}
    others = set(ids.values()) - {None, *people}
    if others:
        people |= User.objects.in_bulk(others)
    for name, person in ids.items():
        setattr(session, name, people.get(person))


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
