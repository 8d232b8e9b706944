"""Names as HR systems write them: turned round, with titles, degrees and remarks in brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from accounts.directory.data import load
from accounts.domain.names import GENERATIONS

WORDS = load("names")
BEHIND = frozenset(WORDS["behind_a_name"])
IN_CAPITALS = frozenset(WORDS["in_capitals"])
TITLES = frozenset(WORDS["titles"])
ABBREVIATED_TITLES = frozenset(WORDS["abbreviated_titles"])
AFTER_A_TITLE = frozenset(WORDS["after_a_title"])
IN_TITLES = TITLES | ABBREVIATED_TITLES | AFTER_A_TITLE
FIELDS = ("name", "first_name", "last_name", "preferred_name")
BETWEEN_DEGREES = re.compile(r"\([^()]*\)|[\s/&+]+")
BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
BRACKETS_AT_END = re.compile(r"(?:\s*[(\[][^()\[\]]*[)\]])+\s*$")


def full_name(texts: Mapping[str, str]) -> str:
    """First and last name, titles before them, or the full name."""
    first, last = texts["first_name"], texts["last_name"]
    if first and last:
        return " ".join(first_and_last(first, last))
    return first or last or first_name_first(texts["name"])


def first_and_last(first: str, last: str) -> list[str]:
    """A first and a last name in that order, the titles of both before them."""
    titles, first = split_titles(first)
    more_titles, last = split_titles(last)
    if more_titles != titles:
        titles += more_titles
    return [*titles, first, last]


def surname(texts: Mapping[str, str]) -> str:
    """The family name: its column, or what is before the comma of "King, Steven"; else ""."""
    if texts["last_name"]:
        return only_surname(texts["last_name"])
    if texts["first_name"]:
        return ""
    names, _degrees = name_and_degrees(split_brackets(texts["name"])[0])
    return only_surname(names[0]) if len(names) == 2 else ""


def only_surname(text: str) -> str:
    """A family name without titles, degrees, "Jr." and what is in brackets: "Dr. Roth (1)"."""
    names, _degrees = name_and_degrees(BRACKETS.sub("", text) or text)
    _titles, name = split_titles(names[0])
    return split_generation(name)[0]


def first_name_first(name: str) -> str:
    """ "King, Steven" as "Steven King". Other names stay, with degrees behind them too."""
    text, brackets = split_brackets(name)
    names, degrees = name_and_degrees(text)
    if len(names) != 2:
        return name

    last, first = names
    *titles, first, last = first_and_last(first, last)
    first, generation = split_generation(first)
    words = [*titles, first, last]
    if generation:
        words.append(generation)
    return ", ".join([" ".join(words), *degrees]) + brackets


def split_generation(name: str) -> tuple[str, str]:
    """A name without "Jr." or the like behind it, and that or ""."""
    rest, _blank, word = name.rpartition(" ")
    return (rest, word) if rest and is_generation(word) else (name, "")


def split_brackets(name: str) -> tuple[str, str]:
    """A name, and what is in brackets behind it: "Roth, Ines" and " (1)"."""
    if not name.rstrip().endswith((")", "]")):
        return name, ""
    found = BRACKETS_AT_END.search(name)
    if found is None or not found.start():
        return name, ""
    return name[: found.start()], f" {found[0].strip()}"


@lru_cache(maxsize=1_000)
def split_titles(text: str) -> tuple[tuple[str, ...], str]:
    """The titles before or behind a name, and the name: "Prof. Dr." and "Roth".

    Of titles alone the last one is the name: there are people called Herr.
    """
    words = text.split()
    if len(words) < 2:
        return (), text
    before: list[str] = []
    while len(words) > 1 and is_title(words[0], follows_title=bool(before)):
        before.append(words.pop(0))

    behind = words[first_title_behind(words) :]
    name = words[: len(words) - len(behind)]
    return (*before, *behind), " ".join(name)


def first_title_behind(words: Sequence[str]) -> int:
    """Where the titles behind a name begin; its length without any."""
    for at in range(1, len(words)):
        begins = is_title(words[at], follows_title=False)
        if begins and all(is_title(word, follows_title=True) for word in words[at + 1 :]):
            return at
    return len(words)


@lru_cache(maxsize=5_000)
def is_title(word: str, *, follows_title: bool) -> bool:
    """Whether a word is a title: "Dr", "Dr.-Ing.", "Mag.", and "med." behind another one.

    "St. John" and "Ma. Teresa" are names.
    """
    is_abbreviated = "." in word
    parts = [part for part in re.split(r"[.-]", word.casefold()) if part]
    if not parts:
        return False
    if parts[0] in TITLES or (is_abbreviated and parts[0] in ABBREVIATED_TITLES):
        return IN_TITLES.issuperset(parts)
    may_follow = is_abbreviated or parts[0] in AFTER_A_TITLE
    return follows_title and word.islower() and may_follow


def without_degrees(name: str) -> str:
    """A name without the degrees behind its comma."""
    names, _degrees = name_and_degrees(name)
    return ", ".join(names)


@lru_cache(maxsize=1_000)
def name_and_degrees(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parts of a name between commas: those of the name itself, and degrees."""
    if "," not in name:
        return (name,), ()
    first, *others = [part.strip() for part in name.split(",")]
    is_whole = " " in split_titles(first)[1]
    degrees = [part for part in others if is_degree(part, behind_whole_name=is_whole)]
    names = [part for part in others if part and part not in degrees]
    return (first, *names), tuple(degrees)


def is_degree(part: str, *, behind_whole_name: bool) -> bool:
    """Whether each word is a degree. Behind a single word, degrees that are also names are not."""
    words = [word for word in BETWEEN_DEGREES.split(part) if word]
    return bool(words) and all(is_degree_word(word, behind_whole_name) for word in words)


@lru_cache(maxsize=5_000)
def is_degree_word(word: str, behind_whole_name: bool) -> bool:
    """Whether a word is a degree: "PhD", "M.A.", "Dipl.-Ing."."""
    letters = re.sub(r"[^\w]", "", word).casefold()
    if letters in BEHIND:
        return True
    if not behind_whole_name:
        return False
    is_written_so = word.isupper() or "." in word
    return letters in GENERATIONS or (is_written_so and letters in IN_CAPITALS)


def is_generation(word: str) -> bool:
    """Whether a word is "Jr." or the like."""
    return word.rstrip(".").casefold() in GENERATIONS
