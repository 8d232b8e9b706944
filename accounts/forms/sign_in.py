"""The forms of sign-in: allauth's, with our words. mentoring/sign_in_forms.py names them."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.limits import Attempt

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("Your password now"),
    "password1": _("New password"),
    "password2": _("The new password once more"),
    "code": _("Code from the mail"),
}
PASSWORD_HELP = _(
    "12 characters or more. Several words in a row are good: long, and easy to remember."
)


class PlainMixin:
    """Labels in place of placeholders, which vanish while one types; no link in a help text."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.help_text = PASSWORD_HELP if name == "password1" else ""
            if name in {"login", "email"}:
                field.widget.attrs |= {
                    "autocapitalize": "none",
                    "spellcheck": "false",
                    "autocomplete": "username",
                }


class LoginForm(PlainMixin, allauth_forms.LoginForm):  # type: ignore[misc]
    """By password; with the other button, or without a password, by a mailed code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["password"].unmarked = True  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        """Ignored when a code is asked for: the browser may have filled it in."""
        return "" if "code" in self.data else str(self.cleaned_data["password"])

    def clean(self) -> dict[str, Any]:
        """Count the code that is asked for; allauth's adapter counts passwords."""
        cleaned: dict[str, Any] = super().clean()
        if not self.errors and not cleaned["password"]:
            limits.take(context.request, Attempt.CODE, cleaned["login"])
        return cleaned


class RequestLoginCodeForm(PlainMixin, allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]
    """Asks for the address."""

    def clean_email(self) -> str:
        """Count the code that is asked for."""
        email = str(super().clean_email())
        limits.take(context.request, Attempt.CODE, email)
        return email


class ConfirmLoginCodeForm(PlainMixin, allauth_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    """Takes the mailed code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}


class ResetPasswordForm(PlainMixin, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Asks for the address."""

    def clean_email(self) -> str:
        """Count the link that is asked for."""
        email = str(super().clean_email())
        limits.take(context.request, Attempt.RESET, email)
        return email


class ResetPasswordKeyForm(PlainMixin, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, from the link of the mail."""


class ChangePasswordForm(PlainMixin, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """A new password in place of the old one."""


class SetPasswordForm(PlainMixin, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ReauthenticateForm(PlainMixin, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something important."""


class FirstPasswordForm(forms.Form):
    """The password of the person who opened a set-up link."""

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=LABELS["password2"],
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_password1(self) -> str:
        """Checked by the validators of the settings."""
        password = str(self.cleaned_data["password1"])
        password_validation.validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """The two passwords are the same."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned
