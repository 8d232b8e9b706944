"""What happened at a session: one log for both, and for each how it felt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.errors import DomainError
from meetings.domain import cancellations, subjects
from meetings.domain.changes import check_length, lock_session, record
from meetings.domain.times import release_time
from meetings.enums import Feeling, SessionState
from meetings.mail.letters import key_prefix
from meetings.models import ComfortPulse, MentoringSession, SessionLogRevision, SessionStatement
from notifications import outbox
from pairings.models import Pairing
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
    seen: str | None = None,
) -> MentoringSession:
    """Log a session that has begun, or correct its log: held, cancelled or missed.

    The last log stands; what it replaces is kept with its author. None for topics or texts leaves
    them as they are; the first log of a session that was held then has the session's own topic.
    What the actor says happened is also kept for itself, so that a disagreement can be seen.
    `feeling` is private; None leaves it as it is. `cancelled_by` is one of the pair, and needed for
    the outcome cancelled. `seen` is when the log that the actor saw was written, in ISO format, or
    "" for none: another outcome than that of a newer log is refused. None does not ask. Logging the
    same twice changes nothing. DomainError with the form field as its code.
    """
    Pairing.objects.select_for_update().get(pk=session.pairing_id)
    session = lock_session(session)
    _check_not_newer(session, seen, outcome, actor)
    _check(session, outcome, cancelled_by, feeling)
    before = content(session)
    was_scheduled = session.state == SessionState.SCHEDULED
    chosen = _chosen(session, outcome) if topics is None else list(topics)

    session.state = outcome
    session.cancelled_by = cancelled_by if outcome == SessionState.CANCELLED else None
    _set_words(session, takeaway=takeaway, mentor_taught=mentor_taught, mentee_taught=mentee_taught)
    _keep_own_side(session, actor, feeling)
    if session.logged_at and before == content(session, chosen):
        return session

    _save_log(session, actor, before, chosen)
    _follow(session, was_scheduled=was_scheduled)
    record("session.logged", session, actor, outcome=outcome)
    return session


def _chosen(session: MentoringSession, outcome: str) -> list[Topic]:
    """The topics of a log in which nobody has touched them."""
    is_held = outcome == SessionState.HELD
    return topics_shown(session) if is_held else list(session.topics.all())


def topics_shown(session: MentoringSession) -> list[Topic]:
    """The topics of the log; before there is one, the topic that the session is about."""
    if session.logged_at is None and session.topic and not session.topics.exists():
        return [session.topic]
    return list(session.topics.all())


def _keep_own_side(session: MentoringSession, actor: User, feeling: int | None) -> None:
    """What the actor says happened, and how it felt to them."""
    SessionStatement.objects.update_or_create(
        session=session, person=actor, defaults={"outcome": session.state, "at": clock.now()}
    )
    if feeling is not None:
        ComfortPulse.objects.update_or_create(
            session=session, person=actor, defaults={"feeling": feeling}
        )


def _save_log(
    session: MentoringSession, actor: User, before: dict[str, Any], topics: list[Topic]
) -> None:
    """Save the log. An earlier log is kept as a revision."""
    if session.logged_at:
        SessionLogRevision.objects.create(
            session=session, author=session.logged_by, at=session.logged_at, content=before
        )
    session.logged_at, session.logged_by = clock.now(), actor
    session.save()
    session.topics.set(topics)


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
    """Keep what was written in the log of a session that is moved: its form shows it later.

    None leaves a text as it is. DomainError when the session is not scheduled any more, or a text
    is too long.
    """
    session = lock_session(session)
    if session.state != SessionState.SCHEDULED:
        raise DomainError(_("This session is not planned any more, so it cannot be changed."))
    _set_words(session, takeaway=takeaway, mentor_taught=mentor_taught, mentee_taught=mentee_taught)
    session.save(update_fields=["takeaway", "mentor_taught", "mentee_taught"])
    if topics is not None:
        session.topics.set(topics)
    record("session.words_kept", session, actor)
    return session


def _set_words(session: MentoringSession, **words: str | None) -> None:
    """Set texts of the log by their names. DomainError, with the name as its code, if too long."""
    for name, text in words.items():
        if text is not None:
            check_length(text, TEXT_LENGTH, name)
            setattr(session, name, text.strip())


def _follow(session: MentoringSession, *, was_scheduled: bool) -> None:
    """What changes elsewhere once a session is logged."""
    if was_scheduled:
        release_time(session)
        outbox.cancel(key_prefix=key_prefix(session), reason="logged")
    subjects.assign(session.pairing)
    cancellations.tell_if_many(session)


def written_at(session: MentoringSession) -> str:
    """When the log was written, as `seen` of `log`."""
    return session.logged_at.isoformat() if session.logged_at else ""


def _check_not_newer(
    session: MentoringSession, seen: str | None, outcome: str, actor: User
) -> None:
    """DomainError if a log that the actor has not seen says something else."""
    is_seen = seen is None or seen == written_at(session)
    if is_seen or outcome == session.state:
        return
    words = {"state": str(SessionState(session.state).label)}
    if session.logged_by is None or session.logged_by_id == actor.pk:
        text = _(
            "You have logged it as “%(state)s” since this page was opened. What you typed is still "
            "here: choose what is right and save again."
        )
    else:
        words["name"] = session.logged_by.short_name
        text = _(
            "%(name)s has logged it as “%(state)s” since this page was opened. What you typed is "
            "still here: choose what is right and save again."
        )
    raise DomainError(text, code="outcome", params=words)


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
    if outcome == SessionState.CANCELLED:
        _check_one_of_pair(session, cancelled_by)
    if feeling is not None and feeling not in Feeling.values:
        raise DomainError(_("Choose one of the three faces."), code="feeling")


def _check_one_of_pair(session: MentoringSession, cancelled_by: User | None) -> None:
    """DomainError unless one of the two has cancelled."""
    if cancelled_by is None or not session.pairing.has_member(cancelled_by):
        raise DomainError(_("Say which of you cancelled."), code="outcome")


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
