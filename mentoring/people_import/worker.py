"""What a worker does with a directory import: check it, and apply it.

Postgres is the truth: an import that waits for a worker, or whose worker was killed, is enqueued
again by `resume_imports`. A worker holds an advisory lock while it works, which ends with it.
Nothing of an import is written before its one transaction commits; only its progress is, over a
second connection.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.directory.apply import StaleError
from accounts.directory.files.table import DirectoryFileError
from accounts.directory.planning.difference import Plan
from accounts.domain.company import company
from accounts.enums import ImportState
from accounts.models import DirectoryImport
from common import audit, clock
from mentoring.people_import import steps
from mentoring.people_import.cleanup import tidy_up
from mentoring.people_import.differences import differences_of
from mentoring.people_import.plans import plan_table
from mentoring.people_import.writing import try_lock, write_plan

log = structlog.get_logger(__name__)

WORKING = [ImportState.CHECKING, ImportState.APPLYING]
MAX_ATTEMPTS = 3
MAX_ERRORS_KEPT = 5_000
PROGRESS_SECONDS = 0.25


def resume_imports() -> int:
    """Enqueue the imports that wait for a worker, and tidy up. Called each minute.

    Enqueueing one too often does no harm: the second worker finds the lock taken, or nothing to do.
    """
    waiting = list(DirectoryImport.objects.filter(state__in=WORKING).only("pk"))
    for item in waiting:
        steps.enqueue(item)
    return len(waiting) + tidy_up()


def work_on(import_id: int) -> bool:
    """Check or apply an import, whichever it waits for.

    False when there is nothing to do, or another worker is doing it.
    """
    try:
        return _attempt(import_id)
    except DirectoryFileError as error:
        fail(import_id, " ".join(error.messages))
    except (StaleError, IntegrityError):
        # Somebody changed the same people meanwhile: `resume_imports` has it planned again.
        log.warning("import_disturbed", import_id=import_id)
    except Exception:
        log.exception("import_failed", import_id=import_id)
        problem = _(
            "Something went wrong on our side, and nothing was changed. Please try again, or "
            "ask whoever looks after this."
        )
        fail(import_id, problem)
    return True


@transaction.atomic
def _attempt(import_id: int) -> bool:
    """Do the work in one transaction, under the lock."""
    item = _waiting(import_id)
    if item is None or not _is_free(item):
        return False
    # Another worker may have finished it just before the lock was free.
    item = _waiting(import_id)
    if item is None:
        return False

    count_attempt(item)
    _check_or_apply(item)
    return True


def _check_or_apply(item: DirectoryImport) -> None:
    """Do what the import waits for, in the company's language."""
    with translation.override(company().locale):
        if item.state == ImportState.CHECKING:
            check(item)
        else:
            apply(item)


def _waiting(import_id: int) -> DirectoryImport | None:
    """The import, if it still waits for a worker."""
    return DirectoryImport.objects.filter(pk=import_id, state__in=WORKING).first()


def _is_free(item: DirectoryImport) -> bool:
    """Take the lock of this work. Return whether no other worker had it."""
    if item.state == ImportState.APPLYING:
        return try_lock()
    return try_lock(item.pk)


def count_attempt(item: DirectoryImport) -> None:
    """Count this attempt so that the count survives a killed worker.

    DirectoryFileError when there have been too many.
    """
    if item.attempts >= MAX_ATTEMPTS:
        raise DirectoryFileError(
            _(
                "The server gave up on this import three times. Nothing was changed. Try a "
                "smaller file."
            )
        )
    save_outside(item.pk, attempts=item.attempts + 1)


def save_outside(pk: int, **fields: int) -> None:
    """Write to the import's row outside of the present transaction."""
    DirectoryImport.objects.using(settings.PROGRESS_DATABASE).filter(pk=pk).update(**fields)


def fail(import_id: int, problem: str) -> None:
    """→ failed, for good: a corrected file is a new import."""
    DirectoryImport.objects.filter(pk=import_id, state__in=WORKING).update(
        state=ImportState.FAILED, problem=problem, **steps.WIPED
    )


class Progress:
    """Saves the progress in percent from `start` on, four times a second at most."""

    def __init__(self, item: DirectoryImport, start: int) -> None:
        self.pk = item.pk
        self.start = start
        self.saved_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        """`done` people of `total` are written."""
        if time.monotonic() - self.saved_at <= PROGRESS_SECONDS:
            return
        self.saved_at = time.monotonic()
        left = 99 - self.start
        percent = self.start + left * done // max(total, 1)
        save_outside(self.pk, progress=min(percent, 99))


def plan_of(item: DirectoryImport) -> Plan:
    """The difference between the uploaded file and the people here, now."""
    return plan_table(
        steps.table_of(item),
        mapping=item.mapping,
        is_text=steps.is_text(steps.content_of(item)),
        partial=bool(item.options.get("partial")),
        date_order=item.options.get("date_order", ""),
        grades_by_depth=bool(item.options.get("grades_by_depth")),
        actor_id=item.uploaded_by_id,
    )


def check(item: DirectoryImport) -> None:
    """checking → checked, with everything that the preview shows."""
    save_outside(item.pk, progress=10)
    save_preview(item, plan_of(item))


def save_preview(item: DirectoryImport, plan: Plan, *, problem: str = "") -> None:
    """Save a plan as the preview: → checked."""
    shown_problems = plan.problems[:MAX_ERRORS_KEPT]
    preview = {
        "state": ImportState.CHECKED,
        "progress": 100,
        "problem": problem,
        "attempts": 0,
        "preview": _summary_of(plan),
        "differences": differences_of(plan),
        "row_errors": [problem.as_json() for problem in shown_problems],
        "fingerprint": plan.fingerprint(),
    }
    _save(item, preview)


def _summary_of(plan: Plan) -> dict[str, Any]:
    return {
        "counts": plan.counts(),
        "many_leave": plan.many_leave,
        "unclear_date": plan.unclear_date,
        "manager_warning": plan.manager_warning,
        "notes": plan.notes,
    }


def apply(item: DirectoryImport) -> None:
    """applying → applied.

    Where the people here have changed since the preview: → checked, with the new difference.
    """
    save_outside(item.pk, progress=5)
    plan = plan_of(item)
    if plan.fingerprint() != item.fingerprint:
        changed = _(
            "People have changed here since this was checked. Please look at the difference once "
            "more."
        )
        save_preview(item, plan, problem=changed)
        return

    save_outside(item.pk, progress=20)
    counts: dict[str, Any] = {
        **write_plan(
            plan,
            actor=item.applied_by,
            uploaded_by=item.uploaded_by,
            progress=Progress(item, 20),
        )
    }
    audit.record("import.applied", item, actor=item.applied_by, **counts)
    _save_applied(item, counts)


def _save_applied(item: DirectoryImport, counts: dict[str, Any]) -> None:
    """→ applied, with what was written, and without the file."""
    applied = {
        "state": ImportState.APPLIED,
        "progress": 100,
        "applied_at": clock.now(),
        "problem": "",
        "preview": {**item.preview, "counts": counts},
        **steps.WIPED,
    }
    _save(item, applied)


def _save(item: DirectoryImport, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        setattr(item, field, value)
    item.save(update_fields=list(fields))
