"""What the preview says about the columns in which managers were looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.directory.columns.contents import Column
from accounts.directory.columns.headings import MANAGER_FIELDS, WEAK, fields_named
from accounts.directory.columns.managers import answers_question


def notes_about_managers(
    columns: Sequence[Column], mapping: Mapping[str, str]
) -> list[dict[str, str]]:
    """Notes about a column of keys that only the cells speak for, and about unused columns."""
    used = [mapping[field] for field in MANAGER_FIELDS if field in mapping]
    if not used:
        return []

    notes = []
    refers_to = mapping.get("person_key")
    if refers_to and "person_key" not in fields_named(refers_to):
        notes.append({"key": "managers_by_column", "heading": refers_to})
    unused = [
        column.heading
        for column in columns
        if column.heading not in mapping.values() and clearly_names_managers(column)
    ]
    if unused:
        notes.append(
            {"key": "managers_unused", "unused": ", ".join(unused), "used": ", ".join(used)}
        )
    return notes


def clearly_names_managers(column: Column) -> bool:
    """Whether a heading names managers and nothing weaker, and the cells are no yes and no."""
    named = fields_named(column.heading)
    is_clear = max((named.get(field, 0) for field in MANAGER_FIELDS), default=0) > WEAK
    return is_clear and not answers_question(column)
