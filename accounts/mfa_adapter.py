"""How allauth's second factor behaves here."""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import crypto
from notifications.mail.rendering import product_name


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted; the application has the name that the company gave it."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This is not right. A code of an app is good for 30 seconds and for one sign-in: wait "
            "for the next one and type that."
        ),
    }

    def encrypt(self, text: str) -> str:
        """The secret of an app, and what recovery codes are made of."""
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Of `encrypt`."""
        return crypto.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What the app shows beside the code."""
        return product_name()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What the browser shows when it asks for a passkey."""
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": product_name()}

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        """The name of a passkey that its owner has given none."""
        number = 1 + Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)s") % {"number": number}
