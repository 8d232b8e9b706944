"""What happened at a session: the facts once for both, and for oneself how it felt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from meetings.domain import cancellations
from meetings.domain.times import release_time
from meetings.enums import Feeling, SessionState
from meetings.mail.letters import key_prefix
from meetings.models import ComfortPulse, MentoringSession, SessionLogRevision, SessionStatement
from notifications import outbox
from programs.models import Topic

OUTCOMES = (SessionState.HELD, SessionState.CANCELLED, SessionState.MISSED)
TEXT_LENGTH = 4000


@transaction.atomic
def log(
    *,
    actor: User,
    session: MentoringSession,
    outcome: str,
    cancelled_by: User | None = None,
    topics: Iterable[Topic] | None = (),
    takeaway: str | None = "",
    mentor_taught: str | None = "",
    mentee_taught: str | None = "",
    feeling: int | None = None,
) -> MentoringSession:
    """Log a session from its start on, without a deadline: scheduled → held, cancelled or missed;
    or correct an earlier log.

    The last writer's facts stand; what they said before is kept with its author. None for topics or
    words leaves them as they are. What this person says happened is kept for itself: where the two
    say different things, that is a disagreement. `feeling` (None: not said, an earlier one stays)
    is private. `cancelled_by` is one of the pair, and needed when `outcome` is cancelled. The same
    log twice changes nothing. DomainError with the form field as its code.
    """
    session = _locked(session)
    _check(session, outcome, cancelled_by, feeling)
    topics = list(session.topics.all() if topics is None else topics)
    before = content(session)
    now = clock.now()
    session.cancelled_by = cancelled_by if outcome == SessionState.CANCELLED else None
    _set_words(session, takeaway=takeaway, mentor_taught=mentor_taught, mentee_taught=mentee_taught)
    was_logged, was_state = session.logged_at, session.state
    session.state = outcome
    after = content(session, topics)
    SessionStatement.objects.update_or_create(
        session=session, person=actor, defaults={"outcome": outcome, "at": now}
    )
    if feeling is not None:
        ComfortPulse.objects.update_or_create(
            session=session, person=actor, defaults={"feeling": feeling}
        )
    if was_logged and before == after:
        return session
    if was_logged:
        SessionLogRevision.objects.create(
            session=session, author=session.logged_by, at=was_logged, content=before
        )
    session.logged_at, session.logged_by = now, actor
    session.save()
    session.topics.set(topics)
    _follow(session, was_scheduled=was_state == SessionState.SCHEDULED)
    audit.record(
        "session.logged",
        session,
        actor=actor,
        scope=session.pairing.program.public_id,
        outcome=outcome,
    )
    return session


@transaction.atomic
def keep_words(
    *,
    actor: User,
    session: MentoringSession,
    topics: Iterable[Topic] | None = None,
    takeaway: str | None = None,
    mentor_taught: str | None = None,
    mentee_taught: str | None = None,
) -> MentoringSession:
    """What was written in the log of a session that is moved instead: it stands in the form when
    the session is logged.

    None leaves as it is. DomainError when the session is not scheduled any more, or a text is too
    long.
    """
    session = _locked(session)
    if session.state != SessionState.SCHEDULED:
        raise DomainError(_("This session is not planned any more, so it cannot be changed."))
    _set_words(session, takeaway=takeaway, mentor_taught=mentor_taught, mentee_taught=mentee_taught)
    session.save(update_fields=["takeaway", "mentor_taught", "mentee_taught"])
    if topics is not None:
        session.topics.set(topics)
    audit.record(
        "session.words_kept", session, actor=actor, scope=session.pairing.program.public_id
    )
    return session


def _locked(session: MentoringSession) -> MentoringSession:
    related = MentoringSession.objects.select_related(
        "pairing__program", "pairing__mentor", "pairing__mentee"
    )
    locked: MentoringSession = related.select_for_update(of=("self",)).get(pk=session.pk)
    return locked


def _set_words(session: MentoringSession, **words: str | None) -> None:
    """The texts of the log by their names; DomainError with the name as its code for one that is
    too long.
    """
    for name, text in words.items():
        if text is None:
            continue
        if len(text) > TEXT_LENGTH:
            raise DomainError(
                _("Keep it under %(most)s characters.") % {"most": TEXT_LENGTH}, code=name
            )
        setattr(session, name, text.strip())


def _follow(session: MentoringSession, *, was_scheduled: bool) -> None:
    """What the log of a session ends or sets off elsewhere."""
    if was_scheduled:
        release_time(session)
        outbox.cancel(key_prefix=key_prefix(session), reason="logged")
    cancellations.tell_if_many(session)


def _check(
    session: MentoringSession, outcome: str, cancelled_by: User | None, feeling: int | None
) -> None:
    """DomainError unless this can be said about this session now."""
    if outcome not in OUTCOMES:
        raise DomainError(_("Say what happened."), code="outcome")
    if session.state == SessionState.PROPOSED:
        raise DomainError(_("This session has no time yet."))
    if session.starts_at > clock.now():
        raise DomainError(_("This session has not begun yet. You can log it from its start on."))
    pair = {session.pairing.mentor_id, session.pairing.mentee_id}
    if outcome == SessionState.CANCELLED and (cancelled_by is None or cancelled_by.pk not in pair):
        raise DomainError(_("Say which of you cancelled."), code="outcome")
    if feeling is not None and feeling not in Feeling.values:
        raise DomainError(_("Choose one of the three faces."), code="feeling")


def content(session: MentoringSession, topics: Iterable[Topic] | None = None) -> dict[str, Any]:
    """What the shared log says, as a revision keeps it."""
    chosen = session.topics.all() if topics is None else topics
    return {
        "outcome": str(session.state),
        "cancelled_by": session.cancelled_by_id,
        "topics": sorted(topic.pk for topic in chosen),
        "takeaway": session.takeaway,
        "mentor_taught": session.mentor_taught,
        "mentee_taught": session.mentee_taught,
    }
