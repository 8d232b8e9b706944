"""A browser whose owner reads a person's mail has limits of its own, like a known device.

Others may have used up the limits of an IP or of an address. Each of their requests has sent the
person a mail with a code, and the link in it passes those limits for an hour. It signs nobody in.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import User
from common import tokens
from common.http import absolute

PURPOSE = "accounts.mailbox"
GOOD_FOR = timedelta(hours=1)
SESSION_KEY = "accounts.mailbox"


def link_for(person: User | None) -> str:
    """The full address in a mail; the one for nobody is never sent."""
    public_id = str(person.public_id) if person else ""
    return absolute(reverse("account_mailbox", args=[tokens.make(PURPOSE, public_id)]))


def check(token: str) -> str:
    """The public id of whose mail the link was in. TokenError when it cannot be used."""
    return str(tokens.read(PURPOSE, token, GOOD_FOR))


def remember(request: HttpRequest, token: str) -> None:
    """Give this browser its own limits for what is left of the hour."""
    request.session[SESSION_KEY] = token


def id_if_shown(request: HttpRequest, person: User | None) -> str:
    """Stands for the mail whose link this browser has used, if it was the person's; else "".

    All browsers that use the same link have their limits together.
    """
    token = request.session.get(SESSION_KEY, "")
    if person is None or not token:
        return ""
    try:
        is_theirs = check(token) == str(person.public_id)
    except tokens.TokenError:
        return ""
    return salted_hmac(PURPOSE, token, algorithm="sha256").hexdigest() if is_theirs else ""
