"""Encryption of what only its author may read, with keys outside the database.

Fernet: AES-128-CBC with HMAC-SHA256.

The first of `settings.ENCRYPTION_KEYS` encrypts; all of them decrypt, so that keys can be rotated.
"""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def box() -> MultiFernet:
    """The present keys."""
    return MultiFernet([Fernet(key.encode()) for key in settings.ENCRYPTION_KEYS])


def encrypt(text: str) -> str:
    """The encrypted form of a text; an empty text stays empty.

    A token of Fernet carries the time in the clear. Here it is 1970, so that it tells nothing.
    """
    return box().encrypt_at_time(text.encode(), 0).decode("ascii") if text else ""


def decrypt(token: str) -> str:
    """The text of an encrypted form. Raises cryptography.fernet.InvalidToken when no key fits."""
    return box().decrypt(token.encode("ascii")).decode() if token else ""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that the database holds encrypted. It cannot be searched or compared in queries."""

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        value = super().get_prep_value(value)
        return None if value is None else encrypt(str(value))

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull` makes sense: the same text never encrypts to the same token."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class EncryptedJSONField(EncryptedTextField):
    """A JSON value that the database holds encrypted."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        """Decrypt and parse."""
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None

    def get_prep_value(self, value: Any) -> Any:
        """Serialise and encrypt."""
        return None if value is None else super().get_prep_value(json.dumps(value))

    def to_python(self, value: Any) -> Any:
        """Values are JSON already."""
        return value
