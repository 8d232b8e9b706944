"""What the sender learns from an SMTP server that behaves in odd ways."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from notifications.delivery.transport import (
    PermanentError,
    ServerAwayError,
    TemporaryError,
    Transport,
    UncertainError,
)
from tests.smtp import SmtpSink, free_port

Script = list[tuple[str, bytes]]
UP_TO_RCPT: Script = [("EHLO", b"250 hello\r\n"), ("MAIL", b"250 ok\r\n"), ("RCPT", b"250 ok\r\n")]
GO: Script = [("DATA", b"354 go\r\n")]


def a_mail(text: str = "Hello") -> EmailMultiAlternatives:
    return EmailMultiAlternatives("Subject", text, "from@example.com", ["to@example.com"])


@contextmanager
def scripted(settings: Any, greeting: bytes, script: Script) -> Iterator[None]:
    """A server that says what stands in the script and then closes the connection."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = server.accept()
        with client, client.makefile("rb") as lines:
            client.sendall(greeting)
            for verb, reply in script:
                line = lines.readline()
                if verb == "BODY":
                    while line not in {b".\r\n", b""}:
                        line = lines.readline()
                if not line:
                    return
                client.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
    settings.EMAIL_TIMEOUT = 1
    try:
        yield
    finally:
        server.close()
        thread.join(5)


CASES: list[tuple[bytes, Script, type[Exception]]] = [
    (b"554 go away\r\n", [], ServerAwayError),
    (b"", [], ServerAwayError),
    (b"220 hi\r\n", [("EHLO", b"250 hello\r\n"), ("MAIL", b"421 closing\r\n")], ServerAwayError),
    (
        b"220 hi\r\n",
        [("EHLO", b"250 hello\r\n"), ("MAIL", b"530 sign in first\r\n")],
        ServerAwayError,
    ),
    (b"220 hi\r\n", [("EHLO", b"250 hello\r\n"), ("MAIL", b"451 later\r\n")], TemporaryError),
    (b"220 hi\r\n", [("EHLO", b"550 no\r\n"), ("HELO", b"550 no\r\n")], ServerAwayError),
    (b"220 hi\r\n", [("EHLO", b"450 no\r\n"), ("HELO", b"450 no\r\n")], ServerAwayError),
    (
        b"220 hi\r\n",
        [("EHLO", b"250 hello\r\n"), ("MAIL", b"550 5.7.1 not from here\r\n")],
        ServerAwayError,
    ),
    (
        b"220 hi\r\n",
        [("EHLO", b"250 hello\r\n"), ("MAIL", b"501 5.1.7 bad sender\r\n")],
        ServerAwayError,
    ),
    (
        b"220 hi\r\n",
        [("EHLO", b"250-hello\r\n250 SIZE 9\r\n"), ("MAIL", b"552 too large\r\n")],
        PermanentError,
    ),
    (
        b"220 hi\r\n",
        [("EHLO", b"250-hello\r\n250 SIZE 9\r\n"), ("MAIL", b"554 5.3.4 too large\r\n")],
        PermanentError,
    ),
    (b"220 hi\r\n", [("EHLO", b"250 hello\r\n"), ("MAIL", b"552 full\r\n")], ServerAwayError),
    (b"220 hi\r\n", [("EHLO", b"250 hello\r\n")], TemporaryError),
    (b"220 hi\r\n", [*UP_TO_RCPT[:2], ("RCPT", b"550 5.1.1 unknown\r\n")], PermanentError),
    (b"220 hi\r\n", UP_TO_RCPT, TemporaryError),
    (b"220 hi\r\n", [*UP_TO_RCPT, ("DATA", b"451 full\r\n")], TemporaryError),
    (b"220 hi\r\n", [*UP_TO_RCPT, ("DATA", b"554 no\r\n")], PermanentError),
    (b"220 hi\r\n", [*UP_TO_RCPT, *GO, ("BODY", b"452 full\r\n")], TemporaryError),
    (b"220 hi\r\n", [*UP_TO_RCPT, *GO, ("BODY", b"552 too large\r\n")], PermanentError),
    (b"220 hi\r\n", [*UP_TO_RCPT, *GO, ("BODY", b"")], UncertainError),
    (b"220 hi\r\n", [*UP_TO_RCPT, *GO, ("BODY", b"?\r\n")], UncertainError),
]


@pytest.mark.parametrize(("greeting", "script", "error"), CASES)
def test_answer_becomes_the_right_error(
    settings: Any, greeting: bytes, script: Script, error: type[Exception]
) -> None:
    with scripted(settings, greeting, script), Transport() as transport, pytest.raises(error):
        transport.send(a_mail())


REFUSED = {
    "no STARTTLS": [("EHLO", b"250 hello\r\n")],
    "refused STARTTLS": [("EHLO", b"250-hello\r\n250 STARTTLS\r\n"), ("STARTTLS", b"554 no\r\n")],
    "no AUTH": [("EHLO", b"250 hello\r\n")],
    "refused AUTH": [
        ("EHLO", b"250-hello\r\n250 AUTH PLAIN\r\n"),
        ("AUTH", b"550 disabled\r\n"),
        ("QUIT", b"221 bye\r\n"),
    ],
    "wrong password": [
        ("EHLO", b"250-hello\r\n250 AUTH PLAIN\r\n"),
        ("AUTH", b"535 no\r\n"),
        ("QUIT", b"221 bye\r\n"),
    ],
}


@pytest.mark.parametrize("why", REFUSED)
def test_refusal_before_any_mail_is_about_the_server(settings: Any, why: str) -> None:
    settings.EMAIL_USE_TLS = "STARTTLS" in why
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = (
        ("", "") if "STARTTLS" in why else ("anna", "wrong")
    )
    with (
        scripted(settings, b"220 hi\r\n", REFUSED[why]),
        Transport() as transport,
        pytest.raises(ServerAwayError),
    ):
        transport.send(a_mail())


@pytest.mark.broad
def test_silence_after_the_mail_is_uncertain(settings: Any) -> None:
    with (
        scripted(settings, b"220 hi\r\n", [*UP_TO_RCPT, *GO, ("BODY", b""), ("HANG", b"")]),
        Transport() as transport,
        pytest.raises(UncertainError),
    ):
        transport.send(a_mail())


@pytest.mark.parametrize(
    ("reply", "bad"),
    [
        ("550 5.1.1 unknown", True),
        ("550 5.1.10 null mx", True),
        ("550 5.2.1 disabled", True),
        ("550 No such user here", True),
        ("550 5.0.0 user unknown", True),
        ("550 Rejected", False),
        ("550 no route from 10.5.1.1", False),
        ("550 5.7.1 policy", False),
        ("550 15.1.1 odd", False),
    ],
)
def test_bad_address_is_told_from_policy(settings: Any, reply: str, bad: bool) -> None:
    with SmtpSink(on_rcpt=lambda _: reply) as sink:
        for name, value in sink.settings().items():
            setattr(settings, name, value)
        with Transport() as transport, pytest.raises(PermanentError) as caught:
            transport.send(a_mail())
    assert caught.value.bad_address is bad


def test_nobody_listens(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with Transport() as transport, pytest.raises(ServerAwayError):
        transport.send(a_mail())


def test_connection_that_the_server_closed_meanwhile_costs_nothing(settings: Any) -> None:
    with SmtpSink() as sink, Transport() as transport:
        for name, value in sink.settings().items():
            setattr(settings, name, value)
        transport.send(a_mail("one"))
        sink.stop()
        sink.start()
        transport.send(a_mail("two"))
        assert [one.text.strip() for one in sink.messages] == ["one", "two"]


def test_other_backends_are_called(settings: Any) -> None:
    with Transport() as transport:
        transport.send(a_mail())
    assert len(mail.outbox) == 1


def test_other_backend_that_fails_is_away(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    full: Callable[..., Any] = lambda *_: (_ for _ in ()).throw(OSError("No space left on device"))  # noqa: E731
    monkeypatch.setattr("django.core.mail.backends.filebased.EmailBackend.write_message", full)
    with Transport() as transport, pytest.raises(ServerAwayError):
        transport.send(a_mail())


def test_mail_without_recipient_is_refused() -> None:
    with Transport() as transport, pytest.raises(PermanentError):
        transport.send(EmailMultiAlternatives("S", "T", "from@example.com", []))


def verbs(sink: SmtpSink, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said to this server from now on."""
    for name, value in sink.settings().items():
        setattr(settings, name, value)
    said: list[str] = []
    real = smtplib.SMTP.putcmd

    def putcmd(self: smtplib.SMTP, cmd: str, args: str = "") -> None:
        said.append(cmd.upper().split()[0])
        real(self, cmd, args)

    monkeypatch.setattr(smtplib.SMTP, "putcmd", putcmd)
    return said


def test_kept_connection_is_asked_only_after_a_rest(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpSink() as sink, Transport() as transport:
        said = verbs(sink, settings, monkeypatch)
        transport.send(a_mail("one"))
        transport.send(a_mail("two"))
        assert said == ["EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA"]
        transport.used_at -= 3
        transport.send(a_mail("three"))
        assert said[7:] == ["RSET", "MAIL", "RCPT", "DATA"]
        assert sink.connections == 1


def test_server_forgets_a_refused_mail_before_the_next(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpSink(on_rcpt=lambda _: "550 5.1.1 no") as sink, Transport() as transport:
        said = verbs(sink, settings, monkeypatch)
        with pytest.raises(PermanentError):
            transport.send(a_mail("one"))
        sink.on_rcpt = lambda _: ""
        transport.send(a_mail("two"))
        assert said == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]
        assert [one.text.strip() for one in sink.messages] == ["two"]
        assert sink.connections == 1


@pytest.mark.parametrize(
    "reply", ["421 4.7.0 Too many", "450 4.7.1 Too many", "550 5.7.1 Too many"]
)
def test_server_that_takes_so_many_mails_a_connection_gets_the_next_over_another(
    settings: Any, reply: str
) -> None:
    with SmtpSink() as sink, Transport() as transport:
        for name, value in sink.settings().items():
            setattr(settings, name, value)
        sink.on_mail = lambda _: (
            reply
            if len(sink.messages) % 2 == 0 and len(sink.messages) == 2 * sink.connections
            else ""
        )
        for number in range(6):
            transport.send(a_mail(str(number)))
        assert (len(sink.messages), sink.connections) == (6, 3)


def test_refusal_that_a_new_connection_does_not_mend_is_told(settings: Any) -> None:
    with SmtpSink() as sink, Transport() as transport:
        for name, value in sink.settings().items():
            setattr(settings, name, value)
        transport.send(a_mail("one"))
        sink.on_mail = lambda _: "550 5.7.1 not you"
        with pytest.raises(ServerAwayError, match="not you"):
            transport.send(a_mail("two"))
        assert sink.connections == 2
