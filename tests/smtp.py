"""A real SMTP server for tests: keeps what it takes, and misbehaves on request. No pytest in here.

with SmtpSink() as sink:
    ...                      # EMAIL_URL=sink.url, or sink.settings() for django's settings
    sink.wait_for(1)
    sink.messages[0].text
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells each command
DIE_BEFORE_TAKING = "die before taking"
DIE_AFTER_TAKING = "die after taking"
HANG_AFTER_TAKING = "hang after taking"
Behaviour = Callable[
    [str], str
]  # from the recipient's address to a reply, "" or one of the three above
RCPT, TAKEN = "rcpt", "taken"


@dataclass(frozen=True)
class Received:
    """One mail that the server has taken."""

    sender: str
    recipients: list[str]
    mail: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.mail["Subject"]).strip()

    @property
    def message_id(self) -> str:
        """The Message-ID header."""
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        """The plain-text part."""
        part = self.mail.get_body(("plain",))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

    @property
    def html(self) -> str:
        """The HTML part."""
        part = self.mail.get_body(("html",))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


@dataclass
class SmtpSink:
    """`on_rcpt` and `on_data` give the reply to a recipient's address, `on_mail` to the sender's:
    "" accepts, "450 no" not.

    `on_data` may also be DIE_BEFORE_TAKING or DIE_AFTER_TAKING: the connection is cut after the
    whole mail has arrived, and the mail counts as not taken or as taken; HANG_AFTER_TAKING takes it
    and never answers. `delay` is how long a mail takes, in seconds. `on_step(step, address, port)`
    hears, before the answer is sent, that a recipient has been named (RCPT) or a mail has been
    taken (TAKEN), and from which port of the other side.
    """

    port: int = 0
    on_mail: Behaviour = lambda _address: ""
    on_rcpt: Behaviour = lambda _address: ""
    on_data: Behaviour = lambda _address: ""
    on_step: Callable[[str, str, int], None] | None = None
    delay: float = 0.0
    messages: list[Received] = field(default_factory=list)
    dialogs: int = 0  # mails that were handed over completely, taken or not
    connections: int = 0
    controller: Controller | None = None
    lock: Any = field(default_factory=threading.Lock)

    def __enter__(self) -> SmtpSink:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; on the same port as before when it was stopped."""
        self.port = self.port or free_port()
        self.controller = Controller(
            _Handler(self), hostname="127.0.0.1", port=self.port, server_hostname="sink.example"
        )
        self.controller.start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self.controller is not None:
            self.controller.stop(no_assert=True)
            self.controller = None

    @property
    def url(self) -> str:
        """As EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, Any]:
        """Django's settings that lead here."""
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "EMAIL_TIMEOUT": 5,
        }

    def to(self, address: str) -> list[Received]:
        """The mails to this address, in the order in which they came."""
        with self.lock:
            return [
                one
                for one in self.messages
                if address.lower() in (to.lower() for to in one.recipients)
            ]

    def copies(self) -> Counter[str]:
        """How many copies of each Message-ID have been taken."""
        with self.lock:
            return Counter(one.message_id for one in self.messages)

    def wait_for(
        self,
        number: int,
        seconds: float = 20.0,
        *,
        where: Callable[[Received], bool] = lambda _: True,
    ) -> None:
        """Return once at least `number` mails (that fit) have been taken. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.lock:
                if sum(map(where, self.messages)) >= number:
                    return
            time.sleep(0.05)
        raise TimeoutError(
            f"{sum(map(where, self.messages))} of {number} mails have come in {seconds} s."
        )


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        self.sink.connections += 1
        session.host_name = name
        return lines

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.sink.on_mail(address)
        if not reply:
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.step(RCPT, address, session)
        reply = self.sink.on_rcpt(address)
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        import asyncio

        if self.sink.delay:
            await asyncio.sleep(self.sink.delay)
        content = (
            envelope.content
            if isinstance(envelope.content, bytes)
            else (envelope.content or "").encode()
        )
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        reply = self.sink.on_data(envelope.rcpt_tos[0])
        with self.sink.lock:
            self.sink.dialogs += 1
            taken = reply in {"", DIE_AFTER_TAKING, HANG_AFTER_TAKING}
            if taken:
                self.sink.messages.append(
                    Received(envelope.mail_from or "", list(envelope.rcpt_tos), mail)
                )
        if taken:
            self.step(TAKEN, envelope.rcpt_tos[0], session)
        if reply == HANG_AFTER_TAKING:
            await asyncio.sleep(3600)  # aiosmtpd breaks this off when the other side gives up
        if reply in {DIE_BEFORE_TAKING, DIE_AFTER_TAKING}:
            with contextlib.suppress(Exception):
                server.transport.abort()
            return "421 gone"
        return reply or "250 OK"

    def step(self, name: str, address: str, session: Session) -> None:
        """Tell the listener, if there is one."""
        if self.sink.on_step is not None:
            self.sink.on_step(name, address, session.peer[1])


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
