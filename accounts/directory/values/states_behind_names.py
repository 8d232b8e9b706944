"""States that systems write behind a name: "Jane Doe (On Leave)", "Jane Doe - Terminated"."""

from __future__ import annotations

import re
from functools import lru_cache

from accounts.directory.data import load
from accounts.directory.values.dates import BESIDE, MONTHS
from accounts.directory.values.status import ON_LEAVE_WORDS, is_gone
from accounts.domain.names import plain

STATE_WORDS = frozenset(load("cells")["state_behind_a_name"]) | ON_LEAVE_WORDS
STATE_WORDS |= BESIDE | MONTHS.keys()
SHORTEST = 3  # letters: "(no)" and "(A)" are no states
IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]")
BEHIND_DASH = re.compile(r"\s+[-\u2013\u2014]\s+([^()\[\]]+)$")
MARK = re.compile(r"[(\[]| [-\u2013\u2014] ")
LETTERS = re.compile(r"[a-z]+")


def split_state(name: str) -> tuple[str, str]:
    """A name without a state in brackets or behind a dash, and the state or ""."""
    if not MARK.search(name):
        return name, ""
    for pattern in (IN_BRACKETS, BEHIND_DASH):
        for found in pattern.finditer(name):
            rest = f"{name[: found.start()]}{name[found.end() :]}".strip()
            if rest and is_state(found[1]):
                return rest, found[1].strip()
    return name, ""


@lru_cache(maxsize=1_000)
def is_state(text: str) -> bool:
    """Whether a text says whether somebody works here, and nothing else: "on leave since 1 May".

    "(former Meier)" and "(contractor)" are no states but parts of the name.
    """
    words = LETTERS.findall(plain(text))
    if len("".join(words)) < SHORTEST:
        return False
    return STATE_WORDS.issuperset(words) and is_gone(text) is not None
