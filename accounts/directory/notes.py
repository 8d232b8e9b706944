"""What the preview says about a file as a whole, and how it names fields and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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


def chain_unclear(note: Mapping[str, Any]) -> str:
    """Nobody can tell which end of a chain is the person's own manager."""
    return (
        _(
            "It can’t be told whether “%(heading)s” is the nearest manager or the top of the "
            "company. Choose the column of the nearest one as the manager’s name."
        )
        % note
    )


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


def no_managers(_note: Mapping[str, Any]) -> str:
    """Nothing tells who reports to whom."""
    return _(
        "This file does not say who reports to whom: no column with managers was recognised, or it "
        "is empty. Without managers, somebody new can be matched with their own boss. Choose the "
        "column with the managers, or export the file again with it."
    )


def managers_by_column(note: Mapping[str, Any]) -> str:
    """Managers' ids refer to a column of which only the cells say so."""
    return (
        _(
            "Managers were found by the column “%(heading)s”. If that is wrong, choose the columns "
            "again."
        )
        % note
    )


def managers_unused(note: Mapping[str, Any]) -> str:
    """Further columns seem to name managers."""
    return (
        _(
            "Managers come from “%(used)s”. These columns seem to name managers too and were not "
            "used: %(unused)s."
        )
        % note
    )


def nobody_has_left(note: Mapping[str, Any]) -> str:
    """No status and no last day, or only kinds of work in them."""
    text = _("No column tells who has left. Everybody in this file is taken as working here.")
    if note["unused"]:
        return f"{text} " + (
            _("If one of these columns tells it, choose it as status or last day: %(unused)s.")
            % note
        )
    return f"{text} " + _("If there are people in it who have left, leave their rows out.")


def leavers_unused(note: Mapping[str, Any]) -> str:
    """Further columns say that people have left."""
    return (
        _(
            "Who has left comes from %(used)s. These columns say it too, of so many rows, and were "
            "not used: %(unused)s."
        )
        % note
    )


def status_by_cells(note: Mapping[str, Any]) -> str:
    """A column is the status because of its cells."""
    return (
        _(
            "The cells of “%(heading)s” tell who has left (rows: %(count)d). If that is wrong, "
            "choose the columns again."
        )
        % note
    )


def empty_is_left(note: Mapping[str, Any]) -> str:
    """Only those who work here have a mark."""
    return (
        _(
            "“%(heading)s” has a mark for people who work here; the others are taken as people who "
            "have left (rows: %(count)d)."
        )
        % note
    )


def empty_is_here(note: Mapping[str, Any]) -> str:
    """Some have no status."""
    return (
        _(
            "“%(heading)s” is empty in some rows (%(count)d). These people are taken as working "
            "here, unless their last day is over."
        )
        % note
    )


def few_name_managers(note: Mapping[str, Any]) -> str:
    """Most cells of the manager's column are empty."""
    return _(
        "Only %(named)d of the %(people)d people in this file have a manager in it. Without their "
        "manager, people can be matched with their own boss. Check which column holds the "
        "managers, or export the file again with all of them."
    ) % {"named": note["named"], "people": note["people"]}


def few_managers(note: Mapping[str, Any]) -> str:
    """Many managers are nobody that is known."""
    return _(
        "Only %(found)d of the %(named)d managers named in this file were found. Without their "
        "manager, people can be matched with their own boss. Check which column holds the "
        "managers, and that the file contains everybody."
    ) % {"found": note["found"], "named": note["named"]}


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
    "encoding_guessed": encoding_guessed,
    "mojibake": mojibake,
    "sheet_chosen": sheet_chosen,
    "merged_cells": merged_cells,
    "hidden_rows": hidden_rows,
    "titles_above": titles_above,
    "second_headings": second_headings,
    "chain_unclear": chain_unclear,
    "no_headings": no_headings,
    "nobody_leaves": nobody_leaves,
    "new_grades": new_grades,
    "grades_by_depth": grades_by_depth,
    "grades_proposed": grades_proposed,
    "no_managers": no_managers,
    "managers_by_column": managers_by_column,
    "managers_unused": managers_unused,
    "nobody_has_left": nobody_has_left,
    "leavers_unused": leavers_unused,
    "status_by_cells": status_by_cells,
    "empty_is_left": empty_is_left,
    "empty_is_here": empty_is_here,
    "few_name_managers": few_name_managers,
    "few_managers": few_managers,
    "zones": zones,
}
