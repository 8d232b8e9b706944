"""Several rows about one worker, one for each position or contract, become one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from accounts.directory.planning.match import Entry, Matched
from accounts.directory.problems import ProblemLog
from accounts.directory.rows.person_row import PersonRow
from accounts.domain.names import words

COMPARED = ("name", "job_title", "department", "location", "grade", "hired_on", "managers")
# The fields of the file behind what is compared, where they have other names.
OTHER_FIELDS = {
    "name": ("name", "last_name", "first_name"),
    "location": ("location", "city", "country"),
    "managers": ("manager_id", "manager_email", "manager_name"),
}
SHOWN_VALUES = 3


def merge_rows(matched: Matched, problems: ProblemLog) -> None:
    """Keep one row per worker, and report how the others differ.

    It is the first, unless the file says of another that it is the main contract.
    """
    merged: set[int] = set()
    for group in groups_of_workers(matched.entries):
        report(group, problems)
        first, *others = main_first(group)
        merged.update(entry.row.number for entry in others)
        matched.further_keys += [(entry.row.person_key, first.node) for entry in others]

    matched.merged_rows = len(merged)
    matched.entries = [entry for entry in matched.entries if entry.row.number not in merged]


def main_first(group: Sequence[Entry]) -> list[Entry]:
    """The rows of a worker, the one of the main contract first if exactly one is marked."""
    main = [entry for entry in group if entry.row.is_main]
    if len(main) != 1:
        return list(group)
    return main + [entry for entry in group if entry is not main[0]]


def report(group: Sequence[Entry], problems: ProblemLog) -> None:
    """Note that several rows are about one person."""
    used = main_first(group)[0].row
    differences = differences_in([entry.row for entry in group], problems)
    code = "several_rows"
    if differences:
        code = "several_rows_main" if is_only_main(used, group) else "several_rows_differ"
    rows = ", ".join(str(entry.row.number) for entry in group)
    problems.add(used.number, code, rows=rows, what="; ".join(differences), used=used.number)


def is_only_main(row: PersonRow, group: Sequence[Entry]) -> bool:
    """Whether a row alone says that it is the main contract."""
    return [entry.row for entry in group if entry.row.is_main] == [row]


def groups_of_workers(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The rows without errors that have the same id and address, and names of one person."""
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.ok:
            groups[entry.row.employee_id, entry.row.email].append(entry)
    return [group for group in groups.values() if len(group) > 1 and is_one_person(group)]


def is_one_person(group: Sequence[Entry]) -> bool:
    """Whether the names share a word with the first; the whole name where there is no id.

    Two people may share a mailbox, or an id by mistake.
    """
    first, *others = [set(words(entry.row.name)) for entry in group]
    if not group[0].row.employee_id:
        return all(name == first for name in others)
    return all(name & first for name in others)


def differences_in(rows: Sequence[PersonRow], problems: ProblemLog) -> list[str]:
    """How the rows of a worker differ: "Job title: Controller / Clerk"."""
    found = []
    for field in COMPARED:
        values = list(dict.fromkeys(text_of(row, field) for row in rows))
        if len(values) > 1:
            shown = " / ".join(value or "–" for value in values[:SHOWN_VALUES])
            found.append(f"{heading_of(field, problems)}: {shown}")
    return found


def text_of(row: PersonRow, field: str) -> str:
    """A field of a row as text."""
    value = getattr(row, field)
    if field == "managers":
        return value[0][1] if value else ""
    return str(value or "")


def heading_of(field: str, problems: ProblemLog) -> str:
    """The heading of a field in the file."""
    columns = problems.columns
    fields = OTHER_FIELDS.get(field, (field,))
    return next((columns[name] for name in fields if name in columns), field)
