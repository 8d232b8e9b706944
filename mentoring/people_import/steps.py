"""What HR does with a directory import: upload a file, choose the columns, apply it or discard it.

uploaded → checking → checked → applying → applied. A worker does what → checking and → applying
ask for (`mentoring.people_import.worker`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.directory import mapping as directory_mapping
from accounts.directory.columns.guess import guess
from accounts.directory.files.cleaning import clean_text
from accounts.directory.files.reading import read_table
from accounts.directory.files.table import Table
from accounts.directory.values.cells import without_spreadsheet
from accounts.enums import ImportState
from accounts.models import DirectoryImport, User
from common import audit, background
from common.errors import DomainError

OPEN = [ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED]
WIPED: dict[str, Any] = {"content": None, "differences": []}
GUESSED_FROM = 2_000  # rows
SAMPLE_CELL_LENGTH = 60


def guess_columns(table: Table) -> dict[str, str]:
    """{field: heading} as far as the headings and the first rows tell."""
    rows = [[_as_key(cell) for cell in row.cells] for row in islice(table.rows(), GUESSED_FROM)]
    return guess(table.headings, rows)


def _as_key(cell: str) -> str:
    """A cell as ids are compared: "770001.0" and "770001" are one."""
    return without_spreadsheet(clean_text(cell), "employee_id")


def is_text(content: bytes) -> bool:
    """Whether this is CSV, where every row must have all its cells; XLSX leaves empty ones out."""
    return not content.startswith(b"PK")


def content_of(item: DirectoryImport) -> bytes:
    """The uploaded file as bytes; empty once it was wiped."""
    return bytes(item.content or b"")


def table_of(item: DirectoryImport) -> Table:
    """The uploaded file, read with the encoding that was chosen."""
    return read_table(content_of(item), encoding=item.options.get("encoding", ""))


def sample_of(item: DirectoryImport, rows: int = 4) -> tuple[list[str], list[list[str]]]:
    """Headings and first rows of the uploaded file, each row as long as the headings."""
    table = table_of(item)
    filled = (row.cells for row in table.rows() if any(row.cells))
    width = len(table.headings)
    return table.headings, [_sample_row(cells, width) for cells in islice(filled, rows)]


def _sample_row(cells: Sequence[str], width: int) -> list[str]:
    """As many cells as there are headings, each cut to a length that fits the page."""
    padded = [*cells, *[""] * width]
    return [cell[:SAMPLE_CELL_LENGTH] for cell in padded[:width]]


@transaction.atomic
def upload(*, actor: User, file_name: str, content: bytes) -> DirectoryImport:
    """A new import with its columns guessed. DirectoryFileError for a file that is no table."""
    table = read_table(content)
    item = DirectoryImport.objects.create(
        file_name=file_name[:255],
        content=content,
        headings=table.headings,
        mapping=guess_columns(table),
        uploaded_by=actor,
    )
    audit.record("import.uploaded", item, actor=actor, bytes=len(content))
    return item


@transaction.atomic
def read_again(*, actor: User, item: DirectoryImport, encoding: str) -> DirectoryImport:
    """Read the headings with another encoding and guess the columns again.

    DirectoryFileError where the encoding does not fit.
    """
    locked = lock(item, *OPEN)
    locked.options = {**locked.options, "encoding": encoding}
    table = table_of(locked)
    locked.headings = table.headings
    locked.mapping = guess_columns(table)
    locked.state = ImportState.UPLOADED
    locked.save(update_fields=["headings", "mapping", "options", "state"])
    return locked


@transaction.atomic
def choose_columns(
    *,
    actor: User,
    item: DirectoryImport,
    mapping: Mapping[str, str],
    partial: bool = False,
    date_order: str = "",
) -> DirectoryImport:
    """Save the columns and have a worker check the file: → checking.

    DomainError for columns that cannot work.
    """
    locked = lock(item, *OPEN)
    locked.mapping = directory_mapping.checked(mapping, locked.headings)
    locked.options = {**locked.options, "partial": partial, "date_order": date_order}
    return _check_again(locked)


@transaction.atomic
def choose_date_order(*, item: DirectoryImport, date_order: str) -> DirectoryImport:
    """Save what comes first in a date, "day", "month" or "year", and check again: → checking."""
    locked = lock(item, ImportState.CHECKED)
    locked.options = {**locked.options, "date_order": date_order}
    return _check_again(locked)


@transaction.atomic
def choose_grades(*, item: DirectoryImport, by_depth: bool) -> DirectoryImport:
    """Save whether grades come from the depth of the tree, and check again: → checking."""
    locked = lock(item, ImportState.CHECKED)
    locked.options = {**locked.options, "grades_by_depth": by_depth}
    return _check_again(locked)


def _check_again(item: DirectoryImport) -> DirectoryImport:
    """Have a worker check the file with the options that were chosen; saves them."""
    _forget_preview(item)
    _start(item, ImportState.CHECKING)
    item.save()
    enqueue(item)
    return item


def _forget_preview(item: DirectoryImport) -> None:
    """Forget what an earlier check found; not saved yet."""
    item.preview = {}
    item.row_errors = []
    item.differences = []
    item.fingerprint = ""


@transaction.atomic
def begin_apply(
    *,
    actor: User,
    item: DirectoryImport,
    confirm_managers: bool = False,
    confirm_leavers: bool = False,
    confirm_errors: bool = False,
) -> DirectoryImport:
    """Have a worker write what was shown: checked → applying.

    DomainError where missing managers, rows with errors or many leavers have not been confirmed,
    and while another import is being applied.
    """
    locked = lock(item, ImportState.CHECKED)
    locked.confirmed_managers = confirm_managers
    locked.confirmed_leavers = confirm_leavers
    locked.confirmed_errors = confirm_errors
    _check_confirmations(locked)

    locked.applied_by = actor
    _start(locked, ImportState.APPLYING)
    _save_as_only_one(locked)

    counts: dict[str, Any] = locked.preview.get("counts", {})
    audit.record("import.confirmed", locked, actor=actor, **counts)
    enqueue(locked)
    return locked


def _check_confirmations(item: DirectoryImport) -> None:
    """DomainError where something that is dangerous has not been confirmed."""
    if item.preview.get("unclear_date"):
        raise DomainError(
            _("Choose first whether the day or the month (or the year) comes first in the dates."),
            code="date_order",
        )
    if item.preview.get("manager_warning") and not item.confirmed_managers:
        raise DomainError(
            _("Confirm that managers are missing, or choose the column that names them."),
            code="confirm_managers",
        )
    counts = item.preview.get("counts", {})
    if counts.get("error_rows") and not item.confirmed_errors:
        raise DomainError(
            _(
                "Confirm that the rows with errors are not imported, or correct the file and "
                "upload it again."
            ),
            code="confirm_errors",
        )
    if item.preview.get("many_leave") and not item.confirmed_leavers:
        raise DomainError(
            _("Confirm that so many people have really left, or upload the whole directory."),
            code="confirm_leavers",
        )


def _save_as_only_one(item: DirectoryImport) -> None:
    """DomainError while another import is being applied."""
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:  # the constraint import_applying_one_at_a_time
        raise DomainError(
            _(
                "Another import is being applied. Wait until it is done, then look at this one "
                "again."
            )
        ) from None


def _start(item: DirectoryImport, state: ImportState) -> None:
    """Set a state in which the import waits for a worker; not saved yet."""
    item.state = state
    item.progress = 0
    item.attempts = 0
    item.problem = ""


@transaction.atomic
def discard(*, actor: User, item: DirectoryImport) -> DirectoryImport:
    """Discard an import that has not been applied, and wipe what was uploaded."""
    locked = lock(item, *OPEN)
    rows = DirectoryImport.objects.filter(pk=locked.pk)
    rows.update(state=ImportState.DISCARDED, row_errors=[], **WIPED)
    audit.record("import.discarded", locked, actor=actor)
    locked.refresh_from_db()
    return locked


def lock(item: DirectoryImport, *states: ImportState) -> DirectoryImport:
    """The row, locked. DomainError in any other state."""
    # `content` may be large. It is loaded when it is needed, and save() leaves out what was not.
    rows = DirectoryImport.objects.select_for_update().defer("content")
    locked: DirectoryImport = rows.get(pk=item.pk)
    if locked.state not in states:
        raise DomainError(
            _("That is no longer possible: this import is “%(state)s”."),
            params={"state": ImportState(locked.state).label},
            code="state",
        )
    return locked


def enqueue(item: DirectoryImport) -> None:
    """Enqueue the work on an import once the transaction has been committed."""
    background.enqueue_on_commit("mentoring.tasks.work_on_import", item.pk)
