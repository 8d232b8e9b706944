"""Requests to URLs that a person has typed (webhooks, published calendars). They cannot reach into
the company's network.

Only HTTPS, and only public addresses: the name is looked up once, each of its addresses is checked,
and the connection goes to an address that was checked, so a second answer of the name server
changes nothing. The certificate must be for the name. No redirect is followed, no proxy of the
environment is used, and time and size have limits.

`settings.OUTGOING_INTERNAL_HOSTS` names the hosts inside the company that may be reached, on any
port. Errors contain neither path nor query: the URL of a webhook is a secret.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

SECONDS = 10.0
MOST_BYTES = 1_000_000
LONGEST_ADDRESS = 2_000
# IPv6 networks that contain IPv4 addresses, or are private: NAT64 (RFC 6052), Teredo, 6to4,
# IPv4-mapped and site-local. No public service has an address in them.
TUNNELS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "::ffff:0:0/96",
        "::/96",
        "fec0::/10",
    )
)


class OutgoingError(Exception):
    """The request was not answered."""


class ForbiddenAddressError(OutgoingError):
    """The URL is not allowed; trying again changes nothing."""


class UnreachableError(OutgoingError):
    """Nobody answered. `sent`: the server may have received the whole request anyway."""

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class TooLargeError(OutgoingError):
    """The answer has more bytes than were allowed."""


@dataclass(frozen=True)
class Answer:
    """The answer, whatever its status; redirects too. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    hosts: Iterable[str] | None = None,
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """One request and its answer, within `seconds` in all.

    `hosts`: the only hosts allowed (see `is_one_of`); None allows every public one. Raises
    ForbiddenAddressError, UnreachableError or TooLargeError.
    """
    parts = check(url, hosts=hosts)
    end = time.monotonic() + seconds
    connection = Pinned(parts, end)
    # A server that sends a byte now and then never reaches the time-out of a single read.
    guard = threading.Timer(seconds, connection.break_off)
    guard.daemon = True
    guard.start()
    try:
        connection.connect()
        connection.written = True
        known = {"User-Agent": "Upstream", "Accept-Encoding": "identity", **(headers or {})}
        connection.request(method, target(parts), body=body or None, headers=known)
        return _read(connection, most_bytes)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(
            f"{type(error).__name__} while talking to {connection.host}", sent=connection.written
        ) from error
    finally:
        guard.cancel()
        connection.close()


def check(url: str, *, hosts: Iterable[str] | None = None) -> SplitResult:
    """The parts of a URL that may be requested, as far as can be told without the network.

    Raises ForbiddenAddressError with a reason for a person.
    """
    parts = _parts(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ForbiddenAddressError("The address must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError("The address must not contain a user name or password.")
    if hosts is not None and not is_one_of(parts.hostname, hosts):
        raise ForbiddenAddressError("This host is not among those that may be asked.")
    if parts.port not in (None, 443) and not is_internal(parts.hostname):
        raise ForbiddenAddressError("The address must not name a port.")
    _check_literal(parts.hostname)
    return parts


def _parts(url: str) -> SplitResult:
    """The parts of a URL that is written correctly. Raises ForbiddenAddressError."""
    url = url.strip()
    is_printable = all(32 < ord(letter) < 127 for letter in url)
    if len(url) > LONGEST_ADDRESS or not is_printable:
        raise ForbiddenAddressError("This is not an address.")
    try:
        parts = urlsplit(url)
        _port = parts.port  # raises ValueError for a port that is no number
    except ValueError as error:
        raise ForbiddenAddressError("This is not an address.") from error
    return parts


def is_one_of(host: str, patterns: Iterable[str]) -> bool:
    """Whether a host is one of these: a name, or `*.name` for all names below it."""
    name = host.rstrip(".").lower()
    for raw_pattern in patterns:
        pattern = raw_pattern.strip().rstrip(".").lower()
        if pattern.startswith("*."):
            if name.endswith(pattern[1:]):
                return True
        elif pattern and name == pattern:
            return True
    return False


def is_internal(host: str) -> bool:
    """Whether the operator allows this host inside the company."""
    return is_one_of(host, settings.OUTGOING_INTERNAL_HOSTS)


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, and no tunnel into a private network."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and any(ip in network for network in TUNNELS):
        return False
    is_special = (
        ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    )
    return ip.is_global and not is_special


def _check_literal(host: str) -> None:
    """Check an IP address that stands in place of a name."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return
    if not is_public(host) and not is_internal(host):
        raise ForbiddenAddressError("The address leads into a private network.")


def target(parts: SplitResult) -> str:
    """The target of the request line: path and query."""
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def resolve(host: str, port: int, end: float) -> list[str]:
    """The IP addresses of a name: all of them public, unless the host is internal.

    `end` is a moment of `time.monotonic()`.
    """
    addresses = _look_up(host, port, max(0.0, end - time.monotonic()))
    if not addresses:
        raise UnreachableError(f"{host} could not be found.")
    # One private address is too many: which of them answers would be up to chance.
    if not is_internal(host) and not all(is_public(address) for address in addresses):
        raise ForbiddenAddressError("The address leads into a private network.")
    return addresses


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """What the resolver says within this time; nothing for a name that it does not know.

    It runs in a thread, as it has no time-out of its own.
    """
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(row[4][0]) for row in rows)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        return []
    return list(dict.fromkeys(found))


def tls() -> ssl.SSLContext:
    """Checks certificates against the authorities of this machine."""
    return ssl.create_default_context()


class Pinned(http.client.HTTPSConnection):
    """A connection to an address that was checked. The name is for certificate and Host header."""

    def __init__(self, parts: SplitResult, end: float) -> None:
        self.end = end
        self.written = False
        self.is_over = False
        # http.client forgets `sock` while it still reads an answer without a length.
        self.wire: ssl.SSLSocket | None = None
        host = (parts.hostname or "").rstrip(".")
        super().__init__(host, parts.port or 443, timeout=self._seconds_left(), context=tls())

    def _seconds_left(self) -> float:
        return max(0.1, self.end - time.monotonic())

    def connect(self) -> None:
        """Connect to the first of the checked addresses that accepts the connection."""
        failure: OSError = OSError("no address")
        for address in resolve(self.host, self.port, self.end):
            if self.is_over or time.monotonic() >= self.end:
                raise TimeoutError("no time left")
            try:
                plain = socket.create_connection((address, self.port), timeout=self._seconds_left())
            except OSError as error:
                failure = error
                continue
            self._secure(plain)
            return
        raise failure

    def _secure(self, plain: socket.socket) -> None:
        """Begin TLS, so that `break_off` can end a handshake that takes too long."""
        secure = tls().wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self.wire = secure
        if self.is_over:  # `break_off` was called before there was a socket to end
            raise TimeoutError("no time left")
        secure.do_handshake()

    def close(self) -> None:
        """Close everything, also after a handshake that failed."""
        super().close()
        if self.wire is not None:
            self.wire.close()

    def break_off(self) -> None:
        """End the present wait and those to come. Called from another thread."""
        self.is_over = True
        if self.wire is not None:
            with contextlib.suppress(OSError):
                # The method of the plain socket: that of TLS would take away the state of the
                # thread that reads.
                socket.socket.shutdown(self.wire, socket.SHUT_RDWR)


def _read(connection: Pinned, most_bytes: int) -> Answer:
    """The answer, no larger than is allowed."""
    with contextlib.closing(connection.getresponse()) as response:
        body = response.read(most_bytes + 1)
    if len(body) > most_bytes:
        raise TooLargeError(f"The answer of {connection.host} has more than {most_bytes} bytes.")
    if time.monotonic() >= connection.end:
        raise UnreachableError(f"{connection.host} took too long.", sent=True)
    if response.length:
        raise UnreachableError(f"{connection.host} stopped in the middle of its answer.", sent=True)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body)
