"""Message-IDs: the same at every attempt, and none that somebody else can make up.

Inside are the message's public id, which its reader's browser and the coordinators' page know, and
a proof that it was we who sent a mail under that name. A report of a mail that came back counts
only with both.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

# With the sixteen bytes of the id these are 36 letters. A longer header would be folded, which not
# every mail server accepts.
PROOF_BYTES = 11
FORM = re.compile(r"<([A-Za-z0-9_-]{36})@[^<>\s]+>", re.ASCII)


def make(public_id: UUID) -> str:
    """The header of a message."""
    domain = settings.MAIL_FROM.rpartition("@")[2].strip("> ")
    content = public_id.bytes + _proof(public_id, settings.SECRET_KEY)
    return f"<{urlsafe_b64encode(content).decode('ascii')}@{domain}>"


def read(header: str) -> UUID | None:
    """The public id in a header that `make` has made, now or under an earlier SECRET_KEY; None for
    any other.
    """
    found = FORM.search(header)
    if found is None:
        return None
    content = urlsafe_b64decode(found[1])
    public_id, proof = UUID(bytes=content[:16]), content[16:]
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        if constant_time_compare(_proof(public_id, key), proof):
            return public_id
    return None


def _proof(public_id: UUID, key: str | bytes) -> bytes:
    mac = salted_hmac("notifications.message-id", str(public_id), secret=key, algorithm="sha256")
    return mac.digest()[:PROOF_BYTES]
