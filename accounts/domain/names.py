"""Names as they are sorted and searched: without accents and case.

So no collation of the database is needed.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import dropwhile, filterfalse

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from common.errors import DomainError

# Letters that Unicode does not take apart into a base letter and an accent.
LETTERS = str.maketrans("øłđðıħŧŋ", "olddihtn") | {
    ord("þ"): "th",
    ord("æ"): "ae",
    ord("œ"): "oe",
}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
NO_APOSTROPHES = str.maketrans("", "", "'’`")
WORD = re.compile(r"[^\W_]+")
IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
GENERATIONS = {"jr", "sr", "junior", "senior", "ii", "iii", "iv"}
# also without a full stop
# Lower-case ones in front of a surname are passed over: "Ursula von der Leyen" stands under L.
# Those with a capital belong to it: "Kees Van Dam" stands under V.
PARTICLES = frozenset(
    (
        *("von", "van", "vom", "zu", "zum", "zur", "der", "den", "dem", "des"),
        *("de", "di", "da", "do", "dos", "das", "del", "della", "dell", "du", "d", "y", "e"),
        *("la", "le", "l", "las", "los", "ter", "ten", "te", "tot", "op", "af", "av"),
        *("al", "el", "bin", "ibn", "bint", "ben"),
    )
)
TITLES = {"dr", "prof", "professor", "mr", "mrs", "ms", "mx", "herr", "frau"}


def plain(text: str) -> str:
    """Lower case without accents: "Müller-Łoś" becomes "muller-los"."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filterfalse(unicodedata.combining, folded)).translate(LETTERS)


def words(text: str) -> list[str]:
    """The words of a text as they are searched, in order, each once."""
    return list(dict.fromkeys(WORD.findall(plain(text))))


def sort_key(name: str, surname: str = "") -> str:
    """The surname first: "Anna Maria Müller" becomes "muller anna maria".

    Without a `surname`, or with one that is not in the name, the last word before a comma or a
    "Jr." is taken for it, with the particles before it that have a capital.
    """
    own, behind = _without_generation(name)
    parts = [plain(word) for word in own]
    last = plain(surname).split()
    at = _position(last, parts) if last else None
    if at is None:
        at = _start_of_surname(own)
        last = parts[at:]

    end = at + len(last)
    while at < end - 1 and _is_small_particle(own[at]):
        at += 1
    in_order = [*parts[at:end], *parts[:at], *parts[end:], *behind]
    whole = " ".join(in_order).translate(NO_APOSTROPHES)
    return " ".join(WORD.findall(whole))[:200]


def _without_generation(name: str) -> tuple[list[str], list[str]]:
    """The words of a name, and those behind them: degrees, "Jr.", and what is in brackets."""
    own, _comma, degrees = name.partition(",")
    in_brackets = " ".join(IN_BRACKETS.findall(own))
    parts = IN_BRACKETS.sub(" ", own).split() or own.split()
    behind = [plain(degrees), plain(in_brackets)]
    while len(parts) > 2 and plain(parts[-1]).rstrip(".") in GENERATIONS:
        behind.insert(0, plain(parts.pop()))
    return parts, behind


def _start_of_surname(own: list[str]) -> int:
    """Where the surname begins: at the last word, or at a capital particle before it."""
    at = start = max(len(own) - 1, 0)
    while at > 1 and plain(own[at - 1]) in PARTICLES:
        at -= 1
        if not _is_small_particle(own[at]):
            start = at
    return start


def _is_small_particle(word: str) -> bool:
    return word[:1].islower() and plain(word) in PARTICLES


def _position(some: list[str], words: list[str]) -> int | None:
    """Where some words stand in others, one after the other."""
    for at in range(len(words) - len(some) + 1):
        if words[at : at + len(some)] == some:
            return at
    return None


def search_text(*texts: str) -> str:
    """The words of all texts; names with umlauts are found as "muller" and as "mueller"."""
    whole = " ".join(text for text in texts if text)
    return " ".join(words(f"{whole} {_spelled_out(whole)}"))


def alternatives(text: str) -> list[set[str]]:
    """For each word of a text, how a name may have it: "Müller" is "muller" or "mueller"."""
    in_order = WORD.findall(unicodedata.normalize("NFC", text))
    spellings = [{*words(word), *words(_spelled_out(word))} for word in in_order]
    return [each for each in spellings if each]


def _spelled_out(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold()).translate(UMLAUTS)


def called(name: str) -> str:
    """What to call somebody of that name: its first word, without titles.

    "Dr. Henrik Sommer" is called Henrik. "J. R. Smith" and "Dr. Sommer" are called by the whole
    name, as they have no first name to use.
    """
    words = name.split()
    rest = list(dropwhile(_is_title, words))
    only_last_name = len(rest) == 1 and len(words) > 1
    if not rest or only_last_name or _is_initial(rest[0]):
        return " ".join(words)
    return rest[0]


def _is_title(word: str) -> bool:
    """Dr, Prof., Dipl.-Ing., Dr.med., and the lower case h. c. that may follow."""
    if word.rstrip(".").casefold() in TITLES:
        return True
    is_abbreviated = word.endswith(".")
    return is_abbreviated and (word.islower() or not _is_initial(word))


def _is_initial(word: str) -> bool:
    """J, J. or J.R.; never a character that is a word by itself, as in Chinese."""
    letters = [part for part in re.split(r"[.-]", word) if part]
    return all(len(letter) == 1 and letter.upper() != letter.lower() for letter in letters)


def clean_email(email: str) -> str:
    """An address as it is stored: trimmed, lower case. DomainError unless it is one."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise DomainError(
            _("“%(email)s” is not an e-mail address."), params={"email": email}
        ) from None
    return address


def ascii_domain(domain: str) -> str:
    """A mail domain as mail servers write it: letters of other scripts show as "xn--…"."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
