"""Who must have a second factor: settings.SECOND_FACTOR_REQUIRED_OF names the roles.

Whoever must have one, and has none, is led to the page that sets one up before anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from accounts import typed
from accounts.domain import factors
from common.http import redirect_htmx

_roles: dict[str, Callable[[Any], bool]] = {
    "everybody": lambda _user: True,
    "hr_admins": lambda user: bool(user.is_hr_admin),
}
# Signing out, proving who one is, which setting up a factor asks for, and what every page asks for
# by itself.
OPEN = {
    "account_logout",
    "account_reauthenticate",
    "account_step_up_by_code",
    "notifications:unread",
}


def name_role(role: str, predicate: Callable[[Any], bool]) -> None:
    """People for whom `predicate(user)` is true have this role.

    Called once, from an AppConfig.ready(): apps above know more roles than accounts.
    """
    _roles[role] = predicate


def is_required_of(user: Any) -> bool:
    """Whether one of the person's roles needs a second factor."""
    return any(_roles[role](user) for role in settings.SECOND_FACTOR_REQUIRED_OF)


def lead_to_set_up(request: HttpRequest, view: Any) -> HttpResponseBase | None:
    """To the page that sets one up, if the person must do so first; None to go on.

    What was sent with a form stays in a page meanwhile.
    """
    user: Any = request.user
    if not user.is_authenticated or not getattr(view, "login_required", True):
        return None
    if _is_open(request.resolver_match) or not is_required_of(user) or factors.has_one(user):
        return None
    return typed.kept_page(request, typed.FACTOR) or redirect_htmx(request, "mfa_index")


def _is_open(match: ResolverMatch | None) -> bool:
    """Whether the page is there to set up a factor, or to leave."""
    name = match.view_name if match else ""
    return name in OPEN or name.startswith("mfa_")
