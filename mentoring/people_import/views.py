"""The directory import: upload, columns, preview, progress, result."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.directory.notes import FIELD_LABELS, KINDS, field_changes, in_words
from accounts.directory.problems import worded
from accounts.enums import AddressChangeState, ImportState
from accounts.models import AddressChange, DirectoryImport
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.exports import csv_response
from common.http import page_of, posted, redirect_htmx, require
from mentoring.people_import.forms import ApplyForm, ColumnsForm, UploadForm
from mentoring.workflows import directory_import

WORKING = {ImportState.CHECKING, ImportState.APPLYING}
SHOWN = 25  # of each kind in the preview; the download has all


def find(
    request: AuthenticatedHttpRequest, public_id: UUID, *, heavy: bool = False
) -> DirectoryImport:
    """The import, or 404. What may be large is loaded where it is needed alone."""
    items = DirectoryImport.objects.visible_to(request.user).select_related(
        "uploaded_by", "applied_by"
    )
    item = get_object_or_404(items if heavy else items.defer("content"), public_id=public_id)
    require(request.user, "accounts.import_people", item)
    return cast("DirectoryImport", item)


@require_safe
def people_import_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All imports, the newest first."""
    require(request.user, "accounts.import_people")
    items = DirectoryImport.objects.visible_to(request.user).select_related("uploaded_by")
    items = items.defer("content", "differences", "row_errors", "headings")
    return render(request, "mentoring/people_import_list.html", {"page": page_of(request, items)})


def people_import(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Upload a file."""
    require(request.user, "accounts.import_people")
    form = UploadForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            item = directory_import.upload(
                actor=request.user, file_name=file.name, content=file.read()
            )
        except DomainError as error:
            form.add_error("file", error)
        else:
            return redirect_htmx(
                request, reverse("mentoring:people_import_columns", args=[item.public_id])
            )
    return render(
        request, "mentoring/people_import.html", {"form": form}, status=422 if form.errors else 200
    )


def people_import_columns(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Check the guessed columns."""
    item = find(request, public_id, heavy=True)
    if item.state not in directory_import.OPEN:
        return redirect("mentoring:people_import_detail", public_id=item.public_id)
    form = ColumnsForm(posted(request), item=item)
    if request.method == "POST" and form.is_valid():
        actor = request.user
        encoding = form.cleaned_data.get("encoding", "")
        try:
            if encoding != item.options.get("encoding", ""):
                directory_import.read_again(actor=actor, item=item, encoding=encoding)
                messages.success(
                    request,
                    _("The file was read with the new encoding. Please look at the columns again."),
                )
                return redirect_htmx(request, request.path)
            directory_import.choose_columns(
                actor=actor, item=item, mapping=form.mapping, partial=form.cleaned_data["partial"]
            )
        except DomainError as error:
            form.add_error(None, error)
        else:
            return redirect_htmx(
                request, reverse("mentoring:people_import_detail", args=[item.public_id])
            )
    headings, rows = directory_import.sample_of(item)
    context = {"item": item, "form": form, "headings": headings, "rows": rows}
    return render(
        request, "mentoring/people_import_columns.html", context, status=422 if form.errors else 200
    )


def people_import_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The preview, the progress or the result; a POST applies what was shown."""
    item = find(request, public_id, heavy=request.method == "POST")
    if item.state == ImportState.UPLOADED:
        return redirect("mentoring:people_import_columns", public_id=item.public_id)
    form = ApplyForm(posted(request), item=item)
    if request.method == "POST" and form.is_valid():
        try:
            directory_import.begin_apply(
                actor=request.user,
                item=item,
                confirm_leavers=form.cleaned_data.get("confirm_leavers", False),
                confirm_errors=form.cleaned_data.get("confirm_errors", False),
            )
        except DomainError as error:
            field = {"errors": "confirm_errors", "leavers": "confirm_leavers"}.get(
                str(error.code or ""), ""
            )
            form.add_error(field if field in form.fields else None, error)
        else:
            return redirect_htmx(request, request.path)
    context = {**shown(item), "form": form, "refresh_seconds": 3 if item.state in WORKING else None}
    return render(
        request, "mentoring/people_import_detail.html", context, status=422 if form.errors else 200
    )


def shown(item: DirectoryImport) -> dict[str, Any]:
    """What the page of an import says."""
    counts = item.preview.get("counts", {})
    problems = [worded(problem) for problem in item.row_errors]
    differences = item.differences if item.state == ImportState.CHECKED else []
    sections = []
    for kind, label in KINDS.items():
        rows = [line for line in differences if line["kind"] == kind]
        if rows:
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
    addresses = (
        AddressChange.objects.filter(state=AddressChangeState.PENDING).count()
        if item.state == "applied"
        else 0
    )
    return {
        "item": item,
        "working": item.state in WORKING,
        "counts": counts,
        "notes": [text for note in item.preview.get("notes", []) if (text := in_words(note))],
        "errors": [problem for problem in problems if problem["is_error"]][:SHOWN],
        "warnings": [problem for problem in problems if not problem["is_error"]][:SHOWN],
        "sections": sections,
        "nothing": item.state == ImportState.CHECKED and not differences,
        "addresses_waiting": addresses,
        "shown": SHOWN,
    }


@require_POST
def people_import_discard(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Give it up."""
    item = find(request, public_id)
    try:
        directory_import.discard(actor=request.user, item=item)
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
        return redirect_htmx(
            request, reverse("mentoring:people_import_detail", args=[item.public_id])
        )
    messages.success(
        request, _("The import was given up and the uploaded file deleted. Nothing was changed.")
    )
    return redirect_htmx(request, reverse("mentoring:people_import_list"))


@require_safe
def people_import_errors(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """Every problem of the file, as CSV."""
    item = find(request, public_id)
    header = [_("Row"), _("Column"), _("Value"), _("Problem"), _("What to do"), _("Kind")]
    rows = (
        [
            problem["row"] or "",
            problem["column"],
            problem["value"],
            problem["problem"],
            problem["advice"],
            _("stays out") if problem["is_error"] else _("note"),
        ]
        for problem in map(worded, item.row_errors)
    )
    return csv_response(f"import-{item.created_at:%Y-%m-%d}-problems", header, rows)


@require_safe
def people_import_changes(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """Every change that the import would make, one line a field, as CSV."""
    item = find(request, public_id, heavy=True)
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

    def rows() -> Any:
        for line in item.differences:
            who = [KINDS[line["kind"]], line["row"] or "", line["id"], line["name"], line["email"]]
            for field in line["fields"] or {"": ("", "")}:
                before, after = line["fields"].get(field, ("", ""))
                yield [*who, FIELD_LABELS.get(field, field), before, after]

    return csv_response(f"import-{item.created_at:%Y-%m-%d}-changes", header, rows())
