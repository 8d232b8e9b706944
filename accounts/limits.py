"""How often somebody may try to sign in, or ask for a mail, with an address.

Attempts are counted per typed address and client. A client is a device that has signed in as this
person before (accounts/devices.py), a browser that has shown that its owner reads the person's mail
(accounts/mailbox.py), or else an IP. So nobody uses up what is somebody else's.
Unknown addresses are counted in the same way: a refusal does not tell which addresses are known.

The counts are allauth's, in the cache table of the database.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import devices, mailbox
from accounts.domain import sign_ins
from accounts.models import User


class Attempt(StrEnum):
    """What is limited."""

    PASSWORD = "password"  # noqa: S105 - a name, not a password
    CODE = "code"
    RESET = "reset"
    FACTOR = "factor"


class Scope(StrEnum):
    """Which attempts are counted together."""

    DEVICE = "device"  # one known device or mailed link, one address
    CLIENT = "client"  # one IP, one address; without known devices, as all below
    NETWORK = "network"  # one IP, all addresses
    ADDRESS = "address"  # one address, all IPs


class Rate(NamedTuple):
    """So many attempts in so many seconds."""

    amount: int
    seconds: int

    def as_config(self) -> str:
        """In allauth's form; "key" stands for what we count."""
        return f"{self.amount}/{self.seconds}s/key"


class Counter(NamedTuple):
    """A rate, and the key of what it counts."""

    scope: Scope
    rate: Rate
    key: str


MINUTE, FIVE_MINUTES, HOUR, DAY = 60, 300, 3600, 24 * 3600

# One client has less than all others of the address have together: it cannot use that up alone.
# Everybody in an office has one IP, and an invitation brings them all at once: a network has more.
_MAILS = {
    Scope.DEVICE: [Rate(3, MINUTE), Rate(10, HOUR)],
    Scope.CLIENT: [Rate(3, MINUTE), Rate(5, HOUR)],
    Scope.NETWORK: [Rate(300, MINUTE)],
    Scope.ADDRESS: [Rate(10, HOUR)],
}
LIMITS = {
    Attempt.PASSWORD: {  # only wrong ones count
        Scope.DEVICE: [Rate(10, FIVE_MINUTES), Rate(30, HOUR)],
        Scope.CLIENT: [Rate(5, FIVE_MINUTES), Rate(10, HOUR)],
        Scope.NETWORK: [Rate(120, MINUTE)],
        Scope.ADDRESS: [Rate(30, HOUR)],
    },
    Attempt.CODE: _MAILS,
    Attempt.RESET: _MAILS,
    # Only wrong codes count, and only those of somebody who has shown the first factor: nobody else
    # can use them up. Those of all clients count together, as six digits can be guessed.
    Attempt.FACTOR: {
        Scope.DEVICE: [Rate(5, FIVE_MINUTES), Rate(40, DAY)],
        Scope.ADDRESS: [Rate(5, FIVE_MINUTES), Rate(40, DAY)],
    },
}


def person_with(email: str) -> User | None:
    """Who signs in with this address, deactivated people included."""
    return User.objects.with_email(email).first()


def take(request: HttpRequest, attempt: Attempt, email: str) -> RateLimitUsage:
    """Count one attempt. ValidationError, and nothing is counted, when there were too many.

    A password that was right gives its count back: `usage.rollback()`.
    """
    person = person_with(email)
    usage = RateLimitUsage(usage=[])
    for counter in _counters(request, attempt, email, person):
        taken = _consume(request, attempt, counter)
        if taken is None:
            usage.rollback()
            if person is not None and counter.scope != Scope.NETWORK:
                _record_too_many(person, attempt, counter.rate)
            raise ValidationError(_words(attempt, counter), code="too_many_attempts")
        usage.usage += taken.usage

    if person is not None and not person.is_active and attempt in {Attempt.CODE, Attempt.RESET}:
        record_deactivated(person, method=attempt)
    return usage


def note_new_password(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Begin to count wrong passwords anew, for this client and person.

    A receiver of allauth.account.signals.password_reset.
    """
    for counter in _counters(request, Attempt.PASSWORD, user.email, user):
        if counter.scope != Scope.NETWORK:
            ratelimit.clear(request, **_as_arguments(Attempt.PASSWORD, counter))


def note_wrong_code(*, user: User, **_signal: Any) -> None:
    """Record a wrong code. A receiver of allauth.account.signals.login_code_rejected."""
    sign_ins.record_refusal(person=user, method="code", reason="wrong_code")


def record_deactivated(person: User, *, method: str) -> None:
    """Record that somebody tried to sign in as a deactivated person."""
    _record_once(person, method=method, reason="deactivated", seconds=HOUR)


def _record_too_many(person: User, attempt: Attempt, rate: Rate) -> None:
    _record_once(person, method=attempt, reason="too_many_attempts", seconds=rate.seconds)


def _record_once(person: User, *, method: str, reason: str, seconds: int) -> None:
    """Record a refused sign-in, unless the same was recorded within so many seconds."""
    key = f"accounts:refusal:{person.pk}:{method}:{reason}:{seconds}"
    if cache.add(key, 1, seconds):
        sign_ins.record_refusal(person=person, method=method, reason=reason)


def _counters(
    request: HttpRequest, attempt: Attempt, email: str, person: User | None
) -> list[Counter]:
    """What counts this attempt, the narrowest first."""
    counters = []
    for scope, parts in _scopes(request, attempt, email, person):
        key = _key(scope, *parts)
        counters += [Counter(scope, rate, key) for rate in LIMITS[attempt].get(scope, [])]
    return counters


def _scopes(
    request: HttpRequest, attempt: Attempt, email: str, person: User | None
) -> list[tuple[Scope, tuple[str, ...]]]:
    """The scopes of an attempt, each with what tells it from others of its kind."""
    address = email.strip().lower()
    own_id = devices.id_if_known(request, person)
    if not own_id and attempt != Attempt.FACTOR:  # a second factor is there for stolen mail, too
        own_id = mailbox.id_if_shown(request, person)
    if own_id:
        return [(Scope.DEVICE, (own_id, address))]

    ip = ratelimit.get_ip(request)
    return [
        (Scope.CLIENT, (ip, address)),
        (Scope.NETWORK, (ip,)),
        (Scope.ADDRESS, (address,)),
    ]


def _key(*parts: str) -> str:
    """What is counted, not to be found out by trying addresses on a copy of the database."""
    return salted_hmac("accounts.limits", "\n".join(parts), algorithm="sha256").hexdigest()


def _consume(request: HttpRequest, attempt: Attempt, counter: Counter) -> RateLimitUsage | None:
    """None when there were too many."""
    usage: RateLimitUsage | None = ratelimit.consume(request, **_as_arguments(attempt, counter))
    return usage


def _as_arguments(attempt: Attempt, counter: Counter) -> dict[str, Any]:
    """What allauth's functions take."""
    config = {attempt: counter.rate.as_config()}
    return {"app": "accounts", "action": attempt, "config": config, "key": counter.key}


def _words(attempt: Attempt, counter: Counter) -> str:
    """What happened, how long to wait at most, and what to do meanwhile."""
    waits = {
        MINUTE: _("a minute"),
        FIVE_MINUTES: _("five minutes"),
        HOUR: _("an hour"),
        DAY: _("a day"),
    }
    words = {
        Attempt.PASSWORD: _(
            "There were too many attempts with a wrong password. Please wait %(time)s and try "
            "again, or ask for a code by mail."
        ),
        Attempt.CODE: _(
            "There were too many attempts to get a code. Please use the latest one, or wait "
            "%(time)s and ask again. You can also sign in with your password. Were they not yours? "
            "The latest mail with a code has a link that ends the wait."
        ),
        Attempt.RESET: _(
            "There were too many attempts to get a link. Please use the latest one, or wait "
            "%(time)s and ask again. You can also sign in with a code by mail."
        ),
        Attempt.FACTOR: _(
            "There were too many attempts with a wrong code. Please wait %(time)s and try again."
        ),
    }
    text = words[attempt] % {"time": waits[counter.rate.seconds]}
    if counter.scope in {Scope.NETWORK, Scope.ADDRESS} and attempt != Attempt.FACTOR:
        text += " " + _(
            "Others made such attempts too. Devices on which you have signed in before still work."
        )
    return text
