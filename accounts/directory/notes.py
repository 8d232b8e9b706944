"""What the preview says about a file as a whole, and how it names fields and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.directory.column_notes import COLUMN_NOTES
from accounts.directory.files.text import ENCODINGS
from accounts.enums import DirectoryState

FIELD_LABELS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "last_name": gettext_lazy("Last name"),
    "preferred_name": gettext_lazy("What people call them"),
    "employee_id": gettext_lazy("Employee id"),
    "email": gettext_lazy("E-mail address"),
    "job_title": gettext_lazy("Job title"),
    "department": gettext_lazy("Department"),
    "location": gettext_lazy("Location"),
    "time_zone": gettext_lazy("Time zone"),
    "grade": gettext_lazy("Grade"),
    "grade_is_derived": gettext_lazy("Grade from the reporting tree"),
    "manager": gettext_lazy("Manager"),
    "hired_on": gettext_lazy("Hired on"),
    "is_active": gettext_lazy("Active"),
    "directory_state": gettext_lazy("Directory"),
}
KINDS: dict[str, str | Promise] = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "returning": gettext_lazy("Coming back"),
    "leaving": gettext_lazy("Leaving"),
    "address": gettext_lazy("New address"),
}


def field_changes(fields: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    """The changed fields of a person as {label, before, after}, in the order of FIELD_LABELS."""
    return [
        {
            "label": str(label),
            "before": shown(field, fields[field][0]),
            "after": shown(field, fields[field][1]),
        }
        for field, label in FIELD_LABELS.items()
        if field in fields
    ]


def shown(field: str, value: str) -> str:
    """A value as a person reads it."""
    if field in {"is_active", "grade_is_derived"}:
        return _("yes") if value == "True" else _("no")
    return str(DirectoryState(value).label) if field == "directory_state" and value else value


def in_words(note: Mapping[str, Any]) -> str:
    """A note of the plan as a sentence or two; "" for one that has no words."""
    writer = WRITERS.get(note["key"])
    return writer(note) if writer else ""


def encoding_guessed(note: Mapping[str, Any]) -> str:
    """The encoding is a guess."""
    text = _("The file does not say how its letters are encoded; it was read as %(name)s.") % {
        "name": ENCODINGS.get(note["encoding"], note["encoding"])
    }
    if note.get("sample"):
        text += " " + _(
            "If these words look wrong, choose another encoding with the columns: %(words)s."
        ) % {"words": note["sample"]}
    return text


def mojibake(note: Mapping[str, Any]) -> str:
    """Letters were garbled before the file reached us."""
    return _(
        "Some words look garbled (%(words)s). Export the file again as UTF-8, or names will be "
        "wrong."
    ) % {"words": note["sample"]}


def sheet_chosen(note: Mapping[str, Any]) -> str:
    """Several sheets."""
    return _(
        "The file has several sheets; “%(name)s” was read, the first that looks like a directory."
    ) % {"name": note["sheet"]}


def merged_cells(note: Mapping[str, Any]) -> str:
    """Cells over several rows."""
    return _(
        "Cells that are merged over several rows (%(count)s) were read as if each row had their "
        "text."
    ) % {"count": note["count"]}


def hidden_rows(note: Mapping[str, Any]) -> str:
    """Rows that a filter hides."""
    return _(
        "Hidden rows are read too (%(count)s; the first: %(rows)s). Delete them from the file if "
        "these people do not belong to it."
    ) % {"count": note["count"], "rows": note["rows"]}


def titles_above(note: Mapping[str, Any]) -> str:
    """The headings are not in the first row."""
    return _("The headings were found in row %(row)s. What is above them was left out.") % note


def second_headings(note: Mapping[str, Any]) -> str:
    """The columns are named twice."""
    return _("Row %(rows)s names the columns once more and was left out.") % note


def two_headings(note: Mapping[str, Any]) -> str:
    """Groups of columns have a heading of their own."""
    return _("The headings are in two rows (%(rows)s), which were read together.") % note


def no_headings(_note: Mapping[str, Any]) -> str:
    """Only people, from the first row on."""
    return _("The file has no row of headings. Say for each column what it is.")


def nobody_leaves(note: Mapping[str, Any]) -> str:
    """Rows without a name."""
    rows = ngettext(
        "In %(rows)d row it can’t be told whom it is about.",
        "In %(rows)d rows it can’t be told whom they are about.",
        note["rows"],
    ) % {"rows": note["rows"]}
    people = ngettext(
        "%(people)d person is missing from the file otherwise; they stay until those rows are "
        "corrected.",
        "%(people)d people are missing from the file otherwise; they stay until those rows are "
        "corrected.",
        note["people"],
    ) % {"people": note["people"]}
    return f"{rows} {people}"


def new_grades(note: Mapping[str, Any]) -> str:
    """Grades that the company does not have yet."""
    return _(
        "New grades: %(names)s. They are placed by the reporting tree; check their order on the "
        "grades page."
    ) % {"names": ", ".join(note["names"])}


def grades_by_depth(note: Mapping[str, Any]) -> str:
    """Where the grades come from."""
    levels = ", ".join(f"{name}: {count}" for name, count in note["levels"])
    text = _(
        "The file has no grades, so they come from the depth of the reporting tree, the deepest "
        "being the most junior "
        "(%(levels)s). You can rename them on the grades page and give single people another grade."
    ) % {"levels": levels}
    if note.get("alone"):
        text += " " + ngettext(
            "%(count)d person has neither manager nor reports and gets no grade.",
            "%(count)d people have neither manager nor reports and get no grade.",
            note["alone"],
        ) % {"count": note["alone"]}
    return text


def grades_proposed(note: Mapping[str, Any]) -> str:
    """Which grades people could get."""
    levels = ", ".join(f"{name}: {count}" for name, count in note["levels"])
    text = _(
        "The file has no grades, and this import changes none. They could come from the depth of "
        "the reporting tree, the deepest being the most junior (%(levels)s)."
    ) % {"levels": levels}
    if note.get("own"):
        text += " " + _("These are the grades that your company has already.")
    return text


def zones(note: Mapping[str, Any]) -> str:
    """Where the time zones come from."""
    parts = []
    if note["by_place"]:
        parts.append(
            ngettext(
                "For %(count)d new person the time zone comes from city and country.",
                "For %(count)d new people the time zone comes from city and country.",
                note["by_place"],
            )
            % {"count": note["by_place"]}
        )
    if note["by_company"]:
        parts.append(
            ngettext(
                "%(count)d new person gets the company’s time zone, %(zone)s.",
                "%(count)d new people get the company’s time zone, %(zone)s.",
                note["by_company"],
            )
            % {"count": note["by_company"], "zone": note["zone"]}
        )
    return " ".join([*parts, _("Everybody can change their own.")])


WRITERS = {
    **COLUMN_NOTES,
    "encoding_guessed": encoding_guessed,
    "mojibake": mojibake,
    "sheet_chosen": sheet_chosen,
    "merged_cells": merged_cells,
    "hidden_rows": hidden_rows,
    "titles_above": titles_above,
    "second_headings": second_headings,
    "two_headings": two_headings,
    "no_headings": no_headings,
    "nobody_leaves": nobody_leaves,
    "new_grades": new_grades,
    "grades_by_depth": grades_by_depth,
    "grades_proposed": grades_proposed,
    "zones": zones,
}
