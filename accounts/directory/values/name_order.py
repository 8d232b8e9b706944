"""Whether a column of names begins with the family name though no comma says so: "Sommer Anna"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from accounts.directory.columns.headings import COLUMNS, words_of
from accounts.directory.values.names import is_generation, split_brackets, split_titles
from accounts.domain.names import UMLAUTS, plain

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
    """The words of a name without titles, "Jr." and what is in brackets behind it."""
    _titles, rest = split_titles(split_brackets(name)[0])
    words = rest.split()
    while len(words) > 2 and is_generation(words[-1]):
        words.pop()
    return words


def with_comma(name: str, email: str = "") -> str:
    """A name that begins with the family name, as "Sommer, Anna".

    Where the family name has several words, the address may tell: anna@, anna.sommer@, asommer@.
    """
    text, brackets = split_brackets(name)
    titles, rest = split_titles(text)
    words = rest.split()
    if "," in name or len(words) < 2:
        return name
    at = start_of_first_name(words, email)
    return f"{' '.join(words[:at])}, {' '.join([*titles, *words[at:]])}{brackets}"


def start_of_first_name(words: list[str], email: str) -> int:
    """Where the first name begins behind the family name."""
    begins = BETWEEN.split(email.partition("@")[0].casefold())[0]
    at = 1
    while at < len(words) - 1 and words[at - 1].casefold() in PARTICLES:
        at += 1
    told = [place for place in range(at, len(words)) if tells(begins, words[place], words[0])]
    return told[0] if told else at


def tells(begins: str, first: str, last: str) -> bool:
    """Whether an address begins with this first name, its initial, or that and the last name."""
    initial = plain(first)[:1]
    if begins in {initial, *spellings(first)}:
        return True
    return any(begins.startswith(f"{initial}{text}") for text in spellings(last))
