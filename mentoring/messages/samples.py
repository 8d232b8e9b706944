"""Every kind of message with invented people in it, to be read before anybody gets one.

The tests hold the words by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import AddressChange, User
from feedback.models import SurveyRound
from meetings.models import MentoringSession
from mentoring.needs.drafts import button_of, draft_of
from mentoring.needs.queue import Need
from notifications.kinds import policy, registry
from notifications.kinds.occasions import occasion
from notifications.mail.rendering import Letter, compose
from pairings.models import Pairing
from programs.models import Program

DAY = date(2027, 3, 16)
MOMENT = datetime(2027, 3, 16, 13, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Who and what the samples are about; nothing of it is in the database."""

    program: Program
    reader: Any
    mentor: User
    mentee: User

    @property
    def pairing(self) -> Pairing:
        """The two."""
        return Pairing(program=self.program, mentor=self.mentor, mentee=self.mentee)

    @property
    def session(self) -> MentoringSession:
        """One of their sessions."""
        return MentoringSession(
            pairing=self.pairing,
            number=2,
            wall_date=DAY,
            wall_time=time(14),
            time_zone="Europe/Berlin",
            minutes=45,
            starts_at=MOMENT,
            ends_at=MOMENT + timedelta(minutes=45),
            place="Room 4.12",
            link="https://meet.example/upstream",
        )

    @property
    def survey(self) -> SurveyRound:
        """An anonymous pulse."""
        return SurveyRound(
            program=self.program,
            title="Pulse",
            label="anonymous",
            k=self.program.anonymity_k,
            closes_at=MOMENT,
            questions=[],
        )


def cast(program: Program, reader: Any) -> Cast:
    """The invented pair in this program; the letter is addressed to `reader`."""
    mentor = User(
        name="Mara Lindqvist", preferred_name="Mara", email="mara.lindqvist@company.example"
    )
    mentee = User(
        name="Dr. Henrik Sommer", preferred_name="Henrik", email="henrik.sommer@company.example"
    )
    return Cast(program, reader, mentor, mentee)


def _program(c: Cast) -> dict[str, Any]:
    return {
        "program": c.program,
        "label": c.program.mentor_label,
        "is_mentor": True,
        "by": "Cora Brandt",
    }


def _pair(c: Cast) -> dict[str, Any]:
    return {
        "program": c.program,
        "pairing": c.pairing,
        "person": c.reader,
        "partner": c.mentee,
        "until": MOMENT,
        "why": "reporting_line",
        "delegates": "Kim Lee",
        "is_last": False,
        "waiting": 2,
    }


def _session(c: Cast) -> dict[str, Any]:
    later = c.session
    later.starts_at, later.ends_at = (
        moment + timedelta(days=28) for moment in (later.starts_at, later.ends_at)
    )
    return {
        "session": c.session,
        "partner": c.mentee,
        "mentee": c.mentee,
        "actor": c.mentee,
        "by_delegate": False,
        "mine": False,
        "minutes": 10,
        "late": c.mentee,
        "sessions": [c.session, later],
        **_pair(c),
    }


def _question(c: Cast) -> dict[str, Any]:
    """Asked of the mentee."""
    return _session(c) | {"partner": c.mentor}


def _survey(c: Cast) -> dict[str, Any]:
    return {"round": c.survey, "program": c.program, "minutes": 3, "nth": 1}


def _account(c: Cast) -> dict[str, Any]:
    change = AddressChange(person=c.reader, old_email="mara@old.example", new_email=c.mentor.email)
    return {"change": change, "mentee": c.mentee, "delegate": c.reader, "mine": False}


def _digest(c: Cast) -> dict[str, Any]:
    entries = [
        (_("Session reminder"), "https://upstream.example/a"),
        (_("Please log the session"), "https://upstream.example/b"),
    ]
    return {"entries": [{"subject": subject, "url": url} for subject, url in entries]}


def _manager(c: Cast) -> dict[str, Any]:
    return {"program": c.program, "number": 2, "minutes": 17, "since": MOMENT}


def _word(c: Cast) -> dict[str, Any]:
    need = Need(
        kind="not_met", title="", about="", about_id=uuid4(), since=MOMENT, url="", people=()
    )
    draft = draft_of(need, c.program, translation.get_language() or "en")
    words = {"subject": draft.subject, "words": draft.text, "button": button_of(need.kind)}
    return {"program": c.program, "sender": "Cora Brandt", **words}


CONTEXTS: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "programs": _program,
    "meetings": _pair,
    "pairings": _pair,
    "feedback": _survey,
    "accounts": _account,
    "notifications": _digest,
    "mentoring": _manager,
    "mentoring.word_by_hand": _word,
    "meetings.session_question": _question,
}
TEMPLATES = {
    "feedback.invitation": "survey_invitation",
    "feedback.reminder": "survey_reminder",
    "feedback.told_us": "survey_told_us",
}


def sample(kind: str, *, program: Program, reader: Any) -> Letter:
    """The letter of a kind as it would look in this program, addressed to `reader`.

    KeyError for an unknown kind.
    """
    app, _dot, name = kind.partition(".")
    context = CONTEXTS.get(kind) or (_session if name.startswith("session_") else CONTEXTS[app])
    with translation.override(reader.locale):
        given = context(cast(program, reader))
    return compose(recipient=reader, template=TEMPLATES.get(kind, f"{app}/{name}"), context=given)


def label(kind: str, program: Program) -> str:
    """What the kind is called in this program.

    Both sides are asked in messages of one name: whose it is says the side.
    """
    sides = {
        "pairings.offer_mentor": _("%(side)s, who is asked first") % {"side": program.mentor_label},
        "pairings.offer_mentor_reminder": _("%(side)s, who is asked first")
        % {"side": program.mentor_label},
        "pairings.offer_mentee": program.mentee_label,
        "pairings.offer_mentee_reminder": program.mentee_label,
    }
    return (
        f"{registry.label_of(kind)} ({sides[kind]})" if kind in sides else registry.label_of(kind)
    )


def when(kind: str, program: Program) -> str:
    """Who gets the kind in this program, and when."""
    return occasion(kind, mentor=program.mentor_label, mentee=program.mentee_label)


def kinds() -> list[str]:
    """All that can be looked at."""
    return sorted(policy.POLICIES)
