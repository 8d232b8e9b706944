"""Requests to addresses that a person has typed (webhooks, published calendars), made so that they
cannot reach inside.

HTTPS alone, to public addresses alone: the name is looked up once, every address that it has is
checked, and the connection goes to the one that was checked, so that a second answer of the name
server changes nothing. The certificate must be of the name. No redirect is followed, no proxy of
the environment is used, and time and size have limits.

`settings.OUTGOING_INTERNAL_HOSTS` names the hosts inside the company that may be reached all the
same, on any port. Errors name no path and no query: the address of a webhook is a secret.
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
# Ways of writing an IPv4 address inside an IPv6 one: NAT64 (RFC 6052), Teredo, 6to4, IPv4-mapped
# and site-local are no addresses that a public service has.
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
    """The address must not be asked; trying again changes nothing."""


class UnreachableError(OutgoingError):
    """Nobody answered. `sent`: the other side may have received the whole request all the same."""

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class TooLargeError(OutgoingError):
    """The answer has more bytes than were allowed."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status; a redirect is an answer like any other.

    Names of headers in lower case.
    """

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
    # a server that sends one byte now and then keeps below every time-out of a single read
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
    """The parts of an address that may be asked, as far as it can be told without the network.

    Raises ForbiddenAddressError with a reason for a person.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise ForbiddenAddressError("This is not an address.") from error
    if len(url) > LONGEST_ADDRESS or any(
        ord(letter) <= 32 or ord(letter) >= 127 for letter in url.strip()
    ):
        raise ForbiddenAddressError("This is not an address.")
    if parts.scheme != "https" or not parts.hostname:
        raise ForbiddenAddressError("The address must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError("The address must not contain a user name or password.")
    if hosts is not None and not is_one_of(parts.hostname, hosts):
        raise ForbiddenAddressError("This host is not among those that may be asked.")
    if port not in (None, 443) and not is_internal(parts.hostname):
        raise ForbiddenAddressError("The address must not name a port.")
    _check_literal(parts.hostname)
    return parts


def is_one_of(host: str, patterns: Iterable[str]) -> bool:
    """Whether a host is one of these: a name, or `*.name` for all names below it."""
    name = host.rstrip(".").lower()
    wanted = [pattern.strip().rstrip(".").lower() for pattern in patterns]
    return any(
        name.endswith(one[1:]) if one.startswith("*.") else name == one for one in wanted if one
    )


def is_internal(host: str) -> bool:
    """Whether the operator has allowed this host although it is inside the company."""
    return is_one_of(host, settings.OUTGOING_INTERNAL_HOSTS)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet's, and nobody's own network in
    disguise.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and any(ip in network for network in TUNNELS):
        return False
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    )


def _check_literal(host: str) -> None:
    """An IP address in the place of the name is checked at once."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return
    if not is_public(host) and not is_internal(host):
        raise ForbiddenAddressError("The address leads into a private network.")


def target(parts: SplitResult) -> str:
    """What stands in the request line."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def resolve(host: str, port: int, end: float) -> list[str]:
    """The IP addresses of a name, all of them public or the host internal.

    The resolver has no time-out of its own.
    """
    found: list[str] = []
    problems: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(
                str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as error:
            problems.append(OSError(str(error)))

    asking = threading.Thread(target=look_up, daemon=True)
    asking.start()
    asking.join(max(0.0, end - time.monotonic()))
    if problems or asking.is_alive() or not found:
        raise UnreachableError(f"{host} could not be found.")
    addresses = list(dict.fromkeys(found))
    # one address inside is one too many: which of them answers would be up to chance
    if not is_internal(host) and not all(is_public(address) for address in addresses):
        raise ForbiddenAddressError("The address leads into a private network.")
    return addresses


def tls() -> ssl.SSLContext:
    """Certificates are checked against the machine's authorities."""
    return ssl.create_default_context()


class Pinned(http.client.HTTPSConnection):
    """A connection to an address that was checked; the name is for its certificate and for the Host
    header.
    """

    def __init__(self, parts: SplitResult, end: float) -> None:
        self.end = end
        self.written = False
        self.is_over = False
        self.wire: ssl.SSLSocket | None = (
            None  # http.client forgets `sock` while an answer without a length is still read
        )
        host = (parts.hostname or "").rstrip(".")
        super().__init__(
            host, parts.port or 443, timeout=max(0.1, end - time.monotonic()), context=tls()
        )

    def connect(self) -> None:
        """To the first of the checked addresses that takes the connection."""
        failure: OSError = OSError("no address")
        for address in resolve(self.host, self.port, self.end):
            if self.is_over or time.monotonic() >= self.end:
                raise TimeoutError("no time left")
            try:
                plain = socket.create_connection(
                    (address, self.port), timeout=max(0.1, self.end - time.monotonic())
                )
            except OSError as error:
                failure = error
                continue
            # `break_off` must be able to reach a handshake that never ends
            secure = tls().wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self.wire = secure
            if (
                self.is_over
            ):  # `break_off` came before there was anything to end, and comes but once
                raise TimeoutError("no time left")
            secure.do_handshake()
            return
        raise failure

    def close(self) -> None:
        """Give back everything, a connection whose handshake failed too."""
        super().close()
        if self.wire is not None:
            self.wire.close()

    def break_off(self) -> None:
        """End whatever is being waited for, and what would be waited for next."""
        self.is_over = True
        if self.wire is not None:
            with contextlib.suppress(OSError):
                # the plain socket's own: that of TLS would take the state away from under the
                # thread that reads
                socket.socket.shutdown(self.wire, socket.SHUT_RDWR)


def _read(connection: Pinned, most_bytes: int) -> Answer:
    """The answer, no more of it than is allowed."""
    with contextlib.closing(connection.getresponse()) as response:
        answer = response.read(most_bytes + 1)
    if len(answer) > most_bytes:
        raise TooLargeError(f"The answer of {connection.host} has more than {most_bytes} bytes.")
    if time.monotonic() >= connection.end:
        raise UnreachableError(f"{connection.host} took too long.", sent=True)
    if response.length:
        raise UnreachableError(f"{connection.host} stopped in the middle of its answer.", sent=True)
    return Answer(
        response.status, {name.lower(): value for name, value in response.getheaders()}, answer
    )
