"""What the page of a directory import shows: counts, problems and differences."""

from __future__ import annotations

from typing import Any

from accounts.directory.notes import KINDS, field_changes, in_words
from accounts.directory.problems import worded
from accounts.enums import AddressChangeState, ImportState
from accounts.models import AddressChange, DirectoryImport
from mentoring.people_import.worker import WORKING
from programs.models import Program

SHOWN = 25  # of each kind; the download has all


def preview_of(item: DirectoryImport) -> dict[str, Any]:
    """The context of the page."""
    is_checked = item.state == ImportState.CHECKED
    differences = item.differences if is_checked else []
    return {
        "item": item,
        "working": item.state in WORKING,
        "counts": item.preview.get("counts", {}),
        "many_leave": bool(item.preview.get("many_leave")),
        "manager_warning": _manager_warning(item),
        "notes": _notes(item),
        "grades_choice": _grades_choice(item),
        **_problems(item),
        "sections": _sections(differences),
        "nothing": is_checked and not differences,
        "addresses_waiting": _addresses_waiting(item),
        "no_program_yet": item.state == ImportState.APPLIED and not Program.objects.exists(),
        "shown": SHOWN,
    }


def _grades_choice(item: DirectoryImport) -> str:
    """The answer about grades that can be given: "yes" to take those proposed, "no" after that."""
    keys = {note["key"] for note in item.preview.get("notes", [])}
    if "grades_proposed" in keys:
        return "yes"
    return "no" if "grades_by_depth" in keys and item.options.get("grades_by_depth") else ""


def _manager_warning(item: DirectoryImport) -> str:
    """What the page says first where managers are missing."""
    warning = item.preview.get("manager_warning")
    return in_words(warning) if warning else ""


def _notes(item: DirectoryImport) -> list[str]:
    notes = [in_words(note) for note in item.preview.get("notes", [])]
    return [note for note in notes if note]


def _problems(item: DirectoryImport) -> dict[str, list[dict[str, Any]]]:
    """The first errors and the first warnings."""
    problems = [worded(problem) for problem in item.row_errors]
    errors = [problem for problem in problems if problem["is_error"]]
    warnings = [problem for problem in problems if not problem["is_error"]]
    return {"errors": errors[:SHOWN], "warnings": warnings[:SHOWN]}


def _sections(differences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first differences of each kind that there are any of."""
    sections = []
    for kind in KINDS:
        lines = [line for line in differences if line["kind"] == kind]
        if lines:
            sections.append(_section(kind, lines))
    return sections


def _section(kind: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": kind,
        "label": KINDS[kind],
        "rows": [{**line, "changes": field_changes(line["fields"])} for line in lines[:SHOWN]],
        "total": len(lines),
        "more": len(lines) > SHOWN,
    }


def _addresses_waiting(item: DirectoryImport) -> int:
    """How many changed addresses wait for HR, once the import is applied."""
    if item.state != ImportState.APPLIED:
        return 0
    return AddressChange.objects.filter(state=AddressChangeState.PENDING).count()
