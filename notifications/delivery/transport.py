"""Handing one mail to the mail server, and telling what became of it as exactly as SMTP allows.

Django's `send()` raises the same exception when the connection breaks before the server has the
mail and when it breaks after that, before its answer. Only the first may be tried again without the
risk of a second copy. So the SMTP dialog is held here, step by step. Every other backend (files in
the demo, memory in tests) is simply called.
"""

from __future__ import annotations

import re
import smtplib
import socket
import time
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from types import TracebackType
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from notifications.mail.refusals import is_about_address

# Replies of a server that wants other credentials: about our configuration, not about this mail.
# RFC 4954, section 6.
ABOUT_SIGN_IN = (530, 534, 535, 538)
# "This mail is too large", at MAIL already when its size is announced there. RFC 1870, section 6.1;
# RFC 3463, X.3.4.
TOO_LARGE = re.compile(r"552\b|5\d\d 5\.3\.4\b")

# A connection that has rested for longer is asked whether it still lives; sooner, MAIL itself asks.
IDLE_SECONDS = 2.0


class TransportError(Exception):
    """The mail has certainly not been accepted, unless the subclass says otherwise."""


class ServerAwayError(TransportError):
    """No mail can be sent at the moment: no connection, no sign-in, "service not available", our
    sender refused.
    """


class TemporaryError(TransportError):
    """This mail was put off (4xx), or the connection broke before the server had it all.

    `wait`: for so long at least.
    """

    wait = timedelta()


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
    """The mail as bytes. A mail with a fault, such as a wrong address, fails here, before the
    dialog.
    """
    content: Any = mail.message()  # Django's own class, whose as_bytes() takes the line end
    recipients = tuple(_bare(recipient) for recipient in mail.recipients())
    return Written(_bare(mail.from_email), recipients, content.as_bytes(linesep="\r\n"))


def _bare(address: str) -> str:
    """What stands between the angle brackets."""
    return parseaddr(sanitize_address(address, "utf-8"))[1]


class Transport:
    """A connection that is opened at the first mail and kept for the next ones.

    A context manager.
    """

    def __init__(self) -> None:
        self.backend: Any = None
        self.kept = False  # whether the open connection has carried a mail before
        self.broken_off = False  # the last mail was refused half-way: the server must forget it
        self.used_at = 0.0  # on the monotonic clock

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
            self.backend, self.kept, self.broken_off = None, False, False

    def send(self, mail: EmailMultiAlternatives, ready: Written | None = None) -> None:
        """Return when the server has accepted the mail; else raise one of the errors above.

        `ready` is `written(mail)`.
        """
        if not mail.recipients():
            raise PermanentError("The message has no recipient.")
        if self.backend is None:
            self._open()
        if isinstance(self.backend, EmailBackend):
            self._talk(ready or written(mail))
            return
        mail.connection = self.backend
        try:
            mail.send()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAwayError(describe(error)) from error

    def _open(self) -> None:
        """Connect, greet, sign in: whatever goes wrong is about the server, or about our own
        settings.
        """
        self.backend = get_connection(fail_silently=False)
        try:
            self.backend.open()
            if isinstance(self.backend, EmailBackend) and self.backend.connection is not None:
                _send_at_once(self.backend.connection)
                self.backend.connection.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerAwayError(describe(error)) from error

    def _talk(self, mail: Written) -> None:
        """One mail from MAIL to the server's word. The connection is kept where that is safe."""
        payload = _on_the_wire(mail)
        try:
            self._begin(mail, len(payload))
            _hand_over(self.backend.connection, mail, payload)
        except PermanentError:
            self.broken_off = True
            raise
        except TransportError:
            self.close()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise TemporaryError(describe(error)) from error
        finally:
            self.kept, self.used_at = self.backend is not None, time.monotonic()

    def _begin(self, mail: Written, size: int) -> None:
        """MAIL. A kept connection that the server has closed meanwhile costs no mail an attempt."""
        if self.kept:
            smtp = self.backend.connection
            try:
                if self.broken_off or time.monotonic() - self.used_at > IDLE_SECONDS:
                    _judge_sender(smtp.rset(), announced=False)
                    self.broken_off = False
                _announce(smtp, mail, size)
            except PermanentError:
                raise
            except (TransportError, OSError, smtplib.SMTPException):
                self.close()
                self._open()
            else:
                return
        _announce(self.backend.connection, mail, size)


def _send_at_once(smtp: smtplib.SMTP) -> None:
    """Switch off Nagle's algorithm: the end of a mail, which is sent apart, would wait for the
    other side's delayed ACK (40 ms).
    """
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _on_the_wire(mail: Written) -> bytes:
    """With the dots doubled, up to the last line. RFC 5321, section 4.5.2."""
    payload = re.sub(rb"(?m)^\.", b"..", mail.payload)
    return payload if payload.endswith(b"\r\n") else payload + b"\r\n"


def _announce(smtp: smtplib.SMTP, mail: Written, size: int) -> None:
    """MAIL, and the server's answer to it."""
    options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
    if smtp.has_extn("size"):
        options.append(f"SIZE={size}")
    _judge_sender(smtp.mail(mail.sender, options), announced=smtp.has_extn("size"))


def _hand_over(smtp: smtplib.SMTP, mail: Written, payload: bytes) -> None:
    """RCPT, DATA, the mail, and the server's word. RFC 5321, section 3.3."""
    for recipient in mail.recipients:
        _judge(smtp.rcpt(recipient), about_address=True)
    _judge(smtp.docmd("DATA"), good=(354,))
    # Breaking off here leaves the mail without its end, so no server can have accepted it.
    smtp.send(payload)
    try:
        smtp.send(b".\r\n")
        reply = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise UncertainError(describe(error)) from error
    if reply[0] == -1:
        raise UncertainError("The server closed the connection after the mail, before its answer.")
    _judge(reply, about_address=True)  # there is one recipient


def _judge_sender(reply: tuple[int, bytes], *, announced: bool) -> None:
    """The answer to MAIL is about our own address, the same for every mail: a refusal is no mail's
    fault.

    One thing is the mail's: its size, if that was announced.
    """
    try:
        _judge(reply)
    except PermanentError as error:
        if announced and TOO_LARGE.match(str(error)):
            raise
        raise ServerAwayError(str(error)) from error


def _judge(
    reply: tuple[int, bytes],
    *,
    good: tuple[int, ...] = (250, 251, 252),
    about_address: bool = False,
) -> None:
    """Nothing for a good reply; else the error that it means."""
    code, words = reply[0], reply[1].decode("utf-8", "replace").replace("\n", " ")
    if code in good:
        return
    said = f"{code} {words}"[:500]
    if code == 421 or code in ABOUT_SIGN_IN:
        raise ServerAwayError(said)
    if 500 <= code <= 599:
        raise PermanentError(said, bad_address=about_address and is_about_address(words))
    raise TemporaryError(said)


def describe(error: Exception) -> str:
    """An exception in one line, for people who run the mail server."""
    return f"{type(error).__name__}: {error}"[:500]
