"""Sending the mails of sign-in: at once, without the outbox."""

from __future__ import annotations

import smtplib
import threading
from contextlib import closing

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp

logger = structlog.get_logger(__name__)
THREAD_NAME = "sign-in mail"
FAILURES = (OSError, smtplib.SMTPException)


def send(message: EmailMultiAlternatives, *, kind: str, person_id: int | None) -> None:
    """Send one mail, to nobody if it has no recipient. One of FAILURES if the server is away.

    Only the connection is waited for. A mail server takes longer for a mail than for none, and may
    refuse a recipient: neither is seen by whoever asks for a mail with an address.
    """
    connection = get_connection()
    try:
        if not isinstance(connection, smtp.EmailBackend):
            message.send()
            return
        connection.open()
    except FAILURES as error:
        _log_failure(error, kind, person_id)
        raise
    rest = threading.Thread(
        target=_finish, args=(message, connection, kind, person_id), name=THREAD_NAME
    )
    rest.start()


def _finish(
    message: EmailMultiAlternatives,
    connection: smtp.EmailBackend,
    kind: str,
    person_id: int | None,
) -> None:
    """Send on an open connection, and close it."""
    message.connection = connection
    try:
        with closing(connection):
            message.send()
    except Exception as error:  # noqa: BLE001 - a thread's traceback would be printed as it is
        _log_failure(error, kind, person_id)


def _log_failure(error: Exception, kind: str, person_id: int | None) -> None:
    """Log that a mail was not sent: neither address nor traceback, as a refusal quotes it."""
    logger.warning("sign_in.mail_failed", kind=kind, person=person_id, error=type(error).__name__)
