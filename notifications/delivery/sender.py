"""Sending: claim one message, ask whether it is still wanted, hand it over, write down what became
of it.

The promise: every message that was due is sent, visibly missed, or visibly unknown; none is sent
twice except where a mail server dies between accepting and answering, and then with the same
Message-ID; none is sent after its point is lost. The states are committed one by one and no
transaction is open while the mail server is talked to, so that a process may die at any line. Any
number of processes may do this at the same time. Running it twice changes nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q
from django.db.models.functions import Now

from common import clock
from notifications.delivery import claiming, digest, retrying, webhooks
from notifications.delivery.claiming import begin_dialog, claim
from notifications.delivery.transport import (
    PermanentError,
    ServerAwayError,
    TemporaryError,
    Transport,
    UncertainError,
    written,
)
from notifications.enums import RETRIABLE_STATES, WEBHOOK_CHANNELS, Channel, MessageState
from notifications.kinds import policy, registry
from notifications.mail import mime
from notifications.models import OutboxMessage
from notifications.preferences import absence, quiet, suppression
from notifications.preferences import store as preferences

log = structlog.get_logger(__name__)

# How long to wait for a database that does not answer: half a minute in all, well within the lease.
COMMIT_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 15)

MANY = 20  # from so many due messages on, it pays to send with several threads

_away_until = 0.0

NO_BODY = {"text": "", "html": "", "attachments": []}


def send_due(*, seconds: float | None = None, threads: int = 1) -> Counter[str]:
    """One round: return expired leases, mark what has missed its time, send all that is due; counts
    by what became of it.

    When the mail server cannot be reached, mails stay queued for the next round, and what needs
    none goes on. After `seconds` it stops (one message is always sent) and counts "unfinished", so
    that a worker can do something else in between. When MANY are due, `threads` send at the same
    time: while one waits for the mail server, another composes.
    """
    end = None if seconds is None else time.monotonic() + seconds
    counts = Counter(reaped=reap(), missed=miss_expired() + digest.settle())
    retrying.forget_old()
    away = Event()
    others = (
        threads - 1
        if threads > 1 and OutboxMessage.objects.claimable(clock.now())[:MANY].count() == MANY
        else 0
    )
    with ThreadPoolExecutor(max(others, 1)) as pool:  # starts no thread before it is needed
        found = [pool.submit(_send_beside, end, away) for _number in range(others)]
        counts += _send(end, away)
        for other in found:
            counts += other.result()
    return +counts


def _send(end: float | None, away: Event) -> Counter[str]:
    """Send one message after the other until none is left, or until `end`; `away` is set when the
    mail server is.
    """
    counts: Counter[str] = Counter()
    with Transport() as transport:
        while (message := claim(mails=not away.is_set())) is not None:
            try:
                counts[process(message, transport)] += 1
            except ServerAwayError:
                counts["put_off"] += 1
                away.set()
            if end is not None and time.monotonic() >= end:
                counts["unfinished"] = 1
                break
    return counts


def _send_beside(end: float | None, away: Event) -> Counter[str]:
    """The same in a thread of its own, which has connections of its own."""
    try:
        return _send(end, away)
    finally:
        connection.close()


def deliver(message_id: int) -> None:
    """Send this one message, if it waits, is due, and nobody else is sending it.

    Sends no mail for OUTBOX_AWAY after the mail server could not be reached: hundreds of these in a
    row, each waiting for its time-out, would hold up all other work. The rounds go on trying.
    """
    global _away_until  # noqa: PLW0603 - one switch of the process
    message = claim(message_id, mails=time.monotonic() >= _away_until)
    if message is None:
        return
    with Transport() as transport:
        try:
            process(message, transport)
        except ServerAwayError:
            _away_until = time.monotonic() + settings.OUTBOX_AWAY.total_seconds()


def reap() -> int:
    """Take back the messages whose sender has died; how many they were.

    One that had not begun to talk with the mail server waits again. One that had is of unknown
    fate: it is sent once more, unless it is a nudge that another follows, or went to Slack or
    Teams, where nothing tells a copy, or this was its second time already. Each statement names the
    whole of what it takes: another lease may end between two of them.
    """
    dead = OutboxMessage.objects.filter(state=MessageState.LEASED, lease_until__lt=Now())
    back = dead.filter(dialog_at__isnull=True).update(state=MessageState.QUEUED, lease_until=None)
    talking, once = (
        dead.filter(dialog_at__isnull=False),
        Q(kind__in=registry.repeated()) | Q(channel__in=WEBHOOK_CHANNELS),
    )
    why = "The sender stopped while it was sending."
    unknown = {
        "state": MessageState.UNKNOWN,
        "lease_until": None,
        "last_error": why,
        "try_at": clock.now(),
    }
    nudges = talking.filter(once).update(resend_allowed=False, **unknown, **NO_BODY)
    others = talking.exclude(once)
    again = others.filter(resend_allowed=True).update(**unknown)
    never = others.filter(resend_allowed=False).update(**unknown, **NO_BODY)
    return back + nudges + again + never


def miss_expired() -> int:
    """Mark what waits and is past its point; how many they were.

    What is of unknown fate stays so, and is not sent again.

    What is missed keeps its body for a while: see retrying.py.
    """
    late = OutboxMessage.objects.waiting().filter(expires_at__lte=clock.now())
    late.filter(state=MessageState.UNKNOWN).update(
        resend_allowed=False, try_at=clock.now(), **NO_BODY
    )
    return late.filter(state=MessageState.QUEUED).update(
        state=MessageState.MISSED, try_at=clock.now()
    )


def process(message: OutboxMessage, transport: Transport) -> str:
    """Send a claimed message or end it, and commit which; the state that it has now.

    Raises ServerAwayError (after writing it down) when there is no point in trying the next
    message.
    """
    if message.expires_at <= clock.now():
        return finish(message, MessageState.MISSED)
    why_not = suppression.why_not(message)
    if why_not:
        return finish(message, MessageState.SUPPRESSED, why_not)
    try:
        otherwise = not_now(message)
        send = None if otherwise else prepare(message, transport)
    except Exception as error:  # a fault in one kind of message must not hold up the others
        log.exception("message_not_built", message=message.pk, kind=message.kind)
        return put_off(message, f"The message could not be made: {type(error).__name__}.")
    if otherwise or send is None:
        return otherwise or finish(
            message, MessageState.CANCELLED, "Nobody wants it there any more."
        )
    return (
        finish(message, MessageState.SENT)
        if message.channel == Channel.INBOX
        else hand_over(message, send)
    )


def not_now(message: OutboxMessage) -> str | None:
    """What has become of a message that is not sent by itself now: cancelled, held, digested; None
    when it is sent.
    """
    if not is_wanted(message):
        return finish(
            message, MessageState.CANCELLED, "It was no longer needed when its time came."
        )
    back = None if message.dialog_at else absence.back_at(message)
    if back is not None:
        with absence.one_at_a_time(message):
            if absence.waits_for(message, back):
                return hold(message, back)
            return finish(
                message,
                MessageState.CANCELLED,
                "Its recipient is away until it has lost its point.",
            )
    until = quiet.hold(message)
    if until is not None:
        return hold(message, until)
    return (
        digest.take(message) if digest.is_late(message) else None
    )  # what was perhaps sent before goes under its own name


def is_wanted(message: OutboxMessage) -> bool:
    """Whether its recipient has not turned it off, and its kind says that it still has a point."""
    kind = registry.get(message.kind)
    if message.kind == policy.DIGEST:
        return digest.refresh(message)
    return preferences.is_wanted(message) and (kind.still_due is None or kind.still_due(message))


def prepare(message: OutboxMessage, transport: Transport) -> Callable[[], None] | None:
    """All that can be made before the dialog, as what holds the dialog; None when there is nowhere
    to send it.
    """
    if message.channel in WEBHOOK_CHANNELS:
        webhook = webhooks.webhook_of(message)
        return partial(webhooks.post, webhook, webhooks.payload(message)) if webhook else None
    built = mime.build(message, registry.get(message.kind))
    return partial(transport.send, built, written(built))


def hand_over(message: OutboxMessage, send: Callable[[], None]) -> str:
    """Talk with the mail server (or Slack, or Teams) and commit what it said."""
    if not begin_dialog(message):
        return "lost_lease"
    try:
        send()
    except UncertainError as error:
        return uncertain(message, str(error))
    except PermanentError as error:
        if error.bad_address:
            suppression.suppress(mime.address_of(message), str(error))
        return finish(message, MessageState.FAILED, str(error))
    except TemporaryError as error:
        return put_off(message, str(error), wait=error.wait)
    except ServerAwayError as error:
        log.warning("mail_server_away", message=message.pk)
        put_off(message, str(error))
        raise
    return finish(message, MessageState.SENT)


def finish(message: OutboxMessage, state: MessageState, error: str = "") -> str:
    """Commit the end of a message and wipe its body.

    What may have been sent before stays unknown unless it is sent now.
    """
    fields: dict[str, Any] = {"state": state, "last_error": error}
    if state not in RETRIABLE_STATES or message.dialog_at is not None:
        fields |= NO_BODY
    if state in RETRIABLE_STATES:
        fields |= {"try_at": clock.now()}  # RETRY_FOR begins now, however long it had waited
    if state == MessageState.SENT:
        fields |= {"sent_at": clock.now()}
    elif message.dialog_at is not None:
        fields |= {"state": MessageState.UNKNOWN, "resend_allowed": False, "try_at": clock.now()}
    done = _commit(message, **fields)
    log.info(
        "message_done", message=message.pk, kind=message.kind, state=str(fields["state"]), held=done
    )
    return str(fields["state"]) if done else "lost_lease"


def hold(message: OutboxMessage, until: datetime) -> str:
    """Commit that it waits for the end of its recipient's quiet time, or for their return."""
    state = MessageState.QUEUED if message.dialog_at is None else MessageState.UNKNOWN
    done = _commit(message, state=state, try_at=until, held_until=until)
    return "held" if done else "lost_lease"


def put_off(message: OutboxMessage, error: str, *, wait: timedelta = timedelta()) -> str:
    """Commit that it was certainly not accepted now, and when it is tried again; what an earlier
    dialog left stays.
    """
    first = message.dialog_at is None
    done = _commit(
        message,
        state=MessageState.QUEUED if first else MessageState.UNKNOWN,
        dialog_at=message.dialog_at,
        resend_allowed=True,
        try_at=max(next_try(message.attempts), clock.now() + wait),
        last_error=error,
    )
    return "put_off" if done else "lost_lease"


def uncertain(message: OutboxMessage, error: str) -> str:
    """Commit that nobody knows whether it was accepted, and that it is sent once more unless it was
    that already.
    """
    again = (
        message.dialog_at is None
        and message.channel == Channel.EMAIL
        and message.kind not in registry.repeated()
    )
    done = _commit(
        message,
        state=MessageState.UNKNOWN,
        resend_allowed=again,
        try_at=next_try(message.attempts),
        last_error=error,
        **({} if again else NO_BODY),
    )
    return str(MessageState.UNKNOWN) if done else "lost_lease"


def next_try(attempts: int) -> datetime:
    """Twice as long after each attempt, within settings.OUTBOX_BACKOFF."""
    first, longest = settings.OUTBOX_BACKOFF
    doublings: int = min(max(attempts - 1, 0), 10)
    return clock.now() + min(first * (1 << doublings), longest)


def _commit(message: OutboxMessage, **fields: Any) -> bool:
    """Write the outcome and give up the claim; False when the claim was no longer ours.

    A database that restarts just now is waited for: to forget that a mail has gone out would mean
    to send it twice.
    """
    for pause in COMMIT_PAUSES:
        try:
            return claiming.give_up(message, **fields)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            log.warning("outcome_not_written_yet", message=message.pk)
            connection.close()
            time.sleep(pause)
    return claiming.give_up(message, **fields)
