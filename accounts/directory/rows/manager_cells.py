"""How a cell names a manager: "Jane Doe", "Doe, Jane (1001)", "CN=Jane Doe,OU=People,DC=x"."""

from __future__ import annotations

import re

from accounts.directory.rows.names import without_degrees
from accounts.domain.names import TITLES, words

IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")
BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
COMMON_NAME = re.compile(r"\s*CN\s*=\s*((?:\\.|[^,\\])+)", re.IGNORECASE)
ESCAPED = re.compile(r"\\(.)")


def number_in_brackets(cell: str) -> str:
    """The 1001 of "Jane Doe (1001)", or ""."""
    found = IN_BRACKETS.search(cell)
    return found[1].strip() if found else ""


def name_in(cell: str) -> str:
    """The name without what is in brackets behind it; of a distinguished name its first part."""
    common_name = COMMON_NAME.match(cell)
    if common_name:
        return ESCAPED.sub(r"\1", common_name[1]).strip()
    return BRACKETS.sub("", cell)


def name_key(name: str) -> str:
    """A name as it is compared: without accents, case and order."""
    return " ".join(sorted(words(without_degrees(name))))


def short_name_key(name: str) -> str:
    """As `name_key`, also without titles and initials, for names that are found in no other way."""
    parts = [word for word in words(without_degrees(name)) if len(word) > 1]
    return " ".join(sorted(word for word in parts if word not in TITLES))


def initials(name: str) -> set[str]:
    """The single letters of a name: {"a"} of "John A. Smith"."""
    return {word for word in words(without_degrees(name)) if len(word) == 1}


def reference_key(cell: str) -> str:
    """A position id, user name or distinguished name as it is compared."""
    return "".join(cell.split()).casefold()
