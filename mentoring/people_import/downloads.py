"""The problems and the changes of a directory import as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.directory.notes import FIELD_LABELS, KINDS
from accounts.directory.problems import worded
from accounts.models import DirectoryImport
from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_for_download
from common.exports import csv_response
from mentoring.people_import.views import import_or_404


@require_safe
@step_up_for_download
def people_import_errors(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """Every problem of the file."""
    item = import_or_404(request, public_id)
    header = [_("Row"), _("Column"), _("Value"), _("Problem"), _("What to do"), _("Kind")]
    return csv_response(_file_name(item, "problems"), header, _problem_rows(item))


def _problem_rows(item: DirectoryImport) -> Iterator[list[Any]]:
    for row_error in item.row_errors:
        problem = worded(row_error)
        yield [
            problem["row"] or "",
            problem["column"],
            problem["value"],
            problem["problem"],
            problem["advice"],
            _("stays out") if problem["is_error"] else _("note"),
        ]


@require_safe
@step_up_for_download
def people_import_changes(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """Every change that the import would make, one row for each field."""
    item = import_or_404(request, public_id, heavy=True)
    header = [
        _("What"),
        _("Row"),
        _("Employee id"),
        _("Name"),
        _("E-mail address"),
        _("Field"),
        _("Before"),
        _("After"),
    ]
    return csv_response(_file_name(item, "changes"), header, _change_rows(item))


def _file_name(item: DirectoryImport, content: str) -> str:
    return f"import-{item.created_at:%Y-%m-%d}-{content}"


def _change_rows(item: DirectoryImport) -> Iterator[list[Any]]:
    for line in item.differences:
        person = [line["id"], line["name"], line["email"]]
        who = [KINDS[line["kind"]], line["row"] or "", *person]
        fields = line["fields"] or {"": ["", ""]}
        for field, (before, after) in fields.items():
            yield [*who, FIELD_LABELS.get(field, field), before, after]
