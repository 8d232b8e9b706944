"""What the tests of the second factor share."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXP"
AUTHENTICATE = "/second-factor/sign-in/"
SET_UP = "/second-factor/"


def give_app(person: User) -> Authenticator:
    """An app with codes, and recovery codes."""
    RecoveryCodes.activate(person)
    return totp.TOTP.activate(person, SECRET).instance


def code_now(secret: str = SECRET) -> str:
    """What the app shows."""
    return totp.format_hotp_value(totp.hotp_value(secret, counter_now()))


def wrong_code() -> str:
    """Six digits that the app does not show."""
    return "000000" if code_now() != "000000" else "000001"


def counter_now() -> int:
    """The number of the half minute; see `stop_half_minutes`."""
    return next(totp.yield_hotp_counters_from_time())


def stop_half_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No half minute ends between a code and its use."""
    counter = counter_now()
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([counter]))


def recovery_codes(person: User) -> list[str]:
    """Those that are left."""
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def give_passkey(person: User, name: str = "Key ring") -> Authenticator:
    """A passkey as a browser would have made it; nobody has its private key any more."""
    public_key = ec.generate_private_key(ec.SECP256R1()).public_key()
    made = AttestedCredentialData.create(
        bytes(16), name.encode(), ES256.from_cryptography_key(public_key)
    )
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    seen = AuthenticatorData.create(sha256(b"localhost"), flags, 0, made)
    asked = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    credential = {
        "id": websafe_encode(name.encode()),
        "rawId": websafe_encode(name.encode()),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(asked),
            "attestationObject": websafe_encode(AttestationObject.create("none", seen, {})),
        },
    }
    return WebAuthn.add(person, name, credential).instance
