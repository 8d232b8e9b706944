"""Sending: claim one message, ask the gates whether it is sent now, hand it over, write down what
became of it.

The promise: every message that was due is sent, visibly missed, or visibly unknown; none is sent
twice except where a mail server dies between accepting and answering, and then with the same
Message-ID; none is sent after it has expired. The states are committed one by one and no
transaction is open during the SMTP dialog, so that a process may die at any line. Any number of
processes may do this at the same time. Running it twice changes nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from common import clock
from notifications import kinds
from notifications.delivery import digest, gates, outcomes, webhooks
from notifications.delivery.claiming import begin_dialog, claim
from notifications.delivery.transport import (
    PermanentError,
    ServerAwayError,
    TemporaryError,
    Transport,
    UncertainError,
    written,
)
from notifications.enums import WEBHOOK_CHANNELS, Channel, MessageState
from notifications.mail import mime, origin
from notifications.models import OutboxMessage, OutboxQuerySet
from notifications.preferences import suppression

log = structlog.get_logger(__name__)

MANY = 20  # from so many due messages on, it pays to send with several threads

_away_until = 0.0


def send_due(*, seconds: float | None = None, threads: int = 1) -> Counter[str]:
    """One round: return expired leases, mark what has expired, queue what waited for its address,
    send all that is due. Counts by what became of it.

    When the mail server cannot be reached, mails stay queued for the next round, and what needs
    none is sent. After `seconds` it stops (one message is always sent) and counts "unfinished", so
    that a worker can do something else in between.
    """
    end = None if seconds is None else time.monotonic() + seconds
    counts = Counter(reaped=reap(), missed=miss_expired() + digest.settle())
    suppression.wipe_expired()
    suppression.queue_released()
    counts += _send_with_threads(end, threads)
    return +counts


def _send_with_threads(end: float | None, threads: int) -> Counter[str]:
    """Send with several threads when MANY messages are due: while one waits for the mail server,
    another composes.
    """
    away = Event()
    others = threads - 1 if threads > 1 and _many_are_due() else 0
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(max(others, 1)) as pool:  # starts no thread before it is needed
        found = [pool.submit(_send_beside, end, away) for _number in range(others)]
        counts += _send(end, away)
        for other in found:
            counts += other.result()
    return counts


def _many_are_due() -> bool:
    return OutboxMessage.objects.claimable(clock.now())[:MANY].count() == MANY


def _send(end: float | None, away: Event) -> Counter[str]:
    """Send one message after the other until none is left, or until `end`; `away` is set when the
    mail server is.
    """
    counts: Counter[str] = Counter()
    with origin.remembered(), Transport() as transport:
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
    fate: it is sent once more, unless it is a reminder that another follows, or went to Slack or
    Teams, where nothing tells a copy, or this was its second time already. Each statement names the
    whole of what it takes: another lease may end between two of them.
    """
    dead = OutboxMessage.objects.filter(state=MessageState.LEASED, lease_until__lt=Now())
    back = dead.filter(dialog_at__isnull=True).update(state=MessageState.QUEUED, lease_until=None)

    talking = dead.filter(dialog_at__isnull=False)
    only_once = _is_sent_only_once()
    others = talking.exclude(only_once)
    once = _set_unknown(talking.filter(only_once), again=False)
    again = _set_unknown(others.filter(resend_allowed=True), again=True)
    never = _set_unknown(others.filter(resend_allowed=False), again=False)
    return back + once + again + never


def _is_sent_only_once() -> Q:
    """Messages of which no second copy is risked."""
    followed = kinds.keys_where(lambda kind: kind.is_followed_by_another)
    return Q(kind__in=followed) | Q(channel__in=WEBHOOK_CHANNELS)


def _set_unknown(messages: OutboxQuerySet, *, again: bool) -> int:
    """These may have arrived or not; unless they are sent `again`, their text is wiped."""
    fields: dict[str, Any] = {} if again else {"resend_allowed": False, **outcomes.NO_BODY}
    return messages.update(
        state=MessageState.UNKNOWN,
        lease_until=None,
        last_error="The sender stopped while it was sending.",
        try_at=clock.now(),
        **fields,
    )


def miss_expired() -> int:
    """Mark what waits and has expired; how many they were.

    What is of unknown fate stays so, and is not sent again.
    """
    late = OutboxMessage.objects.waiting().filter(expires_at__lte=clock.now())
    late.filter(state=MessageState.UNKNOWN).update(resend_allowed=False, **outcomes.NO_BODY)
    return late.filter(state=MessageState.QUEUED).update(
        state=MessageState.MISSED, **outcomes.NO_BODY
    )


def process(message: OutboxMessage, transport: Transport) -> str:
    """Send a claimed message, or end or hold it; the state that it has now.

    Raises ServerAwayError (after writing it down) when there is no point in trying the next
    message.
    """
    try:
        stopped = gates.first_stop(message)
        if stopped is not None:
            return stopped
        if message.channel == Channel.INBOX:
            return outcomes.finish(message, MessageState.SENT)
        send = prepare(message, transport)
    except Exception as error:  # a fault in one kind of message must not hold up the others
        log.exception("message_not_built", message=message.pk, kind=message.kind)
        error_text = f"The message could not be made: {type(error).__name__}."
        return outcomes.put_off(message, error_text)
    return hand_over(message, send)


def prepare(message: OutboxMessage, transport: Transport) -> Callable[[], None]:
    """Make everything that can be made before the dialog; what is returned holds the dialog."""
    if message.channel in WEBHOOK_CHANNELS:
        webhook = webhooks.webhook_of(message)
        assert webhook is not None  # see gates.channel_disconnected
        return partial(webhooks.post, webhook, webhooks.payload(message))
    mail = mime.build(message, kinds.get(message.kind))
    return partial(transport.send, mail, written(mail))


def hand_over(message: OutboxMessage, send: Callable[[], None]) -> str:
    """Talk with the mail server (or Slack, or Teams) and write down what it said."""
    if not begin_dialog(message):
        return outcomes.LOST_LEASE
    try:
        send()
    except UncertainError as error:
        return outcomes.uncertain(message, str(error))
    except PermanentError as error:
        return _refused(message, error)
    except TemporaryError as error:
        return outcomes.put_off(message, str(error), wait=error.wait)
    except ServerAwayError as error:
        log.warning("mail_server_away", message=message.pk)
        outcomes.put_off(message, str(error))
        raise
    return outcomes.finish(message, MessageState.SENT)


def _refused(message: OutboxMessage, error: PermanentError) -> str:
    """It is not taken; when the address is the reason, nothing more is sent there."""
    if not error.bad_address:
        return outcomes.finish(message, MessageState.FAILED, str(error))
    suppression.suppress(mime.address_of(message), str(error))
    return outcomes.suppress(message, str(error))
