"""Which refusals of a mail server mean that an address is permanently wrong.

One rule for the replies that we get while sending and for the reports that come back later.
"""

from __future__ import annotations

import re

# An enhanced status code. An IP address or a version number is none. RFC 3463.
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
# Unknown or wrong mailbox or domain, moved mailbox, no mail accepted, disabled mailbox, no route to
# the domain: about the address itself. RFC 3463, sections 3.2, 3.3 and 3.5; RFC 7505.
ABOUT_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"}
UNSPECIFIC = {"5.0.0", "5.1.0", "5.5.0"}  # what servers send that know of no better code
# What servers without enhanced codes say: sendmail, Exim, qmail, Postfix, Exchange and others.
UNKNOWN_MAILBOX = re.compile(
    r"\b(user unknown|unknown user|unknown recipient|no such (user|mailbox|recipient)( here)?|"
    r"no mailbox here by that name|mailbox (not found|does not exist)|recipient not found|"
    r"unrouteable address|e-mail account does not exist|user (does not exist|doesn't exist))\b",
    re.IGNORECASE,
)


def status_of(words: str, said: str = "") -> str:
    """The status code that says most: `said`, a field with a code, or the first one in the words.

    "" where there is none.
    """
    codes = [found[0] for found in STATUS.finditer(f"{said} {words}")]
    for code in codes:
        if code not in UNSPECIFIC:
            return code
    return codes[0] if codes else ""


def is_about_address(words: str, said: str = "") -> bool:
    """Whether a permanent refusal is about the address itself, so that nothing can arrive there."""
    status = status_of(words, said)
    if status and status not in UNSPECIFIC:
        return status in ABOUT_ADDRESS
    return bool(UNKNOWN_MAILBOX.search(words))
