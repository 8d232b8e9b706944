"""Whether a column of names begins with the family name though no comma says so: "Sommer Anna"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from accounts.directory.columns.headings import COLUMNS, words_of
from accounts.domain.names import TITLES, UMLAUTS, plain

PARTICLES = frozenset(COLUMNS["particles"])
SURNAME_FIRST = frozenset(COLUMNS["surname_first"])
BETWEEN = re.compile(r"[._-]")


def surname_comes_first(heading: str, people: Iterable[tuple[str, str]]) -> bool:
    """Whether the heading says so, or the addresses of people do: (name, address).

    The address anna.sommer@ belongs to Anna Sommer, in whichever order her name is written.
    """
    if words_of(heading) in SURNAME_FIRST:
        return True
    votes = [vote(name, email) for name, email in people if "," not in name]
    turned, as_written = votes.count("turned"), votes.count("as written")
    return turned > 2 * as_written


def vote(name: str, email: str) -> str:
    """What one person tells: "turned", "as written", or "" for nothing."""
    names = parts_of(name)
    if len(names) < 2:
        return ""
    local = email.partition("@")[0]
    is_turned = fits(local, names[-1], names[0])
    is_as_written = fits(local, names[0], names[-1])
    if is_turned == is_as_written:
        return ""
    return "turned" if is_turned else "as written"


def fits(local: str, first: str, last: str) -> bool:
    """Whether an address is made of this first and this last name: anna.sommer, asommer."""
    parts = BETWEEN.split(local.casefold())
    if len(parts) == 1:
        return any(parts[0] == f"{plain(first)[:1]}{text}" for text in spellings(last))
    is_first = parts[0] == plain(first)[:1] or parts[0] in spellings(first)
    return is_first and parts[-1] in spellings(last)


def spellings(name: str) -> set[str]:
    """A name in the letters of addresses: "müller" as "muller" and "mueller"."""
    return {plain(name), plain(name.casefold().translate(UMLAUTS))}


def parts_of(name: str) -> list[str]:
    """The words of a name without titles."""
    return [word for word in name.split() if word.rstrip(".").casefold() not in TITLES]


def with_comma(name: str) -> str:
    """A name that begins with the family name, as "Sommer, Anna"."""
    words = name.split()
    if "," in name or len(words) < 2:
        return name
    at = 1
    while at < len(words) - 1 and words[at - 1].casefold() in PARTICLES:
        at += 1
    return f"{' '.join(words[:at])}, {' '.join(words[at:])}"
