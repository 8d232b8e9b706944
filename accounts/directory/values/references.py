"""Ids and keys as managers are named by them: also in a distinguished name, or without zeros."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from accounts.directory.values.manager_cells import COMMON_NAME, name_in

Found = TypeVar("Found")


def references_in(cell: str) -> tuple[str, ...]:
    """What a cell may refer to: itself, and the "iroth" of "CN=iroth,OU=Users,DC=x"."""
    return (cell, name_in(cell)) if COMMON_NAME.match(cell) else (cell,)


def lookup(
    cell: str, keys: Mapping[str, Found], compared: Callable[[str], str] = str
) -> Found | None:
    """What a cell refers to among `keys`, which are written as `compared` writes them."""
    for reference in references_in(cell):
        if compared(reference) in keys:
            return keys[compared(reference)]
    return None


def without_zeros(number: str) -> str:
    """A number without the zeros in front; other texts as they are."""
    return number.lstrip("0") if number.isdecimal() else number


def by_number(ids: Iterable[tuple[str, Found]], not_unique: Found) -> dict[str, Found]:
    """What ids lead to, by their number without zeros; `not_unique` where two ids have the same."""
    found: dict[str, Found] = {}
    for text, what in ids:
        number = without_zeros(text)
        if number:
            found[number] = not_unique if number in found else what
    return found
