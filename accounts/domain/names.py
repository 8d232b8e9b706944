"""Names as they are sorted and searched: without accents and case, so that no collation of the database is needed."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and an accent.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Lower case without accents: "Müller-Łoś" becomes "muller-los"."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(LETTERS)


def words(text: str) -> list[str]:
    """The words of a text as they are searched, in order, each once."""
    return list(dict.fromkeys(WORD.findall(plain(text))))


def sort_key(name: str) -> str:
    """The last word of a name first: "Anna Maria Müller" becomes "muller anna maria"."""
    parts = WORD.findall(plain(name))
    return " ".join([*parts[-1:], *parts[:-1]])[:200]


def search_text(*texts: str) -> str:
    """The words of all texts; names with umlauts are found as "muller" and as "mueller"."""
    whole = " ".join(text for text in texts if text)
    spelled_out = unicodedata.normalize("NFC", whole.casefold()).translate(UMLAUTS)
    return " ".join(words(f"{whole} {spelled_out}"))
