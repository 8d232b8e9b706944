"""Reply codes: the only key of a thread. The author has it; here is a keyed hash."""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

# Crockford's base 32: no I, L, O or U, so that nothing is misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 20, 5  # 100 bits
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_code() -> str:
    """A random code in groups, such as 7XK2M-…: what the author is shown once."""
    letters = "".join(secrets.choice(ALPHABET) for _number in range(LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest(code: str) -> str:
    """What is stored. Small letters, spaces and hyphens do not matter, nor O for 0 or I for 1."""
    letters = code.upper().translate(READ_AS)
    return salted_hmac("concerns.code", letters, algorithm="sha256").hexdigest()
