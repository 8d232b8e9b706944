"""Asking people to sign in again before they download data of many people."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.idle import SIGNED_IN_AT

View = Callable[..., HttpResponseBase]


def step_up_required(view: View) -> View:
    """The view for people who have signed in within the last minutes.

    Others are asked for their password. Those without one (allauth lets them pass) sign in again by
    a mailed code.
    """
    with_password: View = reauthentication_required(view)

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.has_usable_password():
            return with_password(request, *args, **kwargs)
        signed_in_for = time.time() - request.session.get(SIGNED_IN_AT, 0)
        if signed_in_for < app_settings.REAUTHENTICATION_TIMEOUT:
            return view(request, *args, **kwargs)
        logout(request)
        messages.info(
            request,
            _("Please sign in again before you download this. It has many people’s data in it."),
        )
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)

    return checked
