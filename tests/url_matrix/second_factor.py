"""The second factor: one's own, and what HR does when somebody has lost it."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import reverse

from common import crypto
from tests.accounts.factor_data import give_passkey
from tests.url_matrix.core import SIGNED_IN, row

HR = {"hr_admin"}


def passkey_of_mentor(world: Any) -> str:
    mentor = world.people["mentor"]
    key = Authenticator.objects.filter(user=mentor, type="webauthn").first()
    key = key or give_passkey(mentor)
    return reverse("mfa_remove_webauthn", args=[key.pk])


def with_factors(world: Any) -> None:
    """Everybody has an app and recovery codes."""
    for person in world.people.values():
        for kind, data in (
            ("totp", {"secret": crypto.encrypt("JBSWY3DPEHPK3PXP")}),
            ("recovery_codes", {"seed": crypto.encrypt("00ff"), "used_mask": 0}),
        ):
            Authenticator.objects.get_or_create(user=person, type=kind, defaults={"data": data})


def own(name: str, **options: Any) -> Any:
    return row(name, lambda w: reverse(name), SIGNED_IN, **options)


ROWS = [
    own("mfa_index"),
    own("mfa_list_webauthn"),
    own("mfa_authenticate", public=True),  # leads to sign-in unless somebody is on their way
    own("mfa_login_webauthn", public=True),
    # without a factor it leads to the password
    own("mfa_reauthenticate", setup=with_factors),
    own("mfa_reauthenticate_webauthn", setup=with_factors),
    own("mfa_activate_totp"),
    own("mfa_deactivate_totp", setup=with_factors),
    own("mfa_add_webauthn"),
    row("mfa_remove_webauthn", passkey_of_mentor, {"mentor"}),
    own("mfa_view_recovery_codes", setup=with_factors),
    own("mfa_generate_recovery_codes", setup=with_factors),
    row(
        "accounts:person_factor",
        lambda w: reverse("accounts:person_factor", args=[w.people["mentor"].public_id]),
        HR,
        refused={"mentor": 403},
    ),
]
