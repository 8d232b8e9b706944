"""Employee ids that differ in the zeros in front: a spreadsheet program may have taken them."""

from __future__ import annotations

from collections import defaultdict

from accounts.directory.planning.match import Matched
from accounts.directory.problems import ProblemLog


def note_similar_ids(matched: Matched, problems: ProblemLog) -> None:
    """Note each id that another person has too, but for zeros. They stay two people."""
    similar = ids_without_zeros(matched)
    for entry in matched.entries:
        number = entry.row.employee_id
        others = similar.get(number.lstrip("0"), {number}) - {number}
        if others:
            other = min(others)
            problems.add(entry.row.number, "similar_id", "employee_id", number, other=other)


def ids_without_zeros(matched: Matched) -> dict[str, set[str]]:
    """{id without zeros in front: the ids in the file and here}, where there are several."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in matched.entries:
        found[entry.row.employee_id.lstrip("0")].add(entry.row.employee_id)
    for person in matched.known.values():
        number = person.employee_id or ""
        found[number.lstrip("0")].add(number)
    return {number: ids for number, ids in found.items() if number and len(ids) > 1}
