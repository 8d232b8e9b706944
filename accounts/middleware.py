"""Sign-in for every view, and pages in the person's own language and time zone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import idle, second_factor, typed
from accounts.domain import sign_ins


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every view needs a signed-in person unless it is marked `login_not_required`.

    Somebody who was deactivated is signed out with the next request: the backend no longer finds
    the person, and the session is deleted.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        end_if_over(request)
        user: Any = request.user
        if not user.is_authenticated:
            return self.answer(request)
        with translation.override(user.locale), timezone.override(user.time_zone):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.answer(request)
            response.headers.setdefault("Content-Language", user.locale)
            return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The rest of the chain, which is synchronous here."""
        response: HttpResponse = self.get_response(request)  # type: ignore[assignment]
        return response

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        """A page with what was typed, if a form was sent; else redirect to sign-in and back."""
        kept = typed.kept_page(request, typed.SIGNED_OUT)
        return kept or super().handle_no_permission(request, view_func)

    def process_view(self, request: HttpRequest, view_func: Any, *args: Any) -> Any:
        """Refuse whoever is not signed in or lacks a second factor, and forms of somebody else."""
        if typed.is_of_somebody_else(request):
            return typed.kept_page(request, typed.SOMEBODY_ELSE)
        refused = super().process_view(request, view_func, *args)
        return refused or second_factor.lead_to_set_up(request, view_func)


def end_if_over(request: HttpRequest) -> None:
    """Delete a session whose person is deactivated or whose time is up."""
    if SESSION_KEY not in request.session:
        return
    if not request.user.is_authenticated:
        request.session.flush()
        return
    why = idle.why_over(request)
    if why:
        person: Any = request.user
        logout(request)
        sign_ins.record_sign_out(person=person, reason=why)
        text = {
            "old": _("You were signed in for twelve hours. Please sign in again."),
            "idle": _("You were away for an hour, so we signed you out. Please sign in again."),
        }
        messages.info(request, text[why])
