"""Headings in two rows: "Manager" above "ID" and "Name", or "First" and "Last" below "Name"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from accounts.directory.columns.headings import KNOWN, is_about_manager, is_known, key

NUMBER_OR_DAY = re.compile(r"\d[\d.,:/ -]*")


@dataclass(frozen=True, slots=True)
class HeadingRows:
    """The headings, and the numbers of the first and the last row that they are in."""

    first: int
    last: int
    headings: list[str]


def names_groups(above: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether the row above names groups of columns without which the headings say less."""
    if any(map(is_value, above)):
        return False
    titles = filled(above)
    is_one_title = titles == 1 and bool(above[0].strip())
    if not titles or is_one_title or titles >= filled(headings):
        return False

    for own, group, text in spread(above, headings):
        stands_alone = bool(own) and not text
        if stands_alone or adds_something(group, text, headings):
            return True
    return False


def names_parts(headings: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the row below names parts of columns that have one heading together."""
    if any(map(is_value, below)):
        return False
    found = spread(headings, below)
    if any(is_another_text(found, at) for at in range(len(found))):
        return False

    has_known_part, has_heading_alone = False, False
    for own, group, text in found:
        if own:
            has_heading_alone |= not text or key(own) == key(text)
        elif text:
            has_known_part |= is_known(text) or is_known(f"{group} {text}")
    return has_known_part and has_heading_alone


def is_another_text(found: Sequence[tuple[str, str, str]], at: int) -> bool:
    """Whether a column that is no group has another text below its heading."""
    own, _group, text = found[at]
    next_own, _next_group, next_text = found[at + 1] if at + 1 < len(found) else ("-", "", "")
    is_group = bool(next_text) and not next_own
    return bool(own and text) and key(own) != key(text) and not is_group


def two_in_one(groups: Sequence[str], texts: Sequence[str]) -> list[str]:
    """One row of headings of two; the group is named where the text alone would say less."""
    return [
        f"{group}: {text}" if adds_something(group, text, texts) else text or own
        for own, group, text in spread(groups, texts)
    ]


def adds_something(group: str, text: str, texts: Sequence[str]) -> bool:
    """Whether a heading needs its group: it is there twice, or means something else with it."""
    if not group or not text or key(group) == key(text):
        return False
    times = Counter(map(key, texts))[key(text)]
    is_of_manager = is_about_manager(group) and is_known(group)
    return times > 1 or is_of_manager or key(f"{group} {text}") in KNOWN


def spread(groups: Sequence[str], texts: Sequence[str]) -> list[tuple[str, str, str]]:
    """(own cell above, name of the group, cell below) of each column.

    A group reaches to the next one.
    """
    found, group = [], ""
    for own, text in zip_longest(groups, texts, fillvalue=""):
        group = own.strip() or group
        found.append((own.strip(), group, text.strip()))
    return found


def filled(cells: Sequence[str]) -> int:
    """How many cells have something in them."""
    return sum(bool(cell.strip()) for cell in cells)


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, a day or an address, as no heading does."""
    text = cell.strip()
    return "@" in text or bool(NUMBER_OR_DAY.fullmatch(text))
