"""How allauth behaves here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import devices, limits, mailbox
from accounts.domain import sign_ins
from accounts.limits import Attempt
from accounts.mail import sending
from accounts.models import User
from common.http import absolute
from notifications.mail.rendering import compose, with_link

# Mails that somebody waits for in front of the screen. Others only tell of something that happened.
AWAITED = {"login_code", "password_reset_key", "unknown_account"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are invited or imported; nobody signs up.

    Mails have our voice and go out at once, without the outbox.
    """

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The address and the password do not go together. Try again, or ask for a code by mail."
        ),
        "too_many_login_attempts": _("Too many attempts with this code. Please ask for a new one."),
        "incorrect_code": _("This is not the code of the last mail. Please check it."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "rate_limited": _("Too many requests in a short time. Please wait a little and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """With the configured address, not the Host header's."""
        path = super().get_reset_password_from_key_url(key)
        return absolute("/" + path.split("://", 1)[-1].partition("/")[2])

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt by our limits; allauth gives it back when the password is right."""
        self._login_failed_rl_usage = limits.take(
            request, Attempt.PASSWORD, credentials.get("email", "")
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The password was wrong."""
        person = limits.person_with(credentials.get("email", ""))
        if person is not None:
            sign_ins.record_refusal(person=person, method="password", reason="wrong_password")

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """Refuse deactivated people."""
        method = method_of(request, user)
        response: HttpResponse | None = super().pre_login(request, user, **options)
        if not user.is_active:
            limits.record_deactivated(user, method=method)
        return response

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponseBase:
        """Record the sign-in, and know the device from now on."""
        response: HttpResponseBase = super().post_login(request, user, **options)
        sign_ins.record_sign_in(
            person=user, method=method_of(request, user), factor=factor_of(request, user)
        )
        devices.remember(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        """The person asked for it."""
        person: Any = request.user
        super().logout(request)
        sign_ins.record_sign_out(person=person, reason="asked")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How somebody proves who they are, in our words."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code of your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": words[way["id"]]} for way in ways]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send templates/email/sign_in/<kind>.html to `email`, at once.

        When a mail that somebody waits for cannot be sent, because the mail server is away, raises
        ImmediateHttpResponse with a page that says so. An address that is nobody's gets no mail,
        and is answered by the same page after the same work.
        """
        kind = template_prefix.rsplit("/", 1)[-1]
        if template_prefix.startswith("mfa/"):  # one mail for all that happens to a second factor
            context, kind = {**context, "change": kind}, "second_factor"
        person = context.get("user") or limits.person_with(email)
        if kind == "unknown_account":
            message = self.mail_to_nobody(email)
        else:
            message = sign_in_mail(kind, email, person, context)
        try:
            sending.send(message, kind=kind, person_id=person.pk if person else None)
        except sending.FAILURES as error:
            if kind in AWAITED:
                page = render(self.request, "account/mail_failed.html", status=503)
                raise ImmediateHttpResponse(page) from error

    def mail_to_nobody(self, email: str) -> EmailMultiAlternatives:
        """A mail without a recipient, for an address that is nobody's or a deactivated person's."""
        message = sign_in_mail("login_code", email, None, {"code": self.generate_login_code()})
        message.to = []
        return message


def method_of(request: HttpRequest, person: User) -> str:
    """How the person has just begun to sign in: "password", "code", "set_up_link" or "passkey"."""
    for record in reversed(get_authentication_records(request, person)):
        if record["method"] != "mfa":
            return str(record["method"])
        if record.get("passwordless"):
            return "passkey"
    return ""


def factor_of(request: HttpRequest, person: User) -> str:
    """The type of the second factor that was shown after that; "" for none."""
    records = get_authentication_records(request, person)
    last = records[-1] if records else {}
    is_second = last.get("method") == "mfa" and not last.get("passwordless")
    return str(last["type"]) if is_second else ""


def nobody() -> SimpleNamespace:
    """Who is written to at an address that is nobody's, in the language of the page."""
    locale = translation.get_language() or "en"
    return SimpleNamespace(locale=locale, time_zone="UTC", short_name="")


def sign_in_mail(
    kind: str, email: str, person: User | None, context: dict[str, Any]
) -> EmailMultiAlternatives:
    """The mail to an address, which may be nobody's."""
    letter = compose(
        recipient=person or nobody(),
        template=f"sign_in/{kind}",
        context={"email": email, "mailbox_url": mailbox.link_for(person), **context},
    )
    letter = with_link(letter, context.get("password_reset_url") or absolute("/"))
    message = EmailMultiAlternatives(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [email]
    )
    message.attach_alternative(letter.html, "text/html")
    return message
