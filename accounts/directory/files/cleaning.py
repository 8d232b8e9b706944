"""Cells without what nobody can see: control characters, marks and escapes of other programs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from django.utils.translation import gettext as _

from common.text import cleaned_line

# How spreadsheet programs write a character that XML does not allow: "_x000D_" is a CR.
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# How some systems keep a spreadsheet program from reading a number: ="000771".
QUOTED_NUMBER = re.compile(r'^="([^"]*)"$')
# How CSVDE of Active Directory writes a value with letters beyond ASCII: the bytes of its UTF-8.
HEX = re.compile(r"^X'((?:[0-9A-Fa-f]{2})+)'$")
# Letters and marks that are blank though Unicode does not count them as such.
BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Joiners and marks of direction, which the scripts from Hebrew on need.
NEEDED_BY_SCRIPTS = frozenset("\u061c\u200c\u200d\u200e\u200f")
# The numbers and verses of Arabic and Syriac: Unicode calls them format characters, and they show.
SHOWN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]")
HEBREW = "\u0590"
CONTEXT = 20  # characters shown before the one that is removed


def clean(text: str) -> tuple[str, str]:
    """A text as it is kept: on one line, in NFC, with single blanks and nothing invisible.

    Also the first character that was removed, with where it was; "" if there was none.
    """
    text = text.strip()
    if is_plain(text):
        composed = text if text.isascii() else unicodedata.normalize("NFC", text)
        return (" ".join(composed.split()) if "  " in composed else composed), ""

    text = QUOTED_NUMBER.sub(r"\1", ESCAPE.sub(unescaped, decoded(text)))
    at = first_invisible(text)
    found = "" if at is None else described(text, at)
    return " ".join(without_invisible(text).split()), found


@lru_cache(maxsize=10_000)
def clean_text(text: str) -> str:
    """The text that `clean` returns. Cached, as most texts occur in a file many times."""
    return clean(text)[0]


def is_plain(text: str) -> bool:
    """Whether there is certainly nothing to remove, as in nearly all cells."""
    if not text.isprintable() or "_x" in text or text.startswith(("=", "X'")):
        return False
    return text.isascii() or BLANK_LETTERS.isdisjoint(text)


def decoded(text: str) -> str:
    """The text behind X'c3a4'; as it is where the bytes are no text, such as those of a GUID."""
    found = HEX.match(text)
    if found is None:
        return text
    try:
        behind = bytes.fromhex(found[1]).decode()
    except UnicodeDecodeError:
        return text
    is_binary = any(letter < " " and not letter.isspace() for letter in behind)
    return text if is_binary else behind.strip()


def is_hex(text: str) -> bool:
    """Whether a text is bytes that could not be read."""
    return text.startswith("X'") and bool(HEX.match(text))


def unescaped(escape: re.Match[str]) -> str:
    """The character behind an escape, if it is one that is removed; else the escape as it is."""
    character = chr(int(escape[1], 16))
    return character if is_invisible(character) else escape[0]


def without_invisible(text: str) -> str:
    """The text with blanks for breaks and without invisible characters."""
    kept = [letter for letter in cleaned_line(text) if not is_hidden(letter, text)]
    return "".join(kept)


def first_invisible(text: str) -> int | None:
    """Where the first character is that will be removed."""
    for at, letter in enumerate(text):
        if is_hidden(letter, text):
            return at
    return None


def is_hidden(letter: str, text: str) -> bool:
    """Whether a character of this text is invisible, and no script in it needs it."""
    if not is_invisible(letter):
        return False
    return letter not in NEEDED_BY_SCRIPTS or not any(HEBREW <= other < "\u2000" for other in text)


def is_invisible(letter: str) -> bool:
    """Whether a character shows nothing and is no blank: of control, of format, or private."""
    if letter.isprintable():
        return letter in BLANK_LETTERS
    is_control = unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return is_control and not SHOWN.match(letter)


def described(text: str, at: int) -> str:
    """The character at a position of a text, by its number: U+200B after “anna”."""
    code = f"U+{ord(text[at]):04X}"
    before = text[max(0, at - CONTEXT) : at]
    seen = " ".join(without_invisible(before).split())
    if seen:
        return _("%(code)s after “%(before)s”") % {"code": code, "before": seen}
    return _("%(code)s at the beginning") % {"code": code}
