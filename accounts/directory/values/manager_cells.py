"""How a cell names a manager: "Jane Doe", "Doe, Jane (1001)", "CN=Jane Doe,OU=People,DC=x"."""

from __future__ import annotations

import re
from functools import lru_cache

from accounts.directory.values.names import (
    first_name_first,
    split_brackets,
    split_titles,
    without_degrees,
)
from accounts.directory.values.states_behind_names import is_state, split_state
from accounts.directory.values.status import is_gone
from accounts.domain.names import words

IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
COMMON_NAME = re.compile(r"\s*CN\s*=\s*((?:\\.|[^,\\])+)", re.IGNORECASE)
ESCAPED_BYTES = re.compile(r"(?:\\[0-9A-Fa-f]{2})+")
ESCAPED = re.compile(r"\\(.)")
HAS_DIGIT = re.compile(r"\d")
LONGEST_COUNTER = 2  # digits: "(1)" tells two people of one name apart


def number_in_brackets(cell: str) -> str:
    """The 1001 of "Jane Doe (1001)" and of "Jane Doe [C] (1001) (On Leave)", or "".

    A user name may be one too; a state and a single letter are none.
    """
    _name, brackets = split_brackets(cell)
    texts: list[str] = [text.strip() for text in IN_BRACKETS.findall(brackets)]
    texts = [text for text in texts if text.isdigit() or (len(text) > 1 and not is_state(text))]
    with_digit = [text for text in texts if HAS_DIGIT.search(text)]
    found = with_digit or texts
    return found[-1] if found else ""


def is_counter(number: str) -> bool:
    """Whether a number in brackets may only count people of one name."""
    return number.isdigit() and len(number) <= LONGEST_COUNTER


def name_in(cell: str) -> str:
    """The name without what is behind it: a number or remark in brackets, and a state."""
    return split_brackets(split_state(whole_name_in(cell))[0])[0]


def whole_name_in(cell: str) -> str:
    """The name with what is behind it; of a distinguished name its first part."""
    common_name = COMMON_NAME.match(cell)
    if common_name is None:
        return cell
    # RFC 4514, section 2.4: other letters may be written as the bytes of their UTF-8
    name = ESCAPED_BYTES.sub(bytes_as_text, common_name[1])
    return ESCAPED.sub(r"\1", name).strip()


def bytes_as_text(escaped: re.Match[str]) -> str:
    r"""The letters behind "\C3\BC"."""
    return bytes.fromhex(escaped[0].replace("\\", "")).decode(errors="replace")


def says_gone(cell: str) -> bool:
    """Whether a cell says that the manager has left: "Jane Doe (Terminated)"."""
    _name, state = split_state(cell)
    return bool(state) and is_gone(state) is True


def name_key(name: str) -> str:
    """A name as it is compared where the order does not matter: also without accents and case."""
    return without_order(name_in_order(name))


def without_order(name: str) -> str:
    """The words of a name in the order of the alphabet."""
    return " ".join(sorted(name.split()))


@lru_cache(maxsize=50_000)
def name_in_order(name: str) -> str:
    """As `name_key`, first name first: "Doe, Jane" is "jane doe"."""
    text = split_brackets(name)[0]
    if "," in text:
        text = without_degrees(first_name_first(text))
    return " ".join(words(text))


def short_name_key(name: str) -> str:
    """As `name_key`, also without titles and initials, for names that are found in no other way."""
    return without_order(short_name_in_order(name))


def short_name_in_order(name: str) -> str:
    """As `short_name_key`, first name first."""
    text = without_degrees(first_name_first(split_brackets(name)[0]))
    _titles, rest = split_titles(text)
    return " ".join(word for word in words(rest) if len(word) > 1)


def initials(name: str) -> set[str]:
    """The single letters of a name: {"a"} of "John A. Smith"."""
    _titles, rest = split_titles(without_degrees(split_brackets(name)[0]))
    return {word for word in words(rest) if len(word) == 1}


def reference_key(cell: str) -> str:
    """A position id, user name or distinguished name as it is compared."""
    return "".join(cell.split()).casefold()
