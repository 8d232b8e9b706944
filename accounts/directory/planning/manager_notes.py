"""What the preview says about the columns in which managers were looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.directory.columns.headings import MANAGER_FIELDS, WEAK, fields_named


def notes_about_managers(
    headings: Sequence[str], mapping: Mapping[str, str]
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
        heading
        for heading in headings
        if heading not in mapping.values() and clearly_names_managers(heading)
    ]
    if unused:
        notes.append(
            {"key": "managers_unused", "unused": ", ".join(unused), "used": ", ".join(used)}
        )
    return notes


def clearly_names_managers(heading: str) -> bool:
    """Whether a heading names managers and nothing weaker."""
    named = fields_named(heading)
    return max((named.get(field, 0) for field in MANAGER_FIELDS), default=0) > WEAK
