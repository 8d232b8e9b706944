"""What the preview says about departments and addresses in columns that are not used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from accounts.directory.columns.contents import Column
from accounts.directory.columns.departments import looks_like_departments
from accounts.directory.columns.headings import DEEPEST, WEAK, fields_named
from accounts.directory.values.addresses import is_private


def notes_about_departments(
    columns: Sequence[Column], mapping: Mapping[str, str]
) -> list[dict[str, str]]:
    """Columns that name parts of the company too, unless the deepest of a series is used."""
    used = mapping.get("department", "")
    if used.endswith(DEEPEST):
        return []
    unused = [
        column.heading
        for column in columns
        if column.filled and column.heading not in mapping.values() and names_departments(column)
    ]
    if not unused:
        return []
    return [{"key": "departments_unused", "used": used, "unused": quoted(unused)}]


def names_departments(column: Column) -> bool:
    """Whether a column clearly names departments, or has a word for them and words as cells."""
    return fields_named(column.heading).get("department", 0) > WEAK or looks_like_departments(
        column
    )


def notes_about_addresses(
    columns: Sequence[Column], mapping: Mapping[str, str]
) -> list[dict[str, str]]:
    """Whether most of the addresses are private ones."""
    heading = mapping.get("email", "")
    of_people = [column for column in columns if column.heading == heading]
    if not any(column.share(is_private) > 0.5 for column in of_people):
        return []
    return [{"key": "private_addresses", "heading": heading}]


def notes_about_names(
    columns: Sequence[Column], mapping: Mapping[str, str]
) -> list[dict[str, str]]:
    """Whether most names have one word, as where the column of first names is not known."""
    if "first_name" in mapping:
        return []
    heading = mapping.get("name", mapping.get("last_name", ""))
    of_people = [column for column in columns if column.heading == heading]
    if not any(column.share(is_one_word) > 0.5 for column in of_people):
        return []
    return [{"key": "names_of_one_word", "heading": heading}]


def is_one_word(name: str) -> bool:
    """Whether a name has one word, in letters with which others are written apart."""
    return len(name.replace(",", " ").split()) == 1 and name.isascii()


def quoted(headings: Iterable[str]) -> str:
    """Headings in quotation marks."""
    return ", ".join(f"“{heading}”" for heading in headings)
