"""What the tests of sign-in share."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.test import Client

PASSWORD = "a long and quiet river"
LOGIN = "/sign-in/login/"
ASK_CODE = "/sign-in/login/code/"
CONFIRM = "/sign-in/login/code/confirm/"
RESET = "/sign-in/password/reset/"


def signed_in(client: Client) -> bool:
    """Whether this browser's session is somebody's."""
    return SESSION_KEY in client.session and client.get("/").status_code == 200


def code_in(message: Any) -> str:
    """The code of a mail."""
    found = re.search(r"^[A-Z0-9]{3,}(-[A-Z0-9]{3,})?$", message.body, re.MULTILINE)
    assert found
    return found[0]
