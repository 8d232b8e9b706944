"""Names as HR systems write them: turned round, and with degrees behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from accounts.directory.data import load
from accounts.domain.names import GENERATIONS

WORDS = load("names")
BEHIND = frozenset(WORDS["behind_a_name"])
IN_CAPITALS = frozenset(WORDS["in_capitals"])
BETWEEN_DEGREES = re.compile(r"\([^()]*\)|[\s/&+]+")


def full_name(texts: Mapping[str, str]) -> str:
    """First and last name, or the full name."""
    name = f"{texts['first_name']} {texts['last_name']}".strip()
    return name or first_name_first(texts["name"])


def surname(texts: Mapping[str, str]) -> str:
    """The family name: its column, or what stands before the comma of "King, Steven"; else ""."""
    if texts["last_name"]:
        return texts["last_name"]
    if texts["first_name"]:
        return ""
    names, _degrees = name_and_degrees(texts["name"])
    return names[0] if len(names) == 2 else ""


def first_name_first(name: str) -> str:
    """ "King, Steven" as "Steven King". Other names stay, with degrees behind them too."""
    names, degrees = name_and_degrees(name)
    if len(names) != 2:
        return name
    last, first = names
    rest, _blank, word = first.rpartition(" ")
    if rest and word.rstrip(".").casefold() in GENERATIONS:
        return ", ".join([f"{rest} {last} {word}", *degrees])
    return ", ".join([f"{first} {last}", *degrees])


def without_degrees(name: str) -> str:
    """A name without the degrees behind its comma."""
    names, _degrees = name_and_degrees(name)
    return ", ".join(names)


def name_and_degrees(name: str) -> tuple[list[str], list[str]]:
    """The parts of a name between commas: those of the name itself, and degrees."""
    first, *others = [part.strip() for part in name.split(",")]
    names, degrees = [first], []
    for part in others:
        if is_degree(part, behind_whole_name=" " in first):
            degrees.append(part)
        elif part:
            names.append(part)
    return names, degrees


def is_degree(part: str, *, behind_whole_name: bool) -> bool:
    """Whether each word is a degree. Those that are names too never are behind one word alone."""
    words = [word for word in BETWEEN_DEGREES.split(part) if word]
    return bool(words) and all(is_degree_word(word, behind_whole_name) for word in words)


def is_degree_word(word: str, behind_whole_name: bool) -> bool:
    """Whether a word is a degree: "PhD", "M.A.", "Dipl.-Ing."."""
    letters = re.sub(r"[^\w]", "", word).casefold()
    if letters in BEHIND:
        return True
    if not behind_whole_name:
        return False
    is_written_so = word.isupper() or "." in word
    return letters in GENERATIONS or (is_written_so and letters in IN_CAPITALS)
