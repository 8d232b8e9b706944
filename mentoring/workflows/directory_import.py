"""The directory import from upload to applied: one state machine for the page, the worker and the
command line.

uploaded → checking → checked → applying → applied. Postgres is the truth: an import that waits for
a worker, or whose worker was killed, is taken up again by `resume_imports`. A worker holds an
advisory lock while it works, which ends with it. Nothing of an import is written before its one
transaction commits; only its progress is, over a second connection.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import islice
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.directory import mapping as directory_mapping
from accounts.directory.apply import Progress as ProgressCall
from accounts.directory.apply import StaleError, apply_plan, no_progress
from accounts.directory.difference import Context, Outcome, Plan
from accounts.directory.files import read_table
from accounts.directory.plan import make_plan
from accounts.directory.table import DirectoryFileError, Table
from accounts.domain.company import company
from accounts.enums import ImportState
from accounts.models import DirectoryImport, User
from common import audit, background, clock
from common.errors import DomainError
from mentoring.workflows import leavers, reporting_lines

log = structlog.get_logger(__name__)

LOCK = 0x5550_4952  # our number among Postgres' advisory locks: one import is applied at a time
MAX_ATTEMPTS = 3
MAX_ERRORS_KEPT = 5_000
SAMPLE_ROWS = 300  # how many rows the guess of the columns looks at
OPEN = [ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED]
WIPED: dict[str, Any] = {"content": None, "differences": []}


def guess(table: Table) -> dict[str, str]:
    """The columns of a table, as far as headings and first rows tell."""
    return directory_mapping.guess(
        table.headings, [row.cells for row in islice(table.rows(), SAMPLE_ROWS)]
    )


def is_text(content: bytes) -> bool:
    """CSV, where every row must have all its cells; XLSX leaves empty ones out."""
    return not content.startswith(b"PK")


def sample_of(item: DirectoryImport, rows: int = 4) -> tuple[list[str], list[list[str]]]:
    """Headings and first rows of the uploaded file, every row as long as the headings."""
    table = read_table(bytes(item.content or b""), encoding=item.options.get("encoding", ""))
    width = len(table.headings)
    first = [row.cells for row in islice((row for row in table.rows() if any(row.cells)), rows)]
    return table.headings, [
        [cell[:60] for cell in [*cells, *[""] * width][:width]] for cells in first
    ]


@transaction.atomic
def upload(*, actor: User, file_name: str, content: bytes) -> DirectoryImport:
    """A new import with its columns guessed. DirectoryFileError for a file that is no table."""
    table = read_table(content)
    item = DirectoryImport.objects.create(
        file_name=file_name[:255],
        content=content,
        headings=table.headings,
        mapping=guess(table),
        uploaded_by=actor,
    )
    audit.record("import.uploaded", item, actor=actor, bytes=len(content))
    return item


@transaction.atomic
def read_again(*, actor: User, item: DirectoryImport, encoding: str) -> DirectoryImport:
    """Read the headings with another encoding and guess the columns anew.

    DirectoryFileError where it does not fit.
    """
    locked = lock(item, *OPEN)
    table = read_table(bytes(locked.content or b""), encoding=encoding)
    locked.headings, locked.mapping = table.headings, guess(table)
    locked.options = {**locked.options, "encoding": encoding}
    locked.state = ImportState.UPLOADED
    locked.save(update_fields=["headings", "mapping", "options", "state"])
    return locked


@transaction.atomic
def choose_columns(
    *, actor: User, item: DirectoryImport, mapping: Mapping[str, str], partial: bool = False
) -> DirectoryImport:
    """Save the columns and have the file checked by a worker: → checking.

    DomainError for columns that cannot work.
    """
    locked = lock(item, *OPEN)
    locked.mapping = directory_mapping.checked(mapping, locked.headings)
    locked.options = {**locked.options, "partial": partial}
    locked.state, locked.progress, locked.attempts, locked.problem = ImportState.CHECKING, 0, 0, ""
    locked.preview, locked.row_errors, locked.differences, locked.fingerprint = {}, [], [], ""
    locked.save()
    ring(locked)
    return locked


@transaction.atomic
def begin_apply(
    *,
    actor: User,
    item: DirectoryImport,
    confirm_leavers: bool = False,
    confirm_errors: bool = False,
) -> DirectoryImport:
    """Have a worker write what was shown: checked → applying.

    DomainError where rows with errors or many leavers have not been confirmed, and while another
    import is being applied.
    """
    locked = lock(item, ImportState.CHECKED)
    counts = locked.preview.get("counts", {})
    if counts.get("error_rows") and not confirm_errors:
        raise DomainError(
            _("Tick that the rows with errors stay out, or correct the file and upload it again."),
            code="errors",
        )
    if locked.preview.get("many_leave") and not confirm_leavers:
        raise DomainError(
            _("Tick that so many people have really left, or upload the whole directory."),
            code="leavers",
        )
    locked.state, locked.progress, locked.attempts, locked.problem = ImportState.APPLYING, 0, 0, ""
    locked.confirmed_leavers, locked.confirmed_errors, locked.applied_by = (
        confirm_leavers,
        confirm_errors,
        actor,
    )
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError:  # import_applying_one_at_a_time
        raise DomainError(
            _(
                "Another import is being applied. Wait until it is done, then look at this one "
                "again."
            )
        ) from None
    audit.record("import.confirmed", locked, actor=actor, **counts)
    ring(locked)
    return locked


@transaction.atomic
def discard(*, actor: User, item: DirectoryImport) -> DirectoryImport:
    """Give an import up that has not been applied, and wipe what was uploaded."""
    locked = lock(item, *OPEN)
    DirectoryImport.objects.filter(pk=locked.pk).update(
        state=ImportState.DISCARDED, row_errors=[], **WIPED
    )
    audit.record("import.discarded", locked, actor=actor)
    locked.refresh_from_db()
    return locked


def lock(item: DirectoryImport, *states: ImportState) -> DirectoryImport:
    """The row, locked. DomainError in any other state."""
    # what may be large is loaded when it is needed, and a save() leaves out what was not loaded
    locked = DirectoryImport.objects.select_for_update().defer("content").get(pk=item.pk)
    if locked.state not in states:
        state = ImportState(locked.state).label
        raise DomainError(
            _("That is no longer possible: this import is “%(state)s”."),
            params={"state": state},
            code="state",
        )
    return locked


def ring(item: DirectoryImport) -> None:
    """Tell a worker, once the transaction has been committed."""
    background.enqueue_on_commit("mentoring.tasks.work_on_import", item.pk)


def resume_imports() -> int:
    """Ring for imports that wait for a worker: the bell was lost, or the worker was killed.

    Called each minute.

    A bell too many does no harm: whoever comes second finds the lock taken, or nothing left to do.
    """
    from mentoring.workflows.import_cleanup import tidy_up

    waiting = list(
        DirectoryImport.objects.filter(state__in=[ImportState.CHECKING, ImportState.APPLYING]).only(
            "pk"
        )
    )
    for item in waiting:
        ring(item)
    return len(waiting) + tidy_up()


def work_on(import_id: int) -> bool:
    """Do what an import waits for: check or apply it.

    False when there is nothing to do, or somebody else is at it.
    """
    item = DirectoryImport.objects.filter(pk=import_id).first()
    if item is None or item.state not in {ImportState.CHECKING, ImportState.APPLYING}:
        return False
    try:
        with transaction.atomic():
            if not try_lock(item):
                return False
            item = DirectoryImport.objects.get(
                pk=import_id
            )  # another worker may have ended it in between
            if item.state not in {ImportState.CHECKING, ImportState.APPLYING}:
                return False
            begin_attempt(item)
            with translation.override(company().locale):
                check(item) if item.state == ImportState.CHECKING else apply(item)
    except DirectoryFileError as error:
        fail(import_id, " ".join(error.messages))
    except (
        StaleError,
        IntegrityError,
    ):  # somebody changed the same people meanwhile: `resume_imports` plans it anew
        log.warning("import_disturbed", import_id=import_id)
    except Exception:
        log.exception("import_failed", import_id=import_id)
        fail(
            import_id,
            _(
                "Something went wrong on our side, and nothing was changed. Please try again, or "
                "ask whoever looks after this."
            ),
        )
    return True


def try_lock(item: DirectoryImport) -> bool:
    """Whether this transaction may work: applying excludes other applying, checking only another
    check of the same import.
    """
    number = 0 if item.state == ImportState.APPLYING else item.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, number])
        return bool(cursor.fetchone()[0])


def begin_attempt(item: DirectoryImport) -> None:
    """Count this attempt where a killed worker leaves it behind.

    DirectoryFileError when there have been too many.
    """
    if item.attempts >= MAX_ATTEMPTS:
        raise DirectoryFileError(
            _(
                "The server gave up on this import three times. Nothing was changed. Try a "
                "smaller file."
            )
        )
    beside(item.pk, attempts=item.attempts + 1)


def beside(pk: int, **fields: Any) -> None:
    """Write to the import's row outside of the transaction that is under way."""
    DirectoryImport.objects.using(settings.PROGRESS_DATABASE).filter(pk=pk).update(**fields)


def fail(import_id: int, problem: str) -> None:
    """→ failed, for good: a corrected file is a new import."""
    working = [ImportState.CHECKING, ImportState.APPLYING]
    DirectoryImport.objects.filter(pk=import_id, state__in=working).update(
        state=ImportState.FAILED, problem=problem, **WIPED
    )


class Progress:
    """Writes percents beside the transaction, four times a second at most."""

    def __init__(self, item: DirectoryImport, start: int) -> None:
        self.pk, self.start, self.last = item.pk, start, 0.0

    def __call__(self, done: int, total: int) -> None:
        """So many people of so many."""
        if time.monotonic() - self.last > 0.25:
            self.last = time.monotonic()
            beside(
                self.pk, progress=min(self.start + (99 - self.start) * done // max(total, 1), 99)
            )


def plan_of(item: DirectoryImport) -> Plan:
    """The difference between the uploaded file and the people here, now."""
    content = bytes(item.content or b"")
    table = read_table(content, encoding=item.options.get("encoding", ""))
    context = Context(
        mapping=item.mapping,
        time_zone=company().time_zone,
        partial=bool(item.options.get("partial")),
        actor=item.uploaded_by_id,
    )
    return make_plan(table, context, strict_width=is_text(content))


def check(item: DirectoryImport) -> None:
    """checking → checked, with everything that the preview shows."""
    beside(item.pk, progress=10)
    show(item, plan_of(item))


def show(item: DirectoryImport, plan: Plan, *, problem: str = "") -> None:
    """Save a plan as the preview: → checked."""
    item.state, item.progress, item.problem, item.attempts = ImportState.CHECKED, 100, problem, 0
    item.preview = {"counts": plan.counts(), "many_leave": plan.many_leave, "notes": plan.notes}
    item.differences = differences_of(plan)
    item.row_errors = [problem.as_json() for problem in plan.problems[:MAX_ERRORS_KEPT]]
    item.fingerprint = plan.fingerprint()
    shown = [
        "state",
        "progress",
        "problem",
        "attempts",
        "preview",
        "differences",
        "row_errors",
        "fingerprint",
    ]
    item.save(update_fields=shown)


def differences_of(plan: Plan) -> list[dict[str, Any]]:
    """Every change as the preview and the download show it."""

    def line(kind: str, outcome: Outcome) -> dict[str, Any]:
        row = outcome.entry.row if outcome.entry else None
        name = row.name if row else outcome.known.name if outcome.known else ""
        employee_id = (
            (row.employee_id if row else "")
            or (outcome.known.employee_id if outcome.known else "")
            or ""
        )
        email = outcome.known.email if outcome.known else row.email if row else ""
        fields = {key: list(values) for key, values in outcome.fields.items()}
        return {
            "kind": kind,
            "row": row.number if row else 0,
            "id": employee_id,
            "name": name,
            "email": email,
            "fields": fields,
        }

    people = [line("new", outcome) for outcome in plan.new]
    people += [
        line("returning" if outcome.returns else "changed", outcome) for outcome in plan.changed
    ]
    for person in plan.leaving:
        who = {"id": person.employee_id or "", "name": person.name, "email": person.email}
        people.append({"kind": "leaving", "row": 0, **who, "fields": {}})
    for person, email in plan.addresses:
        who = {"id": person.employee_id or "", "name": person.name, "email": person.email}
        people.append(
            {"kind": "address", "row": 0, **who, "fields": {"email": [person.email, email]}}
        )
    return people


def apply(item: DirectoryImport) -> None:
    """applying → applied.

    Where the people here have changed since the preview: → checked, with the new difference.
    """
    beside(item.pk, progress=5)
    plan = plan_of(item)
    if plan.fingerprint() != item.fingerprint:
        show(
            item,
            plan,
            problem=_(
                "People have changed here since this was checked. Please look at the difference "
                "once more."
            ),
        )
        return
    beside(item.pk, progress=20)
    counts = write(plan, actor=item.applied_by, progress=Progress(item, 20))
    audit.record("import.applied", item, actor=item.applied_by, **counts)
    item.state, item.progress, item.applied_at, item.problem = (
        ImportState.APPLIED,
        100,
        clock.now(),
        "",
    )
    item.preview = {**item.preview, "counts": counts}
    for field, value in WIPED.items():
        setattr(item, field, value)
    item.save(update_fields=["state", "progress", "applied_at", "problem", "preview", *WIPED])


def write(
    plan: Plan, *, actor: User | None, progress: ProgressCall = no_progress
) -> dict[str, int]:
    """Apply a plan and what follows from it; the counts.

    Must run in the transaction in which the plan was made.
    """
    gone = apply_plan(plan, actor=actor, locale=company().locale, progress=progress)
    counts = plan.counts()
    counts["pairs_of_leavers"] = leavers.settle(gone)
    counts["pairs_in_line"] = reporting_lines.recheck_pairs() if plan.changed or plan.new else 0
    return counts
