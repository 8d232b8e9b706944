"""The whole directory import at once, without a worker: for the command, the demo and the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.directory import mapping as directory_mapping
from accounts.directory.files.reading import read_table
from accounts.directory.planning.difference import Plan
from accounts.domain.company import company
from accounts.models import User
from common import audit
from common.errors import DomainError
from mentoring.people_import.plans import plan_table
from mentoring.people_import.steps import guess_columns, is_text
from mentoring.people_import.writing import try_lock, write_plan


@dataclass(frozen=True)
class Result:
    """What an import did, or what keeps it from being applied: see `_stopped_by`."""

    plan: Plan
    mapping: dict[str, str]
    applied: bool
    stopped_by: str = ""


@transaction.atomic
def import_now(
    *,
    content: bytes,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    partial: bool = False,
    date_order: str = "",
    grades_by_depth: bool = False,
    confirm_managers: bool = False,
    confirm_leavers: bool = False,
    confirm_errors: bool = False,
    actor: User | None = None,
) -> Result:
    """Read, plan and apply.

    `mapping` corrects the guess of the columns; an empty heading leaves a field out. `date_order`
    is "day", "month" or "year": what comes first where the file does not tell. `grades_by_depth`:
    grades come from the reporting tree where the file has none. Applies nothing where the order of
    dates is not told, and where missing managers, errors or many leavers are not confirmed. Raises
    DirectoryFileError and DomainError as the steps of an import do, also while another import is
    being applied.
    """
    if not try_lock():
        raise DomainError(
            _("Another import is being applied. Wait until it is done, then try again.")
        )

    table = read_table(content)
    columns = guess_columns(table) | dict(mapping or {})
    chosen = directory_mapping.checked(columns, table.headings)
    plan = plan_table(
        table,
        mapping=chosen,
        is_text=is_text(content),
        partial=partial,
        date_order=date_order,
        grades_by_depth=grades_by_depth,
        actor_id=actor.pk if actor else None,
    )

    confirmed = {
        "managers": confirm_managers,
        "errors": confirm_errors,
        "leavers": confirm_leavers,
    }
    stopped_by = _stopped_by(plan, confirmed)
    applied = not (stopped_by or dry_run)
    if applied:
        _apply(plan, actor)
    return Result(plan, chosen, applied=applied, stopped_by=stopped_by)


def _stopped_by(plan: Plan, confirmed: Mapping[str, bool]) -> str:
    """What must be confirmed first: "dates", "managers", "errors", "leavers" or ""."""
    dangers = {
        "dates": bool(plan.unclear_date),
        "managers": plan.manager_warning is not None,
        "errors": plan.error_rows > 0,
        "leavers": plan.many_leave,
    }
    for danger, is_there in dangers.items():
        if is_there and not confirmed.get(danger, False):
            return danger
    return ""


def _apply(plan: Plan, actor: User | None) -> None:
    counts: dict[str, Any] = {**write_plan(plan, actor=actor)}
    if not plan.changes_nothing:
        audit.record("directory.imported", company(), actor=actor, **counts)
