"""The forms of the second factor: allauth's, with our words and our limits.

mentoring/sign_in_forms.py names them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as base_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.limits import Attempt
from accounts.models import User
from common.fields import LineField

WRONG_PASSKEY = _("This passkey did not work here. Please try again, or use another way.")
# what the libraries raise for what no browser sends
UNREADABLE = (AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error)


class CodeMixin:
    """A code that is typed. Wrong ones count; a right one gives its count back."""

    fields: dict[str, forms.Field]
    user: User
    label = _("Code of your app, or a recovery code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = self.label
        code.widget.attrs.pop("placeholder", None)
        code.widget.attrs |= {"inputmode": "numeric", "autocapitalize": "none"}

    def clean_code(self) -> str:
        """Count the attempt, then check it."""
        usage = limits.take(context.request, Attempt.FACTOR, self.user.email)
        code = str(super().clean_code())  # type: ignore[misc]
        usage.rollback()
        return code


class AuthenticateForm(CodeMixin, base_forms.AuthenticateForm):  # type: ignore[misc]
    """At sign-in, after the password or the mailed code."""


class ReauthenticateForm(CodeMixin, base_forms.ReauthenticateForm):  # type: ignore[misc]
    """Once more, before something important."""


class ActivateTOTPForm(CodeMixin, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that has just read the picture."""

    label = _("Code that the app shows now")


@contextmanager
def refused_if_wrong() -> Iterator[None]:
    """Answer a passkey that cannot be read, or does not fit, with words about passkeys."""
    try:
        yield
    except (ValidationError, *UNREADABLE) as error:
        raise ValidationError(WRONG_PASSKEY, code="wrong_passkey") from error


class CredentialField(forms.JSONField):
    """What the browser has read from the device, as JSON."""

    widget = forms.HiddenInput
    most = 20_000  # characters; a browser sends some 2,000
    default_error_messages = {"invalid": WRONG_PASSKEY}

    def to_python(self, value: Any) -> Any:
        """ValidationError for what cannot be read, or not be stored."""
        text = str(value or "")
        with refused_if_wrong():
            if len(text) > self.most or "\\u0000" in text:
                raise ValueError(len(text))
            return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Nothing: the device is asked anew."""
        return None

    def prepare_value(self, value: Any) -> str:
        """The same."""
        return ""


class PasskeyMixin:
    """A passkey that the browser has read from the device."""

    def clean_credential(self) -> Any:
        """Of whom it is."""
        with refused_if_wrong():
            return super().clean_credential()  # type: ignore[misc]


class AuthenticatePasskeyForm(PasskeyMixin, webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """At sign-in, after the password or the mailed code."""

    credential = CredentialField()


class LoginPasskeyForm(PasskeyMixin, webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """At sign-in, without anything else."""

    credential = CredentialField()


class ReauthenticatePasskeyForm(PasskeyMixin, webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Once more, before something important."""

    credential = CredentialField()


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A name for the passkey; the browser makes the rest."""

    name = LineField(
        label=_("Name of the passkey"),
        max_length=60,
        required=False,
        help_text=_("To tell it from others, such as “work laptop” or “key ring”."),
    )
    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with it alone")
        alone.help_text = _(
            "Neither address nor password is needed then. The device asks for a fingerprint, your "
            "face or its PIN."
        )

    def clean(self) -> dict[str, Any]:
        """The device has answered what this page has asked."""
        with refused_if_wrong():
            cleaned: dict[str, Any] = super().clean()
        return cleaned
