"""The request of a view that only signed-in people reach."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """A request whose `user` is a person. `SignedInMiddleware` lets nobody else through."""

    user: User
