"""Booking, moving and cancelling mentoring sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.errors import DomainError
from meetings.domain import cancellations, series, subjects
from meetings.domain.changes import check_length, lock_session, record
from meetings.domain.logs import log
from meetings.domain.times import (
    Slot,
    check_exists,
    check_free,
    check_here,
    check_pair,
    check_slot,
    lock_pair,
    release_time,
    take_time,
)
from meetings.enums import SessionState
from meetings.mail import questions
from meetings.mail import sessions as session_mail
from meetings.mail.letters import key_prefix
from meetings.models import MentoringSession
from notifications import outbox
from pairings.models import Pairing

__all__ = ["ask_question", "cancel", "log", "move", "schedule", "schedule_series"]

QUESTION_LENGTH = 2000


@transaction.atomic
def schedule(
    *,
    actor: User,
    pairing: Pairing,
    wall_date: date,
    wall_time: time,
    time_zone: str,
    minutes: int | None = None,
    place: str = "",
    link: str = "",
    past: bool = False,
) -> MentoringSession:
    """Book one session at a wall time in an IANA zone; `minutes` None: as the program plans.

    The actor is one of the pair, or the mentee's delegate. Both of the pair get a mail with an
    invitation for their calendar. `past` is for a meeting that was held but not booked, so that it
    can be logged; nobody is told. DomainError with the form field as its code: the pair is not
    active, the day is outside the program, the time has passed, or one of the two is not free.
    """
    pairing = lock_pair(pairing)
    check_pair(pairing)
    length = minutes or pairing.program.session_minutes
    chosen = Slot(wall_date, wall_time, time_zone, length)
    check_exists(chosen)
    slot = chosen.settled()
    check_slot(slot, pairing.program, past=past)
    if not past:
        check_here([slot], pairing, actor=actor)
    check_free([slot], pairing, actor=actor)
    (session,) = _book([slot], pairing, actor=actor, place=place, link=link)
    if not past:
        session_mail.tell_scheduled(session, actor=actor)
    return session


@transaction.atomic
def schedule_series(
    *,
    actor: User,
    pairing: Pairing,
    wall_date: date,
    wall_time: time,
    time_zone: str,
    count: int,
    interval_weeks: int | None = None,
    minutes: int | None = None,
    place: str = "",
    link: str = "",
) -> list[MentoringSession]:
    """Book `count` sessions at once, every `interval_weeks` (None: as the program plans).

    All or none, at the same wall time also across clock changes. One that falls into an absence or
    on a public holiday is some weeks later, if that is before the next. One mail tells of all, and
    each has an invitation for the calendar. Errors as `schedule`.
    """
    pairing = lock_pair(pairing)
    check_pair(pairing)
    weeks = pairing.program.interval_weeks if interval_weeks is None else interval_weeks
    first = Slot(wall_date, wall_time, time_zone, minutes or pairing.program.session_minutes)
    slots = series.slots(pairing, first, count=count, weeks=weeks, actor=actor)
    check_free(slots, pairing, actor=actor)
    booked = _book(slots, pairing, actor=actor, place=place, link=link)
    session_mail.tell_series(booked, actor=actor)
    return booked


@transaction.atomic
def move(
    *,
    actor: User,
    session: MentoringSession,
    wall_date: date,
    wall_time: time,
    time_zone: str,
    minutes: int,
    place: str,
    link: str,
    was_missed: bool = False,
) -> MentoringSession:
    """Give a scheduled session another time, place or link, and tell both.

    `was_missed` is for a session that is over: one of the pair says that it did not take place and
    gets another time. Without any change nothing happens. Errors as `schedule`, and DomainError
    when the session is not scheduled any more or is over.
    """
    pairing = lock_pair(session.pairing)
    session = _scheduled(session)
    is_missed = was_missed and _is_over(session) and pairing.has_member(actor)
    if not is_missed:
        _check_not_over(session)
    check_pair(pairing)

    chosen = Slot(wall_date, wall_time, time_zone, minutes)
    check_exists(chosen)
    slot = chosen.settled()
    if not is_missed and _is_at(session, slot):
        return _change_details(session, actor=actor, place=place, link=link)
    check_slot(slot, pairing.program)
    check_here([slot], pairing, actor=actor)
    check_free([slot], pairing, actor=actor, but=session)
    return _change_time(session, slot, pairing, actor=actor, place=place, link=link)


def _is_at(session: MentoringSession, slot: Slot) -> bool:
    """The session already has this time."""
    return session.starts_at == slot.starts_at and session.ends_at == slot.ends_at


def _change_time(
    session: MentoringSession, slot: Slot, pairing: Pairing, *, actor: User, place: str, link: str
) -> MentoringSession:
    """Another time, which has been checked, and perhaps another place or link."""
    before = session.starts_at
    _supersede(session, "moved")
    session.place, session.link = place, link
    _set_time(session, slot)
    session.moved_by = actor
    session.save()
    take_time(session, pairing)
    subjects.assign(pairing)
    record(
        "session.moved",
        session,
        actor,
        sequence=session.sequence,
        before=before.isoformat(),
        after=session.starts_at.isoformat(),
        **_on_behalf(actor, pairing),
    )
    session_mail.tell_moved(session, actor=actor)
    return session


@transaction.atomic
def cancel(*, actor: User, session: MentoringSession) -> MentoringSession:
    """Cancel a scheduled session and tell both; it is stored by whom, never why.

    The second one on the mentee's side since the two last met is told to the coordinators.
    DomainError when the session is not scheduled any more or is over.
    """
    pairing = lock_pair(session.pairing)
    session = _scheduled(session)
    _check_not_over(session)
    _supersede(session, "cancelled")
    session.state, session.cancelled_by = SessionState.CANCELLED, actor
    session.save(update_fields=["state", "cancelled_by", "sequence", "timed_at"])
    release_time(session)
    subjects.assign(pairing)
    record("session.cancelled", session, actor, **_on_behalf(actor, pairing))
    session_mail.tell_cancelled(session, actor=actor)
    cancellations.tell_if_many(session)
    return session


@transaction.atomic
def ask_question(*, actor: User, session: MentoringSession, question: str) -> MentoringSession:
    """Keep what the mentee wants to ask; an empty text deletes it.

    DomainError when the session is over or the text too long.
    """
    session = _scheduled(session)
    _check_not_over(session)
    question = question.strip()
    check_length(question, QUESTION_LENGTH, "question")
    is_new = bool(question) and not session.question
    session.question = question
    session.save(update_fields=["question"])
    if question:
        outbox.cancel(key_prefix=f"{key_prefix(session)}question:", reason="asked")
    if is_new:
        questions.tell_asked(session)
    record("session.question_set", session, actor, empty=not question)
    return session


def _scheduled(session: MentoringSession) -> MentoringSession:
    """The session under lock, if it is still scheduled."""
    locked = lock_session(session)
    if locked.state != SessionState.SCHEDULED:
        raise DomainError(_("This session is not planned any more, so it cannot be changed."))
    return locked


def _check_not_over(session: MentoringSession) -> None:
    """DomainError after its end: then the log says what happened."""
    if _is_over(session):
        raise DomainError(_("This session is over: say in the log what happened."))


def _is_over(session: MentoringSession) -> bool:
    return session.ends_at <= clock.now()


def _change_details(
    session: MentoringSession, *, actor: User, place: str, link: str
) -> MentoringSession:
    """Another place or link at the same time."""
    if (session.place, session.link) == (place, link):
        return session
    _supersede(session, "place or link changed")
    session.place, session.link = place, link
    session.save(update_fields=["place", "link", "sequence", "timed_at"])
    record("session.details_changed", session, actor)
    session_mail.tell_details(session, actor=actor)
    return session


def _supersede(session: MentoringSession, why: str) -> None:
    """Cancel unsent messages about the session as it was, and count the change for calendars."""
    outbox.cancel(key_prefix=key_prefix(session), reason=why)
    session.sequence += 1
    session.timed_at = clock.now()


def _book(
    slots: Iterable[Slot], pairing: Pairing, *, actor: User, place: str, link: str
) -> list[MentoringSession]:
    """Save sessions that have been checked, with the next numbers and what they are about."""
    first_number = _last_number(pairing) + 1
    booked = []
    for number, slot in enumerate(slots, first_number):
        session = MentoringSession(
            pairing=pairing,
            number=number,
            place=place,
            link=link,
            scheduled_by=actor,
        )
        _set_time(session, slot)
        session.timed_at = clock.now()
        session.save()
        take_time(session, pairing)
        _record_booked(session, actor)
        booked.append(session)
    subjects.assign(pairing)
    return booked


def _last_number(pairing: Pairing) -> int:
    """The number of the pair's last session, 0 without one."""
    numbers = MentoringSession.objects.filter(pairing=pairing)
    return numbers.aggregate(last=Max("number"))["last"] or 0


def _record_booked(session: MentoringSession, actor: User) -> None:
    record(
        "session.scheduled",
        session,
        actor,
        starts_at=session.starts_at.isoformat(),
        minutes=session.minutes,
        **_on_behalf(actor, session.pairing),
    )


def _set_time(session: MentoringSession, slot: Slot) -> None:
    """The wall time, and the moments that follow from it."""
    session.wall_date = slot.day
    session.wall_time = slot.wall
    session.time_zone = slot.zone
    session.minutes = slot.minutes
    session.starts_at = slot.starts_at
    session.ends_at = slot.ends_at


def _on_behalf(actor: User, pairing: Pairing) -> dict[str, int]:
    """For the audit entry: a delegate acts on behalf of the mentee."""
    if pairing.has_member(actor):
        return {}
    return {"on_behalf_of": pairing.mentee_id}
