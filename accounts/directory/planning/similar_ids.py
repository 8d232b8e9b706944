"""Employee ids that differ in zeros or separators alone, which a spreadsheet program may change."""

from __future__ import annotations

import re
from collections import defaultdict

from accounts.directory.planning.match import Matched
from accounts.directory.problems import ProblemLog

# "1.000", "1,000", "1'000" and "1 000" are a thousand where these separate groups of digits.
SEPARATORS = re.compile(r"(?<=\d)[.,'’ ](?=\d{3}(?!\d))")


def note_similar_ids(matched: Matched, problems: ProblemLog) -> None:
    """Note ids that differ in zeros or separators alone. They stay two people."""
    similar = ids_by_bare_id(matched)
    for entry in matched.entries:
        number = entry.row.employee_id
        others = similar.get(bare(number), {number}) - {number}
        if others:
            other = min(others)
            problems.add(entry.row.number, "similar_id", "employee_id", number, other=other)


def ids_by_bare_id(matched: Matched) -> dict[str, set[str]]:
    """{bare id: the ids in the file and here}, where there are several."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in matched.entries:
        found[bare(entry.row.employee_id)].add(entry.row.employee_id)
    for person in matched.known.values():
        number = person.employee_id or ""
        found[bare(number)].add(number)
    return {number: ids for number, ids in found.items() if number and len(ids) > 1}


def bare(number: str) -> str:
    """An id without zeros in front and without separators between its digits."""
    text = number if number.isalnum() else SEPARATORS.sub("", number)
    return text.lstrip("0")
