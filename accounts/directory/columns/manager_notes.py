"""What the preview says about the columns in which managers were looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.directory.columns.contents import Column
from accounts.directory.columns.headings import (
    COLUMNS,
    MANAGER_FIELDS,
    WEAK,
    fields_named,
    has_word,
    is_about_other_manager,
)
from accounts.directory.columns.managers import (
    People,
    answers_question,
    names_people,
    people_of,
)


def notes_about_managers(unused: Sequence[str], mapping: Mapping[str, str]) -> list[dict[str, str]]:
    """Notes about a column of keys that only the cells speak for, and about unused columns."""
    used = [mapping[field] for field in MANAGER_FIELDS if field in mapping]
    if not used:
        return []

    notes = []
    refers_to = mapping.get("person_key")
    if refers_to and "person_key" not in fields_named(refers_to):
        notes.append({"key": "managers_by_column", "heading": refers_to})
    if unused:
        notes.append(
            {"key": "managers_unused", "unused": ", ".join(unused), "used": ", ".join(used)}
        )
    return notes


def unused_managers(columns: Sequence[Column], mapping: Mapping[str, str]) -> list[str]:
    """The headings of columns that seem to name managers and are not used."""
    people = people_of(columns, mapping)
    return [
        column.heading
        for column in columns
        if column.heading not in mapping.values() and may_name_managers(column, people)
    ]


def may_name_managers(column: Column, people: People) -> bool:
    """Whether the heading clearly names managers, or an unknown one has people of the file."""
    if answers_question(column):
        return False
    named = fields_named(column.heading)
    is_clear = max((named.get(field, 0) for field in MANAGER_FIELDS), default=0) > WEAK
    if is_clear:
        return True
    is_unknown = named.keys() <= set(MANAGER_FIELDS) and not is_about_others(column.heading)
    return is_unknown and names_people(column, people)


def is_about_others(heading: str) -> bool:
    """Whether a heading is about managers who are not the direct ones, or about other people."""
    is_of_others = has_word(heading, COLUMNS["other_people_words"])
    return is_of_others or is_about_other_manager(heading)
