"""Message-IDs: the same at every attempt, and none that somebody else can make up.

The first part is the message's public id, which its reader's browser and the coordinators' page know; the second proves that
it was we who sent a mail under that name. A report of a mail that came back counts only with both.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

PROOF_LENGTH = 24  # hexadecimal digits: 96 bits
FORM = re.compile(
    rf"<([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})\.([0-9a-f]{{{PROOF_LENGTH}}})@[^<>\s]+>", re.IGNORECASE
)


def make(public_id: UUID) -> str:
    """The header of a message."""
    domain = settings.MAIL_FROM.rpartition("@")[2].strip("> ")
    return f"<{public_id}.{_proof(public_id, settings.SECRET_KEY)}@{domain}>"


def read(header: str) -> UUID | None:
    """The public id in a header that `make` has made, now or under an earlier SECRET_KEY; None for any other."""
    found = FORM.search(header)
    if found is None:
        return None
    public_id, keys = UUID(found[1]), [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_ours = any(constant_time_compare(_proof(public_id, key), found[2].lower()) for key in keys)
    return public_id if is_ours else None


def _proof(public_id: UUID, key: str | bytes) -> str:
    mac = salted_hmac("notifications.message-id", str(public_id), secret=key, algorithm="sha256")
    return mac.hexdigest()[:PROOF_LENGTH]
