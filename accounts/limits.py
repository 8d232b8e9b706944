"""How often somebody may try to sign in, or ask for a mail, with an address.

Attempts are counted per typed address and client. A client is a device that has signed in as this
person before (accounts/devices.py), or else an IP. So nobody uses up what is somebody else's.
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

from accounts import devices
from accounts.domain import sign_ins
from accounts.models import User


class Attempt(StrEnum):
    """What is limited."""

    PASSWORD = "password"  # noqa: S105 - a name, not a password
    CODE = "code"
    RESET = "reset"


class Rate(NamedTuple):
    """So many attempts in so many seconds."""

    amount: int
    seconds: int

    def as_config(self) -> str:
        """In allauth's form; "key" stands for what we count."""
        return f"{self.amount}/{self.seconds}s/key"


class Limits(NamedTuple):
    """Who may try how often."""

    known_device: list[Rate]  # one device and address
    other_client: list[Rate]  # one IP and address; less than what all others have together
    all_others: list[Rate]  # one address: all IPs, without known devices
    network: list[Rate]  # one IP: all addresses, without known devices


class Counter(NamedTuple):
    """A rate, and the key of what it counts: attempts with one address, or from one IP."""

    rate: Rate
    key: str
    is_of_address: bool = True


MINUTE, FIVE_MINUTES, HOUR = 60, 300, 3600

_MAILS = Limits(
    known_device=[Rate(3, MINUTE), Rate(10, HOUR)],
    other_client=[Rate(3, MINUTE), Rate(5, HOUR)],
    all_others=[Rate(10, HOUR)],
    network=[Rate(300, MINUTE)],
)
# Everybody in an office has one IP, and an invitation brings them all at once: `network` is wide.
LIMITS = {
    Attempt.PASSWORD: Limits(  # only wrong ones count
        known_device=[Rate(10, FIVE_MINUTES), Rate(30, HOUR)],
        other_client=[Rate(5, FIVE_MINUTES), Rate(10, HOUR)],
        all_others=[Rate(30, HOUR)],
        network=[Rate(120, MINUTE)],
    ),
    Attempt.CODE: _MAILS,
    Attempt.RESET: _MAILS,
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
            if person is not None and counter.is_of_address:
                _record_too_many(person, attempt, counter.rate)
            raise ValidationError(_words(attempt, counter.rate), code="too_many_attempts")
        usage.usage += taken.usage

    if person is not None and not person.is_active and attempt != Attempt.PASSWORD:
        record_deactivated(person, method=attempt)
    return usage


def note_new_password(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Begin to count wrong passwords anew, for this client and person.

    A receiver of allauth.account.signals.password_reset.
    """
    for counter in _counters(request, Attempt.PASSWORD, user.email, user):
        if counter.is_of_address:
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
    limits = LIMITS[attempt]
    address = email.strip().lower()
    device_id = devices.id_if_known(request, person)
    if device_id:
        key = _key("device", device_id, address)
        return [Counter(rate, key) for rate in limits.known_device]

    ip = ratelimit.get_ip(request)
    client, network, everybody = _key("client", ip, address), _key("ip", ip), _key("all", address)
    return [
        *(Counter(rate, client) for rate in limits.other_client),
        *(Counter(rate, network, is_of_address=False) for rate in limits.network),
        *(Counter(rate, everybody) for rate in limits.all_others),
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


def _words(attempt: Attempt, rate: Rate) -> str:
    """What happened, how long to wait at most, and what to do meanwhile."""
    waits = {MINUTE: _("a minute"), FIVE_MINUTES: _("five minutes"), HOUR: _("an hour")}
    words = {
        Attempt.PASSWORD: _(
            "There were too many attempts with a wrong password. Please wait %(time)s and try "
            "again, or ask for a code by mail."
        ),
        Attempt.CODE: _(
            "There were too many attempts to get a code. Please use the latest one, or wait "
            "%(time)s and ask again. You can also sign in with your password."
        ),
        Attempt.RESET: _(
            "There were too many attempts to get a link. Please use the latest one, or wait "
            "%(time)s and ask again. You can also sign in with a code by mail."
        ),
    }
    return words[attempt] % {"time": waits[rate.seconds]}
