"""How often somebody may write without a code, or type a wrong one.

The counts are in the memory of the process alone, so that no row tells who wrote, or when. Each
process counts for itself.
"""

from __future__ import annotations

from enum import StrEnum

from allauth.core.internal import ratelimit
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.errors import DomainError

HOUR = 3600


class Attempt(StrEnum):
    """What is limited."""

    WRITE = "write"
    WRONG_CODE = "wrong code"


MOST = {Attempt.WRITE: 10, Attempt.WRONG_CODE: 30}  # within an hour
# Many people of an office have one IP.
MOST_OF_AN_IP = {Attempt.WRITE: 30, Attempt.WRONG_CODE: 60}


def check(request: HttpRequest, attempt: Attempt) -> None:
    """DomainError when there were too many."""
    if caches["memory"].get(_key(request, attempt), 0) >= _most(request, attempt):
        raise DomainError(_("There were too many attempts. Please wait an hour and try again."))


def count(request: HttpRequest, attempt: Attempt) -> None:
    """Count one attempt. The hour begins with the first."""
    key = _key(request, attempt)
    caches["memory"].add(key, 0, HOUR)
    try:
        caches["memory"].incr(key)
    except ValueError:  # the hour ended just now
        caches["memory"].add(key, 1, HOUR)


def _key(request: HttpRequest, attempt: Attempt) -> str:
    """The person who has signed in, else the IP."""
    who = request.user.pk if request.user.is_authenticated else ratelimit.get_ip(request)
    return f"concerns:{attempt.name}:{who}"


def _most(request: HttpRequest, attempt: Attempt) -> int:
    most = MOST if request.user.is_authenticated else MOST_OF_AN_IP
    return most[attempt]
