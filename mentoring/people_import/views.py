"""The directory import: upload, columns, preview, progress, result."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import ImportState
from accounts.models import DirectoryImport
from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import ask, has_just_proven
from common.forms import announce_refusal, show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, require, respond
from mentoring.people_import import steps
from mentoring.people_import.forms import ApplyForm, ColumnsForm, DateOrderForm, UploadForm
from mentoring.people_import.preview import preview_of
from mentoring.people_import.worker import WORKING

REFRESH_SECONDS = 3


def import_or_404(
    request: AuthenticatedHttpRequest, public_id: UUID, *, heavy: bool = False
) -> DirectoryImport:
    """The import, or 404. `heavy` loads the uploaded file too."""
    items = DirectoryImport.objects.visible_to(request.user)
    items = items.select_related("uploaded_by", "applied_by")
    if not heavy:
        items = items.defer("content")
    item: DirectoryImport = get_object_or_404(items, public_id=public_id)
    require(request.user, "accounts.import_people", item)
    return item


@require_safe
def people_import_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All imports, the newest first."""
    require(request.user, "accounts.import_people")
    items = DirectoryImport.objects.visible_to(request.user).select_related("uploaded_by")
    items = items.defer("content", "differences", "row_errors", "headings")
    return respond(request, "mentoring/people_import_list.html", {"page": page_of(request, items)})


def people_import(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Upload a file."""
    require(request.user, "accounts.import_people")
    form = UploadForm(posted(request), request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        with show_refusal(form, "file"):
            item = steps.upload(actor=request.user, file_name=file.name, content=file.read())
            return redirect_htmx(request, "mentoring:people_import_columns", item.public_id)
    return form_page(request, "mentoring/people_import.html", form)


def people_import_columns(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Check the guessed columns."""
    item = import_or_404(request, public_id, heavy=True)
    if item.state not in steps.OPEN:
        return redirect("mentoring:people_import_detail", public_id=item.public_id)

    form = ColumnsForm(posted(request), item=item)
    if form.is_valid():
        with show_refusal(form):
            return _save_columns(request, item, form)

    headings, rows = steps.sample_of(item)
    context = {"item": item, "headings": headings, "rows": rows}
    return form_page(request, "mentoring/people_import_columns.html", form, context)


def _save_columns(
    request: AuthenticatedHttpRequest, item: DirectoryImport, form: ColumnsForm
) -> HttpResponse:
    """Read the file again where the encoding has changed; otherwise go on with the columns."""
    encoding = form.cleaned_data.get("encoding", "")
    if encoding != item.options.get("encoding", ""):
        return _read_again(request, item, encoding)

    steps.choose_columns(
        actor=request.user,
        item=item,
        mapping=form.mapping,
        partial=form.cleaned_data["partial"],
        date_order=form.cleaned_data["date_order"],
    )
    return redirect_htmx(request, "mentoring:people_import_detail", item.public_id)


def _read_again(
    request: AuthenticatedHttpRequest, item: DirectoryImport, encoding: str
) -> HttpResponse:
    steps.read_again(actor=request.user, item=item, encoding=encoding)
    done = _("The file was read with the new encoding. Please look at the columns again.")
    messages.success(request, done)
    return redirect_htmx(request, request.path)


def people_import_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The preview, the progress or the result; a POST applies what was shown."""
    item = import_or_404(request, public_id, heavy=request.method == "POST")
    if item.state == ImportState.UPLOADED:
        return redirect("mentoring:people_import_columns", public_id=item.public_id)

    example = item.preview.get("unclear_date", "")
    if example and item.state == ImportState.CHECKED:
        return _ask_date_order(request, item, example)

    if "grades_by_depth" in request.POST:
        return _choose_grades(request, item)

    form = ApplyForm(posted(request), item=item)
    if form.is_valid():
        counts = item.preview.get("counts", {})
        if counts.get("addresses") and not has_just_proven(request):
            return ask(request, request.path)
        with show_refusal(form):
            steps.begin_apply(actor=request.user, item=item, **form.cleaned_data)
            return redirect_htmx(request, request.path)

    context = preview_of(item)
    context["refresh_seconds"] = REFRESH_SECONDS if item.state in WORKING else None
    return form_page(request, "mentoring/people_import_detail.html", form, context)


def _choose_grades(request: AuthenticatedHttpRequest, item: DirectoryImport) -> HttpResponse:
    """Have the file checked again with grades from the reporting tree, or without."""
    with announce_refusal(request):
        steps.choose_grades(item=item, by_depth=request.POST["grades_by_depth"] == "yes")
    return redirect_htmx(request, request.path)


def _ask_date_order(
    request: AuthenticatedHttpRequest, item: DirectoryImport, example: str
) -> HttpResponse:
    """The preview without an answer; a POST has the file checked again with one."""
    form = DateOrderForm(posted(request), example=example)
    if form.is_valid():
        with show_refusal(form):
            steps.choose_date_order(item=item, date_order=form.cleaned_data["date_order"])
            return redirect_htmx(request, request.path)

    context = {**preview_of(item), "asks_date_order": True, "refresh_seconds": None}
    return form_page(request, "mentoring/people_import_detail.html", form, context)


@require_POST
def people_import_discard(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Discard an import."""
    item = import_or_404(request, public_id)
    with announce_refusal(request):
        steps.discard(actor=request.user, item=item)
        done = _("The import was discarded and the uploaded file was deleted. Nothing was changed.")
        messages.success(request, done)
        return redirect_htmx(request, "mentoring:people_import_list")
    return redirect_htmx(request, "mentoring:people_import_detail", item.public_id)
