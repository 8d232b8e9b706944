"""Letters that look like others, and characters that no address has."""

from __future__ import annotations

import re
import unicodedata

from accounts.directory.files.cleaning import described

# Greek, Cyrillic, Armenian and Cherokee, and single Latin letters that look like those of ASCII.
MIMICS = "\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff\u0131\u0251\u0261\uff21-\uff5a"
MIMIC = re.compile(f"[{MIMICS}]")
# A word with letters of both kinds.
MIXED_WORD = re.compile(rf"[^\W\d_]*(?:[A-Za-z][{MIMICS}]|[{MIMICS}][A-Za-z])[^\W\d_]*")
# Letters of Cyrillic and Greek of which a whole word may look like one of ASCII.
LIKE_ASCII = frozenset("асеорхуіјѕԁһӏԛԝґпгтοανρυικτχη")
WORD = re.compile(r"\w+")
NO_LETTERS = ' ,;:<>()[]"\\'


def look_alike(text: str) -> str:
    """The first letter that looks like one of ASCII, in a word or number of such; else ""."""
    if text.isascii() or not MIMIC.search(text):
        return ""
    for word in WORD.finditer(text):
        if MIXED_WORD.search(word[0]) or is_code_of_look_alikes(word[0]):
            found = MIMIC.search(text, word.start())
            return named(text, found.start()) if found else ""
    return ""


def is_code_of_look_alikes(word: str) -> bool:
    """Whether a word has digits, and all of its letters look like those of ASCII."""
    letters = {letter for letter in word.casefold() if letter.isalpha()}
    has_digit = any(letter.isdigit() for letter in word)
    return has_digit and bool(letters) and letters <= LIKE_ASCII


def look_alike_in_domain(address: str) -> str:
    """As `look_alike`, in the domain of an address: also where a whole part only looks so."""
    start = address.rfind("@") + 1
    if address.isascii() or not start:
        return ""
    found = look_alike(address)
    if found:
        return found
    for label in re.finditer(r"[^.]+", address[start:]):
        letters = {letter for letter in label[0] if letter.isalpha()}
        if letters and letters <= LIKE_ASCII:
            return named(address, start + label.start())
    return ""


def odd_in_address(address: str) -> str:
    """The first character that no address has, with where it is; "" where there is none.

    The domain may have letters beyond ASCII, such as an umlaut.
    """
    domain = address.rfind("@") + 1
    for at, letter in enumerate(address):
        is_in_domain = bool(domain) and at >= domain
        may_be_letter = letter.isalnum() and not is_wide(letter)
        beyond_ascii = not letter.isascii() and not (is_in_domain and may_be_letter)
        if beyond_ascii or letter in NO_LETTERS:
            return named(address, at)
    return look_alike_in_domain(address)


def is_wide(letter: str) -> bool:
    """Whether a letter is another form of one, as those of full width are."""
    return unicodedata.normalize("NFKC", letter) != letter


def named(text: str, at: int) -> str:
    """The character at a position of a text: "U+0430 after “x” (Cyrillic Small Letter A)"."""
    name = unicodedata.name(text[at], "").title()
    return f"{described(text, at)} ({name})" if name else described(text, at)
