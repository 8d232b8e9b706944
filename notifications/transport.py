"""Handing one mail to the mail server, and telling what became of it as exactly as SMTP allows.

Django's `send()` tells "the connection broke before the server had the mail" and "after it had it, before it said so"
by the same exception. Only the first may be tried again without the risk of a second copy, so the SMTP dialog is held
here, step by step. Every other backend (files in the demo, memory in tests) is simply called.
"""

from __future__ import annotations

import re
import smtplib
import socket
from dataclasses import dataclass
from email.utils import parseaddr
from types import TracebackType
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

# Replies of a server that wants other credentials: about our configuration, not about this mail. RFC 4954, section 6.
ABOUT_SIGN_IN = (530, 534, 535, 538)
# "No such mailbox" in words that are about the address alone. RFC 3463, section 3.2 (X.1.1, X.1.2, X.1.3, X.1.6, X.1.10).
BAD_ADDRESS = re.compile(r"\b5\.1\.(1|2|3|6|10)\b")
# "This mail is too large", at MAIL already when its size is announced there. RFC 1870, section 6.1; RFC 3463, X.3.4.
TOO_LARGE = re.compile(r"552\b|5\d\d 5\.3\.4\b")


class TransportError(Exception):
    """The mail has certainly not been accepted, unless the subclass says otherwise."""


class ServerAwayError(TransportError):
    """No mail can be sent at the moment: no connection, no sign-in, "service not available", our sender refused."""


class TemporaryError(TransportError):
    """This mail was put off (4xx), or the connection broke before the server had it all."""


class PermanentError(TransportError):
    """This mail was refused (5xx). `bad_address`: because the mailbox does not exist."""

    def __init__(self, message: str, *, bad_address: bool = False) -> None:
        super().__init__(message)
        self.bad_address = bad_address


class UncertainError(TransportError):
    """The server had the whole mail and did not answer: it may have accepted it, or not."""


@dataclass(frozen=True)
class Written:
    """A mail as it goes over the wire, before the dots are doubled and the end is set."""

    sender: str
    recipients: tuple[str, ...]
    payload: bytes


def written(mail: EmailMultiAlternatives) -> Written:
    """All that can go wrong with a mail itself goes wrong here (an address that is none, say), before any talk has begun."""
    content: Any = mail.message()  # Django's own class, whose as_bytes() takes the line end
    recipients = tuple(_bare(recipient) for recipient in mail.recipients())
    return Written(_bare(mail.from_email), recipients, content.as_bytes(linesep="\r\n"))


def _bare(address: str) -> str:
    """What stands between the angle brackets."""
    return parseaddr(sanitize_address(address, "utf-8"))[1]


class Transport:
    """A connection that is opened at the first mail and kept for the next ones. A context manager."""

    def __init__(self) -> None:
        self.backend: Any = None

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye; whatever goes wrong now harms no mail."""
        if self.backend is not None:
            smtp = getattr(self.backend, "connection", None)
            try:
                self.backend.close()
            except (OSError, smtplib.SMTPException):
                if smtp is not None:
                    smtp.close()
            self.backend = None

    def send(self, mail: EmailMultiAlternatives, ready: Written | None = None) -> None:
        """Return when the server has accepted the mail; else raise one of the errors above. `ready` is `written(mail)`."""
        if not mail.recipients():
            raise PermanentError("The message has no recipient.")
        smtp = self._connected()
        if smtp is None:
            mail.connection = self.backend
            try:
                mail.send()
            except (OSError, smtplib.SMTPException) as error:
                raise ServerAwayError(describe(error)) from error
            return
        try:
            _dialog(smtp, ready or written(mail))
        except TransportError as error:
            if not isinstance(error, PermanentError):
                self.close()
            raise
        except smtplib.SMTPHeloError as error:
            self.close()
            raise ServerAwayError(describe(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise TemporaryError(describe(error)) from error

    def _connected(self) -> smtplib.SMTP | None:
        """The living SMTP connection, or None for a backend that is none."""
        if self.backend is not None and isinstance(self.backend, EmailBackend):
            # ask before using it again: a server that has closed an idle connection must cost no mail an attempt
            try:
                alive = self.backend.connection is not None and self.backend.connection.rset()[0] == 250
            except (OSError, smtplib.SMTPException):
                alive = False
            if not alive:
                self.close()
        if self.backend is None:
            self.backend = get_connection(fail_silently=False)
            try:
                self.backend.open()
                _send_at_once(self.backend)
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                raise ServerAwayError(describe(error)) from error
        if not isinstance(self.backend, EmailBackend):
            return None
        return self.backend.connection


def _send_at_once(backend: Any) -> None:
    """The end of a mail is sent apart from the mail; without this it would wait for the other side's delayed ACK (40 ms)."""
    if isinstance(backend, EmailBackend) and backend.connection is not None and backend.connection.sock is not None:
        backend.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _dialog(smtp: smtplib.SMTP, mail: Written) -> None:
    """MAIL, RCPT, DATA, the mail, and the server's word. RFC 5321, section 3.3."""
    payload = re.sub(rb"(?m)^\.", b"..", mail.payload)  # RFC 5321, section 4.5.2
    if not payload.endswith(b"\r\n"):
        payload += b"\r\n"
    smtp.ehlo_or_helo_if_needed()
    options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
    if smtp.has_extn("size"):
        options.append(f"SIZE={len(payload)}")
    _judge_sender(smtp.mail(mail.sender, options), announced=smtp.has_extn("size"))
    for recipient in mail.recipients:
        _judge(smtp.rcpt(recipient), about_address=True)
    _judge(smtp.docmd("DATA"), good=(354,))
    smtp.send(payload)  # breaking off here leaves the mail without its end, so no server can have accepted it
    try:
        smtp.send(b".\r\n")
        reply = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise UncertainError(describe(error)) from error
    if reply[0] == -1:
        raise UncertainError("The server closed the connection after the mail, before its answer.")
    _judge(reply)


def _judge_sender(reply: tuple[int, bytes], *, announced: bool) -> None:
    """The answer to MAIL is about our own address, the same for every mail: a refusal is no mail's fault.

    One thing is the mail's: its size, if that was announced.
    """
    try:
        _judge(reply)
    except PermanentError as error:
        if announced and TOO_LARGE.match(str(error)):
            raise
        raise ServerAwayError(str(error)) from error


def _judge(reply: tuple[int, bytes], *, good: tuple[int, ...] = (250, 251, 252), about_address: bool = False) -> None:
    """Nothing for a good reply; else the error that it means."""
    code, words = reply[0], reply[1].decode("utf-8", "replace").replace("\n", " ")
    if code in good:
        return
    said = f"{code} {words}"[:500]
    if code == 421 or code in ABOUT_SIGN_IN:
        raise ServerAwayError(said)
    if 500 <= code <= 599:
        raise PermanentError(said, bad_address=about_address and bool(BAD_ADDRESS.search(words)))
    raise TemporaryError(said)


def describe(error: Exception) -> str:
    """An exception in one line, for people who run the mail server."""
    return f"{type(error).__name__}: {error}"[:500]
