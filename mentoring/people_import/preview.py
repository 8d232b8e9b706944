"""What the page of a directory import shows: counts, problems and differences."""

from __future__ import annotations

from typing import Any

from accounts.directory.notes import KINDS, field_changes, in_words
from accounts.directory.problems import worded
from accounts.enums import AddressChangeState, ImportState
from accounts.models import AddressChange, DirectoryImport
from mentoring.people_import.worker import WORKING

SHOWN = 25  # of each kind; the download has all


def preview_of(item: DirectoryImport) -> dict[str, Any]:
    """The context of the page."""
    differences = item.differences if item.state == ImportState.CHECKED else []
    problems = [worded(problem) for problem in item.row_errors]
    notes = [in_words(note) for note in item.preview.get("notes", [])]
    return {
        "item": item,
        "working": item.state in WORKING,
        "counts": item.preview.get("counts", {}),
        "notes": [note for note in notes if note],
        "errors": [problem for problem in problems if problem["is_error"]][:SHOWN],
        "warnings": [problem for problem in problems if not problem["is_error"]][:SHOWN],
        "sections": _sections(differences),
        "nothing": item.state == ImportState.CHECKED and not differences,
        "addresses_waiting": _addresses_waiting() if item.state == ImportState.APPLIED else 0,
        "shown": SHOWN,
    }


def _sections(differences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first differences of each kind that there are any of."""
    sections = []
    for kind, label in KINDS.items():
        rows = [line for line in differences if line["kind"] == kind]
        if not rows:
            continue
        first = [{**line, "changes": field_changes(line["fields"])} for line in rows[:SHOWN]]
        sections.append(
            {
                "kind": kind,
                "label": label,
                "rows": first,
                "total": len(rows),
                "more": len(rows) > SHOWN,
            }
        )
    return sections


def _addresses_waiting() -> int:
    return AddressChange.objects.filter(state=AddressChangeState.PENDING).count()
