"""Requests to typed addresses: they reach the public internet and nothing else, and end in time."""

from __future__ import annotations

import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from common import outgoing
from common.outgoing import ForbiddenAddressError, TooLargeError, UnreachableError
from tests.https import HttpsSink, answer

INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "fec0::1",
    "fe80::1%eth0",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:1::1",
    "::127.0.0.1",
    "2001:db8::1",
    "nonsense",
]


@pytest.fixture
def sink(https_sink: HttpsSink) -> HttpsSink:
    return https_sink


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name have these addresses; the names that were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "172.32.0.1", "11.0.0.1"]
)
def test_addresses_outside_are_public(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "example.com",
        "",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com:8443/",
        "https://example.com:99999/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "https://10.1.2.3/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://bücher.example/",
        "https://[oops/",
        "https://example.com/" + "x" * 2_001,
    ],
)
def test_address_is_refused_without_asking_the_network(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolves_to(monkeypatch, "8.8.8.8")
    with pytest.raises(ForbiddenAddressError):
        outgoing.request("GET", url)
    assert asked == []


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8"), ("::ffff:10.0.0.1",)],
)
def test_name_with_one_address_inside_is_refused(
    addresses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves_to(monkeypatch, *addresses)
    monkeypatch.setattr(
        socket, "create_connection", lambda *_args, **_more: pytest.fail("connected")
    )
    with pytest.raises(ForbiddenAddressError):
        outgoing.request("GET", "https://example.com/")


def test_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers differently the second time is not asked a second time."""
    asked = resolves_to(monkeypatch, "8.8.8.8")
    to: list[Any] = []

    def refuse(address: Any, timeout: float) -> Any:
        to.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(UnreachableError) as caught:
        outgoing.request("GET", "https://example.com/")
    assert (asked, to, caught.value.sent) == (["example.com"], [("8.8.8.8", 443)], False)


@pytest.mark.parametrize(
    ("host", "hosts", "fits"),
    [
        ("hooks.slack.com", ["hooks.slack.com"], True),
        ("HOOKS.slack.com.", ["hooks.slack.com"], True),
        ("evil-hooks.slack.com", ["hooks.slack.com"], False),
        ("hooks.slack.com.evil.example", ["hooks.slack.com"], False),
        ("prod-1.westeurope.logic.azure.com", ["*.logic.azure.com"], True),
        ("logic.azure.com", ["*.logic.azure.com"], False),
        ("evillogic.azure.com", ["*.logic.azure.com"], False),
        ("example.com", ["", "*."], False),
    ],
)
def test_hosts_allowed(host: str, hosts: list[str], fits: bool) -> None:
    assert outgoing.is_one_of(host, hosts) is fits


def test_host_that_is_not_listed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolves_to(monkeypatch, "8.8.8.8")
    with pytest.raises(ForbiddenAddressError):
        outgoing.request("GET", "https://example.com/", hosts=["hooks.slack.com"])
    assert asked == []


def test_request_and_answer(sink: HttpsSink) -> None:
    sink.answering = answer(201, b"made", X_Thing="one")
    got = outgoing.request(
        "POST", sink.url("/a?b=c"), body=b"{}", headers={"Content-Type": "application/json"}
    )
    assert (got.status, got.body, got.headers["x-thing"]) == (201, b"made", "one")
    asked = sink.requests[0]
    assert (asked.method, asked.path, asked.body, asked.headers["content-type"]) == (
        "POST",
        "/a?b=c",
        b"{}",
        "application/json",
    )
    assert asked.headers["host"].startswith("localhost:")
    assert "cookie" not in asked.headers


def test_redirect_is_not_followed(sink: HttpsSink) -> None:
    sink.answering = answer(302, b"", Location=sink.url("/elsewhere"))
    assert outgoing.request("GET", sink.url("/")).status == 302
    assert len(sink.requests) == 1


def test_proxy_of_the_environment_is_not_used(
    sink: HttpsSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert outgoing.request("GET", sink.url("/")).status == 200


def test_certificate_must_be_of_the_name(
    sink: HttpsSink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTGOING_INTERNAL_HOSTS = ["other.test"]
    port = sink.server.server_address[1]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_args, **_more: [(2, 1, 6, "", ("127.0.0.1", port))]
    )
    with pytest.raises(UnreachableError) as caught:
        outgoing.request("GET", sink.url("/", host="other.test"))
    assert not caught.value.sent
    assert sink.requests == []


def test_unknown_authority_is_refused(sink: HttpsSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    from django.test import override_settings

    with override_settings(OUTGOING_INTERNAL_HOSTS=["localhost"]), pytest.raises(UnreachableError):
        outgoing.request("GET", sink.url("/"))
    assert sink.requests == []


def test_answer_that_is_too_large(sink: HttpsSink) -> None:
    sink.answering = answer(200, b"x" * 1001)
    with pytest.raises(TooLargeError):
        outgoing.request("GET", sink.url("/"), most_bytes=1000)
    assert outgoing.request("GET", sink.url("/"), most_bytes=1001).body == b"x" * 1001


def endless_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X: y\r\n")
        time.sleep(0.05)


def silence(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


def half(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing and go."""


@pytest.mark.broad
@pytest.mark.parametrize("answering", [endless_body, endless_headers, silence, half, hang_up])
def test_answer_that_does_not_come_in_time_or_whole(sink: HttpsSink, answering: Any) -> None:
    sink.answering = answering
    begun = time.monotonic()
    with pytest.raises(UnreachableError) as caught:
        outgoing.request("GET", sink.url("/secret-path"), seconds=0.6)
    assert time.monotonic() - begun < 1.4
    assert caught.value.sent
    assert "secret-path" not in str(caught.value)


@pytest.mark.broad
def test_handshake_that_never_ends(settings: Any) -> None:
    settings.OUTGOING_INTERNAL_HOSTS = ["localhost"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        begun = time.monotonic()
        with pytest.raises(UnreachableError) as caught:
            outgoing.request("GET", f"https://localhost:{server.getsockname()[1]}/", seconds=0.4)
        assert time.monotonic() - begun < 1.2
        assert not caught.value.sent


@pytest.mark.broad
def test_name_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(1.0) or [])
    begun = time.monotonic()
    with pytest.raises(UnreachableError):
        outgoing.request("GET", "https://example.com/", seconds=0.3)
    assert time.monotonic() - begun < 1.2


@pytest.mark.broad
def test_a_second_address_gets_no_time_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "8.8.8.8", "8.8.4.4")
    to: list[str] = []

    def swallow(address: Any, timeout: float) -> Any:
        to.append(address[0])
        time.sleep(timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", swallow)
    with pytest.raises(UnreachableError):
        outgoing.request("GET", "https://example.com/", seconds=0.3)
    assert to == ["8.8.8.8"]


@pytest.mark.broad
def test_a_connection_that_is_made_too_late_is_ended(
    sink: HttpsSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else it could send a byte now and then for ever: what ends it has come and gone."""
    sink.answering = endless_body
    connect = socket.create_connection

    def late(address: Any, timeout: float) -> Any:
        time.sleep(timeout + 0.2)
        return connect(address, timeout=5)

    monkeypatch.setattr(socket, "create_connection", late)
    begun = time.monotonic()
    with pytest.raises(UnreachableError):
        outgoing.request("GET", sink.url("/"), seconds=0.3)
    assert time.monotonic() - begun < 1.2
    assert sink.requests == []
