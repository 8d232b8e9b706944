"""Asking people to prove once more who they are, before something important.

Needed for lists of people (not for figures) and for rights. Whoever has signed in or proven it
within the last minutes, by password, mailed code or second factor, is not asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import typed
from accounts.domain import sign_ins
from accounts.idle import SIGNED_IN_AT
from common.http import redirect_htmx

View = Callable[..., HttpResponseBase]


def step_up_required(view: View) -> View:
    """A page for people who have just proven who they are. Others prove it and come back to it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_just_proven(request):
            return view(request, *args, **kwargs)
        return ask(request, request.get_full_path())

    return checked


def step_up_for_download(view: View) -> View:
    """The same for a download. Others prove it and come back to the page with the link.

    Coming back to the download itself would save the file and leave the question on the screen.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_just_proven(request):
            return view(request, *args, **kwargs)
        messages.info(
            request,
            _("This list has many people’s data in it. Show that it is you, then download it."),
        )
        return ask(request, _page_before(request))

    return checked


def has_just_proven(request: HttpRequest) -> bool:
    """Whether the person signed in, or proved who they are, within the last minutes."""
    proofs = get_authentication_records(request, request.user)
    moments = [proof["at"] for proof in proofs]
    moments.append(request.session.get(SIGNED_IN_AT, 0))
    return bool(time.time() - max(moments) < app_settings.REAUTHENTICATION_TIMEOUT)


def sign_in_again(request: HttpRequest, page: str) -> HttpResponse:
    """Sign out, then in again by password or code; then on to `page`."""
    kept = [str(message) for message in messages.get_messages(request)]
    person: Any = request.user
    logout(request)
    sign_ins.record_sign_out(person=person, reason="step_up")
    for text in kept:
        messages.info(request, text)
    return redirect_to_login(page, settings.LOGIN_URL)


def ask(request: HttpRequest, page: str) -> HttpResponse:
    """To the question that the person can answer; then on to `page`.

    What was sent with a form stays in a page meanwhile.
    """
    user: Any = request.user
    if not get_adapter().get_reauthentication_methods(user):
        answer = sign_in_again(request, page)
        return typed.kept_page(request, typed.SIGNED_OUT) or answer
    question = f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: page})}"
    return typed.kept_page(request, typed.PROVE) or redirect_htmx(request, question)


def _page_before(request: HttpRequest) -> str:
    """The page of ours that the link was on, as a path; else the first page."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(before)
    if not parts.netloc:
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
