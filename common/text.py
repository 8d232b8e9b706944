"""Which characters a stored text may have. The one place that decides it.

Forms refuse what may not be stored (`common.fields`), imports clean it and report it. Characters
that turn the direction of the text around are always removed: they show a text other than it is.
Marks and joiners, which many scripts need, stay. Every text is kept in NFC, in which an ü is one
letter however it was typed. What leaves the application as one line (in a mail, its headers, a
calendar file) goes through `one_line`, however it was stored.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils import formats
from django.utils.translation import gettext as _

from common.errors import DomainError

# Unicode TR 36, section 3.1: embeddings and overrides, and isolates.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Byte order marks, and halves of surrogate pairs, which are no characters.
UNSEEN = re.compile("[\ufeff\ud800-\udfff]")
BREAKS = "\n\r\t\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
# A browser sends a line break as CR LF, and word processors have their own.
ANY_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
NOT_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
NOT_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
CONTEXT = 20  # characters shown before the one that is refused
MOST_DIGITS = 18  # what fits into a bigint


def checked_line(text: str) -> str:
    """A text of one line in NFC, or DomainError with the character that may not be in it."""
    return _checked(text, NOT_IN_LINE)


def checked_lines(text: str) -> str:
    """A text of several lines, each ended by LF however it was typed, or DomainError."""
    return _checked(ANY_BREAK.sub("\n", text), NOT_IN_LINES)


def cleaned_line(text: str) -> str:
    """For imports: the text as one line, in NFC, without what may not be stored."""
    return unicodedata.normalize("NFC", _without_breaks(text))


def squeezed(text: str) -> str:
    """A text without line breaks and unseen characters, with one space where there were several."""
    return re.sub(" +", " ", _without_breaks(UNSEEN.sub("", text)))


def one_line(text: str) -> str:
    """The same, without spaces at its ends."""
    return squeezed(text).strip()


def _without_breaks(text: str) -> str:
    """A space where lines break; no control character, nothing that turns the text around."""
    spaced = re.sub(f"[{BREAKS}]+", " ", DIRECTION.sub("", text))
    return NOT_IN_LINE.sub("", spaced)


def too_long(length: int, most: int) -> str:
    """The sentence for a text with too many characters."""
    counts = {"length": _grouped(length), "most": _grouped(most)}
    return _("%(length)s characters; at most %(most)s are possible. Please shorten it.") % counts


def _grouped(number: int) -> str:
    """ "2,140" as the reader's language writes it."""
    return str(formats.number_format(number, use_l10n=True, force_grouping=True))


def whole_number(text: str) -> int | None:
    """The number that a form or an address names in plain digits; None for anything else.

    Python refuses to read very many digits, and Postgres to compare with a number so large.
    """
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    return None


def _checked(text: str, forbidden: re.Pattern[str]) -> str:
    text = unicodedata.normalize("NFC", DIRECTION.sub("", text))
    found = forbidden.search(text)
    if found is None:
        return text
    before = text[max(0, found.start() - CONTEXT) : found.start()]
    raise DomainError(_problem(found[0], before))


def _problem(character: str, before: str) -> str:
    if character in "\n\r\t\u2028\u2029":
        return _("This takes one line. Remove the line break or tab after “%(before)s”.") % {
            "before": before
        }
    return _(
        "There is a character that cannot be shown (%(code)s) after “%(before)s”. Remove it or type"
        " the text again."
    ) % {"code": f"U+{ord(character):04X}", "before": before}
