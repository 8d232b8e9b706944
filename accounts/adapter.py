"""How allauth behaves here."""

from __future__ import annotations

import smtplib
from types import SimpleNamespace
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.http import absolute
from notifications.mail.rendering import compose, with_link

logger = structlog.get_logger(__name__)

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
        "too_many_login_attempts": _("Too many attempts. Please wait five minutes and try again."),
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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send templates/email/sign_in/<kind>.html to `email`, at once.

        When a mail that somebody waits for cannot be sent, raises ImmediateHttpResponse with a page
        that says so: the same page whether or not the address belongs to anybody.
        """
        kind = template_prefix.rsplit("/", 1)[-1]
        person = context.get("user") or User.objects.filter(email=email.lower()).first()
        try:
            sign_in_mail(kind, email, person, context).send()
        except (OSError, smtplib.SMTPException) as error:
            log_failure(kind, person, error)
            if kind in AWAITED:
                page = render(self.request, "account/mail_failed.html", status=503)
                raise ImmediateHttpResponse(page) from error


def log_failure(kind: str, person: User | None, error: Exception) -> None:
    """Log that a mail was not sent: neither address nor traceback, as a refusal quotes it."""
    person_id = person.pk if person else None
    logger.warning("sign_in.mail_failed", kind=kind, person=person_id, error=type(error).__name__)


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
        context={"email": email, **context},
    )
    letter = with_link(letter, context.get("password_reset_url") or absolute("/"))
    message = EmailMultiAlternatives(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [email]
    )
    message.attach_alternative(letter.html, "text/html")
    return message
